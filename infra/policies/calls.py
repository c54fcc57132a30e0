"""Compares the waker's policy with the waker's calls, in both directions, and a task's policy with the entrypoint's
calls.
"""

import sys
import tomllib
from pathlib import Path
from typing import Iterator

from reference import listed
from rendered import Run

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests/aws-models"))

from models import operations_called  # noqa: E402

TABLE = tomllib.loads((HERE / "calls.toml").read_text())
SOURCE = HERE.parents[1] / "waker/src/aws"
ENTRYPOINT = HERE.parents[1] / "entrypoint/src/secrets"


def unlisted() -> Iterator[str]:
    """Operations that the source calls and the table lacks, and the reverse."""
    called = {f"{service}:{operation}" for service, operation in operations_called(SOURCE)}
    tabled = {grant["operation"] for grant in TABLE["grant"] if "operation" in grant}
    for operation in sorted(called - tabled):
        yield f"calls.toml does not say which action {operation} needs, which the waker calls"
    for operation in sorted(tabled - called):
        yield f"calls.toml has {operation}, which the waker does not call"


def features(run: Run) -> set[str]:
    """The features that only a run's environments use."""
    found = set(TABLE["runs"].get(run.name, []))
    found |= {feature for feature, without in TABLE["without"].items() if run.name not in without}
    for environment in run.output("config_json")["environments"]:
        database = environment.get("database")
        if database:
            found.add(database["kind"])
            if database.get("stop_when_idle"):
                found.add(f"stops_{database['kind']}")
            if "data_api" in database.get("probe", {}):
                found.add("data_api")
    return found


def differences(run: Run) -> Iterator[str]:
    """Permissions of a run's policy that its environments do not need, and missing ones."""
    policy = run.output("policy_json")
    if policy is None or run.output("config_json") is None:
        return
    present = features(run)
    allowed = [statement for statement in policy["Statement"] if statement["Effect"] == "Allow"]
    granted = {action for statement in allowed for action in listed(statement["Action"])}
    needed = {
        action
        for grant in TABLE["grant"]
        if not grant.get("when") or present & set(grant["when"])
        for action in grant["actions"]
    }
    for action in sorted(granted - needed):
        yield f"{run.name}: the policy grants {action}, which nothing needs with {sorted(present)}"
    for action in sorted(needed - granted):
        yield f"{run.name}: the policy lacks {action}, which is needed with {sorted(present)}"


def entrypoint_lacks(runs: list[Run]) -> Iterator[str]:
    """Calls of the entrypoint that no policy of a task's role grants. Other permissions are for the app."""
    granted = {
        action
        for run in runs
        for one in run.documents
        if (one.resource, one.attribute) == ("aws_iam_role_policy.task", "policy")
        for statement in one.document["Statement"]
        if statement["Effect"] == "Allow"
        for action in listed(statement["Action"])
    }
    for service, operation in operations_called(ENTRYPOINT):
        if f"{service}:{operation}" not in granted:
            yield f"no task's role is granted {service}:{operation}, which the entrypoint calls"


def unknown_runs(runs: list[Run]) -> Iterator[str]:
    shown = {run.name for run in runs if run.output("policy_json") is not None}
    for name in sorted(set(TABLE["runs"]) - shown):
        yield f"calls.toml names the run {name}, which renders no policy"
