"""Signs requests with botocore and sends them with requests.

Arguments: the URL and a JSON list of cases, each with method, target, body,
headers, presign (use a presigned URL) and token (use temporary credentials).
Writes the HTTP statuses, one a line.
"""

import json
import sys

import requests
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

url, cases = sys.argv[1], json.loads(sys.argv[2])
for case in cases:
    if case.get("token"):
        credentials = Credentials("ASIAEXAMPLE", "other secret", "IQoJ/b3Jp+Z2lu==")
    else:
        credentials = Credentials("AKIDEXAMPLE", case.get("secret", "secret"))
    request = AWSRequest(
        case["method"],
        url + case["target"],
        data=case.get("body", "").encode(),
        headers=case.get("headers") or {},
    )
    if case.get("presign"):
        SigV4QueryAuth(credentials, "lambda", "eu-central-1", expires=3600).add_auth(request)
    else:
        SigV4Auth(credentials, "lambda", "eu-central-1").add_auth(request)
    reply = requests.request(
        request.method, request.url, data=request.data, headers=dict(request.headers)
    )
    print(reply.status_code)
