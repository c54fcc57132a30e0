"""Lists what the source in a folder calls: a line for each operation, with every error that the models have for it.

list_errors.py FOLDER
"""

import json
import sys
from pathlib import Path

from botocore.loaders import create_loader
from models import operations_called


def errors(service: str, operation: str) -> list[dict]:
    # Whose fault an error is, and so its status, stands in the plain model only.
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
