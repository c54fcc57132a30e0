"""Lists the calls of the source in a folder: a line for each operation, with every error in the models for it.

list_errors.py FOLDER
"""

import json
import sys
from pathlib import Path

from botocore.loaders import create_loader
from models import operations_called


def errors(service: str, operation: str) -> list[dict]:
    # Only the plain model has whether an error is the client's or the service's, and so its status.
    model = create_loader().load_service_model(service, "service-2")
    found = []
    for error in model["operations"][operation].get("errors", []):
        shape = model["shapes"][error["shape"]]
        said = shape.get("error", {})
        status = said.get("httpStatusCode", 500 if shape.get("fault") else 400)
        found.append({"code": said.get("code", error["shape"]), "status": status})
    return found


def main() -> None:
    for service, operation in operations_called(Path(sys.argv[1])):
        print(json.dumps({"service": service, "operation": operation, "errors": errors(service, operation)}))


main()
