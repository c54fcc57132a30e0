"""Errors of the API, and the check of a call's parameters against the SDK's own model."""

import functools

SERVICE = "application-autoscaling"


class Refused(Exception):
    """An error that the caller gets."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code, self.message = code, message


def invalid(message: str) -> Refused:
    return Refused("ValidationException", message)


def not_found(what: str, call: dict, name: str = "") -> Refused:
    named = f", {name}" if name else ""
    place = ", ".join(
        f"{label}: {call[field]}"
        for label, field in (
            ("service namespace", "ServiceNamespace"),
            ("resource ID", "ResourceId"),
            ("scalable dimension", "ScalableDimension"),
        )
    )
    return Refused("ObjectNotFoundException", f"No {what} for {place}{named}")


def check(operation: str, call: dict) -> None:
    """Checks required members, types, lengths and enumerations against botocore's model."""
    from botocore.validate import ParamValidator

    shape = _service_model().operation_model(operation).input_shape
    report = ParamValidator().validate(call, shape)
    if report.has_errors():
        raise invalid(report.generate_report())
    for name, value in call.items():
        allowed = shape.members[name].metadata.get("enum")
        if allowed and value not in allowed:
            raise invalid(f"Value '{value}' at '{name}' failed to satisfy constraint: {allowed}")


def operations() -> list[str]:
    return _service_model().operation_names


@functools.cache
def _service_model():
    # Importing botocore takes 0.3 s of CPU time, and few tests need it.
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    return ServiceModel(Loader().load_service_model(SERVICE, "service-2"), SERVICE)
