#!/usr/bin/env python3
"""A function that returns its event, and misbehaves if the path says so.

An event that is not a visitor's request is its own answer, unless it asks for an error.
"""

import json
import os
import sys
import urllib.request

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime"


def answer(event):
    path = event.get("path")
    if path is None:
        return event
    if path == "/crash":
        sys.exit(1)
    if path == "/no-status":
        return {"body": "a page"}
    if path == "/text":
        return "a page"
    if path == "/status-as-text":
        return {"statusCode": "200"}
    if path == "/large":
        return {"statusCode": 200, "body": "x" * 1024 * 1024}
    return {
        "statusCode": 207,
        "headers": {"X-Form": "single", "Content-Type": "application/json"},
        "multiValueHeaders": {"X-Form": ["multi", "value"], "Content-Type": ["application/json"]},
        "body": json.dumps(event),
        "isBase64Encoded": False,
    }


while True:
    with urllib.request.urlopen(f"{API}/invocation/next") as invocation:
        request = invocation.headers["Lambda-Runtime-Aws-Request-Id"]
        event = json.load(invocation)
    what = "error" if "fail" in event else "response"
    said = {"errorType": "Asked", "errorMessage": event["fail"]} if "fail" in event else answer(event)
    urllib.request.urlopen(f"{API}/invocation/{request}/{what}", json.dumps(said).encode()).close()
