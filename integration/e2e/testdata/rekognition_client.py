"""Ask the squares by boto3's client of Amazon Rekognition."""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

url, token, picture = sys.argv[1:]
with open(picture, "rb") as f:
    data = f.read()


def ask(image, key=token, operation="detect_labels", **options):
    client = boto3.client("rekognition", endpoint_url=url, region_name="eu-central-1", config=Config(retries={"max_attempts": 1}),
                          aws_access_key_id="any", aws_secret_access_key="any", aws_session_token=key)
    try:
        return getattr(client, operation)(Image=image, **options)["Labels"]
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["Error"]["Message"]]


print(json.dumps({
    "detect": ask({"Bytes": data}, MinConfidence=80),
    "one": ask({"Bytes": data}, MaxLabels=1, MinConfidence=80),
    "filtered": ask({"Bytes": data}, MinConfidence=80, Features=["GENERAL_LABELS"],
                    Settings={"GeneralLabels": {"LabelExclusionFilters": ["red"]}}),
    "sure": ask({"Bytes": data}, MinConfidence=99.9999),
    "object": ask({"S3Object": {"Bucket": "bucket", "Name": "squares.png"}}),
    "broken": ask({"Bytes": b"%PDF-1.7"}),
    "properties": ask({"Bytes": data}, Features=["IMAGE_PROPERTIES"]),
    "operation": ask({"Bytes": data}, operation="detect_faces"),
    "stranger": ask({"Bytes": data}, key="other"),
}))
