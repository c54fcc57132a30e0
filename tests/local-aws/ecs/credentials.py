"""The credentials of a task, which are those of its role.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
ministack gives every container keys that its own API does not know, and none where policies are enforced, because it
then requires a signature on this request too.
"""

from urllib.parse import urlsplit

from ministack import app
from ministack.services import imds, sts

# The answers by path.
_documents: dict[str, dict] = {}


def issue(environment: dict[str, str], role_arn: str, task_id: str) -> None:
    """Serves a role's credentials at the address that the container's environment names."""
    account, role = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    document = {**imds._ecs_task_credentials_doc(), "RoleArn": role_arn}
    session = {
        "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{task_id}",
        "UserId": f"{role}:{task_id}",
        "SecretAccessKey": document["SecretAccessKey"],
        "SessionToken": document["Token"],
    }
    sts.register_session(document["AccessKeyId"], session)
    _documents[urlsplit(environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"]).path] = document


async def _handle(method, path, headers, body, query_params):
    if method == "GET" and path in _documents:
        return imds._json_resp(_documents[path])
    return await _handle_request(method, path, headers, body, query_params)


def _authenticated(service, *request):
    return None if service == "imds" else _authenticate_only(service, *request)


def install() -> None:
    global _handle_request, _authenticate_only
    _handle_request, imds.handle_request = imds.handle_request, _handle
    _authenticate_only, app._authenticate_only = app._authenticate_only, _authenticated
