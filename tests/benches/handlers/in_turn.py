"""A waker that does one thing after the other: the database, then the task, then the route.

It holds the visitor, and polls as often as Reveille.
"""

import json
import os
import socket
import struct
import time

import boto3

ecs = boto3.client("ecs")
elb = boto3.client("elbv2")

ENVIRONMENT = json.loads(os.environ["WAKER_CONFIG"])["environments"][0]
ROUTE = ENVIRONMENT["route"]
LOOK_SECONDS = 0.5


def resume(host, port):
    """Sends PostgreSQL's startup message, and returns when there is an answer."""
    parameters = b"user\0waker\0\0"
    with socket.create_connection((host, port), timeout=60) as connection:
        connection.sendall(struct.pack("!II", 8 + len(parameters), 3 << 16) + parameters)
        connection.recv(1)


def healthy():
    described = elb.describe_target_health(TargetGroupArn=ROUTE["app_target_group_arn"])
    return any(target["TargetHealth"]["State"] == "healthy" for target in described["TargetHealthDescriptions"])


def handler(event, context):
    if "httpMethod" not in event:
        return {}
    probe = ENVIRONMENT["database"]["probe"]["connect"]
    resume(probe["host"], probe["port"])
    for service in ENVIRONMENT["services"]:
        ecs.update_service(cluster=service["cluster"], service=service["service"], desiredCount=1)
    while not healthy():
        time.sleep(LOOK_SECONDS)
    forward = {"Type": "forward", "TargetGroupArn": ROUTE["app_target_group_arn"]}
    elb.modify_rule(RuleArn=ROUTE["rule_arn"], Actions=[forward])
    return {"statusCode": 307, "headers": {"Location": event["path"]}, "body": "", "isBase64Encoded": False}
