"""Ask the squares by Roboflow's inference_sdk, in each of the ways that it has."""

import json
import sys

from inference_sdk import InferenceConfiguration, InferenceHTTPClient
from inference_sdk.http.errors import HTTPCallErrorError

url, token, picture = sys.argv[1:]
client = InferenceHTTPClient(api_url=url, api_key=token)
client.configure(InferenceConfiguration(confidence_threshold=0.8))
out = {"models": [[m.model_id, m.task_type, m.input_height] for m in client.list_loaded_models().models]}

for task, model in {"detect": "squares", "segment": "squares-seg", "pose": "squares-pose", "obb": "squares-obb", "classify": "squares-cls"}.items():
    out[task] = client.infer(picture, model_id=model + "/1")
with client.use_configuration(InferenceConfiguration(confidence_threshold=0.8, class_filter=["blue"], max_batch_size=2)):
    out["batch"] = client.infer([picture, picture], model_id="squares/1")
with client.use_configuration(InferenceConfiguration(confidence_threshold=0.8, visualize_predictions=True, api_key_transport="header")):
    out["drawn"] = client.infer(picture, model_id="squares/1")
with client.use_api_v0():
    out["v0"] = client.infer(picture, model_id="squares/1")
    with client.use_configuration(InferenceConfiguration(confidence_threshold=0.999999)):
        out["v0 sure"] = client.infer(picture, model_id="squares/1")
    with client.use_configuration(InferenceConfiguration(format="image")):
        out["v0 drawn"] = client.infer(picture, model_id="squares/1")

for name, make in {
    "unknown": lambda: client.infer(picture, model_id="coco/3"),
    "stranger": lambda: InferenceHTTPClient(api_url=url, api_key="other").infer(picture, model_id="squares/1"),
}.items():
    try:
        make()
    except HTTPCallErrorError as error:
        out[name] = [error.status_code, error.api_message]
print(json.dumps(out))
