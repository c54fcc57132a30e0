"""The waker's answer to a first request as plain boto3 code: clients created once, calls one after the other.

It reads the service, the database, the route and its targets, starts what does not run, and shows a page that
refreshes itself until the app is healthy.
"""

import json
import os

import boto3

ecs = boto3.client("ecs")
elb = boto3.client("elbv2")
rds = boto3.client("rds")

ENVIRONMENT = json.loads(os.environ["WAKER_CONFIG"])["environments"][0]
ROUTE = ENVIRONMENT["route"]

PAGE = """<!doctype html>
<title>Waking up</title>
<meta http-equiv="refresh" content="2">
<p>The environment is waking up; this page goes on by itself."""


def handler(event, context):
    for wanted in ENVIRONMENT["services"]:
        described = ecs.describe_services(cluster=wanted["cluster"], services=[wanted["service"]])
        if described["services"][0]["desiredCount"] == 0:
            ecs.update_service(cluster=wanted["cluster"], service=wanted["service"], desiredCount=1)

    cluster = rds.describe_db_clusters(DBClusterIdentifier=ENVIRONMENT["database"]["identifier"])["DBClusters"][0]
    if cluster["Status"] == "stopped":
        rds.start_db_cluster(DBClusterIdentifier=cluster["DBClusterIdentifier"])

    rule = elb.describe_rules(RuleArns=[ROUTE["rule_arn"]])["Rules"][0]
    health = elb.describe_target_health(TargetGroupArn=ROUTE["app_target_group_arn"])
    states = [target["TargetHealth"]["State"] for target in health["TargetHealthDescriptions"]]
    if "healthy" not in states:
        headers = {"Content-Type": "text/html; charset=utf-8", "Retry-After": "2", "Cache-Control": "no-store"}
        return {"statusCode": 503, "headers": headers, "body": PAGE, "isBase64Encoded": False}

    if rule["Actions"][-1].get("TargetGroupArn") != ROUTE["app_target_group_arn"]:
        forward = {"Type": "forward", "TargetGroupArn": ROUTE["app_target_group_arn"]}
        elb.modify_rule(RuleArn=ROUTE["rule_arn"], Actions=[forward])
    headers = {"Location": event["path"], "Cache-Control": "no-store"}
    return {"statusCode": 307, "headers": headers, "body": "", "isBase64Encoded": False}
