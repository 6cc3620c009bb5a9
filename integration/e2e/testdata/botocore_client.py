"""Signs one request with botocore, sends it with requests, prints the reply.

Arguments: the request's form (json, raw or multipart), the function URL and a
picture's file. Credentials and region come from the environment.
"""

import base64
import json
import os
import pathlib
import sys

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.session import Session

form, url, path = sys.argv[1:]
picture = pathlib.Path(path).read_bytes()
options = {"imgsz": 320, "conf_thres": 0.8}

if form == "json":
    body = json.dumps({"image": base64.b64encode(picture).decode(), **options})
    request = AWSRequest("POST", url, {"Content-Type": "application/json"}, body.encode())
elif form == "raw":
    request = AWSRequest("POST", url, {"Content-Type": "image/png"}, picture, options)
elif form == "multipart":
    prepared = requests.Request("POST", url, files={"file": ("squares.png", picture)}, data=options).prepare()
    request = AWSRequest("POST", url, {"Content-Type": prepared.headers["Content-Type"]}, prepared.body)
else:
    sys.exit(f"unknown form {form}")

SigV4Auth(Session().get_credentials(), "lambda", os.environ["AWS_DEFAULT_REGION"]).add_auth(request)
signed = request.prepare()
reply = requests.request(signed.method, signed.url, headers=dict(signed.headers), data=signed.body)
if reply.status_code != 200:
    sys.exit(f"{reply.status_code}: {reply.text}")
print(reply.text)
