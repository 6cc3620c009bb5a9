"""Ask the squares by two clients that sign: aws-requests-auth, and boto3's Lambda."""

import base64
import json
import os
import sys
from urllib.parse import urlparse

import boto3
import requests
from aws_requests_auth.aws_auth import AWSRequestsAuth

url, picture = sys.argv[1:]
with open(picture, "rb") as f:
    data = f.read()
auth = AWSRequestsAuth(
    aws_access_key=os.environ["AWS_ACCESS_KEY_ID"],
    aws_secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"],
    aws_token=os.environ["AWS_SESSION_TOKEN"] or None,
    aws_host=urlparse(url).netloc,
    aws_region=os.environ["AWS_DEFAULT_REGION"],
    aws_service="lambda",
)
out = {"requests": requests.post(url + "?conf=0.8&imgsz=320", data=data, auth=auth).json()}
if urlparse(url).hostname == "127.0.0.1":
    payload = json.dumps({"image": base64.b64encode(data).decode(), "conf": 0.8, "imgsz": 320})
    stream = boto3.client("lambda", endpoint_url=url).invoke_with_response_stream(FunctionName="yolambda", Payload=payload)
    events = list(stream["EventStream"])
    out["stream"] = json.loads(b"".join(e["PayloadChunk"]["Payload"] for e in events if "PayloadChunk" in e))
    out["end"] = list(events[-1])
print(json.dumps(out))
