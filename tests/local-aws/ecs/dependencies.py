"""The order in which a task's containers start, by `dependsOn`.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
ministack starts them all at once. HEALTHY is START here, as containers have no health checks of their own.
"""


class Unresolvable(Exception):
    """A dependency of this container has ended without meeting its condition."""


def hold(definition: dict, started: set[str], exit_codes: dict[str, int]) -> bool:
    """Whether a container may start."""
    return all([_holds(definition["name"], one, started, exit_codes) for one in definition.get("dependsOn", [])])


def _holds(name: str, dependency: dict, started: set[str], exit_codes: dict[str, int]) -> bool:
    other, condition = dependency["containerName"], dependency["condition"]
    if condition in ("START", "HEALTHY"):
        return other in started
    if other not in exit_codes:
        return False
    if condition == "SUCCESS" and exit_codes[other] != 0:
        # In the words of ECS's agent.
        raise Unresolvable(
            f"dependency graph: failed to resolve container ordering dependency [{other}] for target [{name}] "
            "as dependency did not exit successfully."
        )
    return True
