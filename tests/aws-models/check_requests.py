"""Checks requests against the service models: a JSON line in for each, and one out with its problems."""

import json
import sys
from typing import Any

import regex
from botocore.model import Shape
from botocore.validate import ParamValidator
from wire import Unreadable, read


# Characters above U+FFFF in Java's form: as UTF-16 surrogates, which Python's strings do not contain.
SURROGATES, CODE_POINTS = r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF"


def matches(pattern: str, value: str) -> bool:
    return regex.fullmatch(pattern.replace(SURROGATES, CODE_POINTS), value) is not None


def broken(shape: Shape, value: Any, where: str) -> list[str]:
    """The checks that botocore's own validator leaves to the service: enums, patterns, and upper bounds."""
    known = shape.metadata
    found = []
    size = value if isinstance(value, int | float) else len(value) if hasattr(value, "__len__") else None
    if "max" in known and size is not None and size > known["max"]:
        found.append(f"{where} is above {known['max']}")
    if isinstance(value, str):
        if known.get("enum") and value not in known["enum"]:
            found.append(f"{where} is {value!r}, and not one of {', '.join(known['enum'])}")
        if "pattern" in known and not matches(known["pattern"], value):
            found.append(f"{where} is {value!r}, which does not match {known['pattern']}")
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, member in value.items():
            found += broken(shape.members[name], member, f"{where}.{name}")
    if shape.type_name == "list" and isinstance(value, list):
        for index, member in enumerate(value):
            found += broken(shape.member, member, f"{where}[{index}]")
    return found


def checked(request: dict) -> dict:
    try:
        model, operation, parameters, problems = read(request)
    except Unreadable as error:
        return {"service": None, "operation": None, "problems": [str(error)]}
    shape = operation.input_shape
    report = ParamValidator().validate(parameters, shape)
    problems += [line for line in report.generate_report().splitlines() if line]
    problems += broken(shape, parameters, operation.name)
    return {"service": model.service_name, "operation": operation.name, "problems": problems}


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(checked(json.loads(line))))


main()
