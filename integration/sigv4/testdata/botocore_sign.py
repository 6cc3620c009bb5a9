"""Signs requests with botocore, without sending them.

Reads one JSON object a line: method, segments (of the path), query (name and
value pairs), headers (name and value pairs), body (base64), time (Unix
seconds), token (use temporary credentials), expires (seconds: make a presigned
URL; 0: sign in the header). Names, values and segments are not encoded yet.
Writes for each the request's target and headers as they would be sent.
"""

import base64
import datetime
import json
import sys
from urllib.parse import quote, urlsplit

import botocore.auth
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

HOST = "id.lambda-url.eu-central-1.on.aws"


def encode(text):
    return quote(text, safe="-_.~")


for line in sys.stdin:
    case = json.loads(line)
    now = datetime.datetime.fromtimestamp(case["time"], datetime.UTC)
    botocore.auth.get_current_datetime = lambda now=now: now
    if case["token"]:
        credentials = Credentials("ASIAEXAMPLE", "other secret", "IQoJ/b3Jp+Z2lu==")
    else:
        credentials = Credentials("AKIDEXAMPLE", "secret")
    # Half of the paths leave the characters as they are that a path may have.
    safe = "-_.~!$&'()*+,;=:@" if case["time"] % 2 else "-_.~"
    target = "/" + "/".join(quote(segment, safe=safe) for segment in case["segments"] or [])
    if case["query"]:
        target += "?" + "&".join(f"{encode(name)}={encode(value)}" for name, value in case["query"])
    request = AWSRequest(case["method"], "https://" + HOST + target, data=base64.b64decode(case["body"] or ""))
    for name, value in case["headers"] or []:
        request.headers[name] = value  # adds to what is there
    if case["expires"]:
        signer = SigV4QueryAuth(credentials, "lambda", "eu-central-1", expires=case["expires"])
    else:
        signer = SigV4Auth(credentials, "lambda", "eu-central-1")
    signer.add_auth(request)
    url = urlsplit(request.url)
    target = url.path + ("?" + url.query if url.query else "")
    print(json.dumps({"target": target, "headers": request.headers.items()}))
