#!/usr/bin/env python3
"""A function that tells its event back, and misbehaves where the path asks for it."""

import json
import os
import sys
import urllib.request

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime"


def answer(event):
    path = event["path"]
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
        said = json.dumps(answer(json.load(invocation)))
    urllib.request.urlopen(f"{API}/invocation/{request}/response", said.encode()).close()
