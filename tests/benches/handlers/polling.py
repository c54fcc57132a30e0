"""A waker that starts the task, checks every five seconds whether it is RUNNING, and then redirects.

It touches the database at once, like Reveille, but does not wait for it: that is left to the app.
"""

import json
import os
import socket
import struct
import threading
import time

import boto3

ecs = boto3.client("ecs")
elb = boto3.client("elbv2")

ENVIRONMENT = json.loads(os.environ["WAKER_CONFIG"])["environments"][0]
ROUTE = ENVIRONMENT["route"]
LOOK_SECONDS = 5


def touch(host, port):
    """Sends PostgreSQL's startup message, which resumes a paused Aurora."""
    parameters = b"user\0waker\0\0"
    with socket.create_connection((host, port), timeout=60) as connection:
        connection.sendall(struct.pack("!II", 8 + len(parameters), 3 << 16) + parameters)
        connection.recv(1)


def running(service):
    described = ecs.describe_services(cluster=service["cluster"], services=[service["service"]])
    return described["services"][0]["runningCount"] > 0


def handler(event, context):
    if "httpMethod" not in event:
        return {}
    probe = ENVIRONMENT["database"]["probe"]["connect"]
    threading.Thread(target=touch, args=(probe["host"], probe["port"]), daemon=True).start()
    for service in ENVIRONMENT["services"]:
        ecs.update_service(cluster=service["cluster"], service=service["service"], desiredCount=1)
    while not all(running(service) for service in ENVIRONMENT["services"]):
        time.sleep(LOOK_SECONDS)
    forward = {"Type": "forward", "TargetGroupArn": ROUTE["app_target_group_arn"]}
    elb.modify_rule(RuleArn=ROUTE["rule_arn"], Actions=[forward])
    return {"statusCode": 307, "headers": {"Location": event["path"]}, "body": "", "isBase64Encoded": False}
