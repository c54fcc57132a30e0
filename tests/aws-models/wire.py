"""Parses an HTTP request to AWS into its operation and parameters, by the service's model.

The inverse of botocore's own serialisers, for the protocols that the SDKs for Rust use:
https://smithy.io/2.0/aws/protocols/index.html
"""

import base64
import binascii
import datetime
import json
import re
import urllib.parse
from typing import Any

import cbor2
from botocore.model import OperationModel, ServiceModel, Shape
from dateutil import parser as dates
from models import CRATES, service_model


class Unreadable(Exception):
    """The request is not one of the service, or not in its protocol."""


def read(request: dict) -> tuple[ServiceModel, OperationModel, Any, list[str]]:
    """The request's operation, its parameters, and its parts that the model does not contain."""
    headers = request["headers"]
    model = signed_for(headers.get("authorization", ""))
    body = base64.b64decode(request["body"])
    url = urllib.parse.urlsplit(request["path"])
    if "smithy-protocol" in headers:
        protocol, name, reader = "smithy-rpc-v2-cbor", cbor_name(headers, url.path, model), Cbor()
        sent = decoded(lambda: cbor2.loads(body)) if body else {}
    elif "x-amz-target" in headers:
        protocol, name, reader = "json", json_name(headers, url.path, model), Json()
        sent = decoded(lambda: json.loads(body))
    elif headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        form = decoded(lambda: urllib.parse.parse_qsl(body.decode(), True, strict_parsing=True))
        protocol, name, reader, sent = "query", query_name(dict(form), url.path, model), Query(), tree(form)
    else:
        protocol, name, reader = "rest-json", rest_name(request["method"], url.path, model), Json()
        sent = decoded(lambda: json.loads(body))
    if protocol not in model.metadata.get("protocols", [model.metadata["protocol"]]):
        raise Unreadable(f"{model.service_name} does not speak {protocol}")
    if request["method"] != "POST" or url.query:
        raise Unreadable("it is not a POST, or has a query string")
    if name not in model.operation_names:
        raise Unreadable(f"{model.service_name} has no operation {name}")
    operation = model.operation_model(name)
    parameters = reader.structure(operation.input_shape, sent, name)
    return model, operation, parameters, reader.problems


def signed_for(authorization: str) -> ServiceModel:
    scope = re.search(r"Credential=[^/]+/\d{8}/[^/]+/([^/]+)/aws4_request", authorization)
    models = [service_model(service) for service in CRATES]
    models = [model for model in models if scope and model.signing_name == scope.group(1)]
    if not models:
        raise Unreadable(f"it is signed for none of the services: {authorization[:100]!r}")
    return models[0]


def cbor_name(headers: dict, path: str, model: ServiceModel) -> str:
    target = model.metadata.get("targetPrefix")
    match = re.fullmatch(rf"/service/{target}/operation/(\w+)", path)
    if not match or headers["smithy-protocol"] != "rpc-v2-cbor" or headers.get("content-type") != "application/cbor":
        raise Unreadable(f"{path} is no call of {target} in CBOR")
    return match.group(1)


def json_name(headers: dict, path: str, model: ServiceModel) -> str:
    prefix, _, name = headers["x-amz-target"].rpartition(".")
    media_type = f"application/x-amz-json-{model.metadata.get('jsonVersion')}"
    if path != "/" or prefix != model.metadata.get("targetPrefix") or headers.get("content-type") != media_type:
        raise Unreadable(f"{headers['x-amz-target']} at {path} is no call of {model.service_name} in {media_type}")
    return name


def query_name(form: dict, path: str, model: ServiceModel) -> str:
    if path != "/" or form.get("Version") != model.api_version:
        raise Unreadable(f"version {form.get('Version')} at {path} is not {model.api_version} at /")
    return form.get("Action", "")


def rest_name(method: str, path: str, model: ServiceModel) -> str:
    for name in model.operation_names:
        http = model.operation_model(name).http
        if (http["method"], http["requestUri"]) == (method, path):
            return name
    raise Unreadable(f"{model.service_name} has no operation at {method} {path}")


def decoded(decode) -> Any:
    try:
        return decode()
    except (ValueError, cbor2.CBORDecodeError) as error:
        raise Unreadable(f"its body cannot be decoded: {error}") from error


def tree(form: list[tuple[str, str]]) -> dict:
    """`A.member.1=x` as {"A": {"member": {"1": "x"}}}, without the operation's name."""
    root: dict = {}
    for key, value in form:
        if key in ("Action", "Version"):
            continue
        *path, last = key.split(".")
        node = root
        for part in path:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise Unreadable(f"{key} stands below a value")
        if last in node:
            raise Unreadable(f"{key} is there twice")
        node[last] = value
    return root


class Reader:
    """The common part of all protocols; records members that a shape does not contain."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def problem(self, where: str, what: str) -> None:
        self.problems.append(f"{where} {what}")

    def value(self, shape: Shape, sent: Any, where: str) -> Any:
        if shape.type_name in ("structure", "list", "map"):
            return getattr(self, shape.type_name)(shape, sent, where)
        return self.scalar(shape, sent, where)

    def structure(self, shape: Shape, sent: Any, where: str) -> Any:
        if not isinstance(sent, dict):
            self.problem(where, "is not a structure")
            return sent
        names = {self.name_of(member, name): name for name, member in shape.members.items()}
        read = {}
        for key, value in sent.items():
            if key in names:
                read[names[key]] = self.value(shape.members[names[key]], value, f"{where}.{key}")
            else:
                self.problem(f"{where}.{key}", "is not a member")
        return read

    def list(self, shape: Shape, sent: Any, where: str) -> Any:
        if not isinstance(sent, list):
            self.problem(where, "is not a list")
            return sent
        return [self.value(shape.member, value, f"{where}[{index}]") for index, value in enumerate(sent)]

    def map(self, shape: Shape, sent: Any, where: str) -> Any:
        if not isinstance(sent, dict):
            self.problem(where, "is not a map")
            return sent
        return {key: self.value(shape.value, value, f"{where}.{key}") for key, value in sent.items()}

    def name_of(self, member: Shape, name: str) -> str:
        return member.serialization.get("name", name)

    def scalar(self, shape: Shape, sent: Any, where: str) -> Any:
        raise NotImplementedError


class Cbor(Reader):
    """Converts each value to the model's type, which the validator compares."""

    def name_of(self, member: Shape, name: str) -> str:
        return name

    def scalar(self, shape: Shape, sent: Any, where: str) -> Any:
        if shape.type_name in ("float", "double") and not isinstance(sent, float | int):
            self.problem(where, "is not a number")
        if shape.type_name == "timestamp" and not isinstance(sent, datetime.datetime):
            self.problem(where, "is not a timestamp")
        return sent


class Json(Reader):
    def scalar(self, shape: Shape, sent: Any, where: str) -> Any:
        if shape.type_name == "timestamp":
            if isinstance(sent, int | float) and not isinstance(sent, bool):
                return datetime.datetime.fromtimestamp(sent, datetime.UTC)
            self.problem(where, "is not a timestamp in seconds")
        if shape.type_name == "blob":
            try:
                return base64.b64decode(sent, validate=True)
            except (TypeError, binascii.Error):
                self.problem(where, "is not base64")
        return sent


class Query(Reader):
    """All values are text, and a list's index is part of a name."""

    TEXTS = {
        "integer": (r"-?\d+", int),
        "long": (r"-?\d+", int),
        "float": (r"-?\d+(\.\d+)?(e-?\d+)?", float),
        "double": (r"-?\d+(\.\d+)?(e-?\d+)?", float),
        "boolean": (r"true|false", lambda text: text == "true"),
        "timestamp": (r"\d{4}-\d\d-\d\dT[\d:.]+Z", dates.isoparse),
        "blob": (r"[A-Za-z0-9+/]*=*", base64.b64decode),
        "string": (r"(?s).*", str),
    }

    def list(self, shape: Shape, sent: Any, where: str) -> Any:
        if sent == "":
            return []
        if not shape.serialization.get("flattened"):
            between = shape.member.serialization.get("name", "member")
            if not isinstance(sent, dict) or list(sent) != [between]:
                self.problem(where, f"is not a list whose elements are called {between}")
                return sent
            sent = sent[between]
        if not isinstance(sent, dict) or list(sent) != [str(index + 1) for index in range(len(sent))]:
            self.problem(where, "is not numbered from 1")
            return sent
        return super().list(shape, list(sent.values()), where)

    def map(self, shape: Shape, sent: Any, where: str) -> Any:
        raise Unreadable(f"{where} is a map, which nothing has sent so far")

    def scalar(self, shape: Shape, sent: Any, where: str) -> Any:
        pattern, convert = self.TEXTS[shape.type_name]
        if not isinstance(sent, str) or not re.fullmatch(pattern, sent):
            self.problem(where, f"is not a {shape.type_name}")
            return sent
        return convert(sent)
