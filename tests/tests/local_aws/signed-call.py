"""One signed call of Application Auto Scaling, made by botocore: ENDPOINT KEY SECRET OPERATION PARAMETERS."""

import json
import sys

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint, key, secret, operation, parameters = sys.argv[1:]
session = botocore.session.Session()
session.set_credentials(key, secret)
client = session.create_client(
    "application-autoscaling", region_name="us-east-1", endpoint_url=endpoint, config=Config(retries={"max_attempts": 0})
)
try:
    answer = client._make_api_call(operation, json.loads(parameters))
    answer.pop("ResponseMetadata")
    print(json.dumps({"answer": answer}, default=str))
except ClientError as error:
    print(json.dumps({"error": f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"}))
