"""Ask the squares by deepstack-python."""

import json
import sys

from deepstack.core import DeepstackException, DeepstackObject

host, port, token, picture = sys.argv[1:]
with open(picture, "rb") as f:
    data = f.read()


def ask(**options):
    try:
        return DeepstackObject(ip=host, port=port, **options).detect(data)
    except DeepstackException as error:
        return str(error)


print(json.dumps({
    "detect": ask(api_key=token, min_confidence=0.8),
    "custom": ask(api_key=token, min_confidence=0.8, custom_model="squares-seg"),
    "sure": ask(api_key=token, min_confidence=0.999999),
    "unknown": ask(api_key=token, custom_model="other"),
    "stranger": ask(api_key="other"),
}))
