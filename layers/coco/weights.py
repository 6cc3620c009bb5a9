"""Weights in TensorFlow.js' format: the graph's JSON lists its nodes, and names, shapes
and types of the tensors that lie one after the other in a binary file."""

import json

import numpy as np

PREFIX = "PartitionedCall/convolution"  # of a convolution's name; its number follows


class Weights:
    """The graph's convolutions, in the order in which they were written.

    kernels: tensors [height, width, in, out], float32; biases: tensors [out].
    """

    def __init__(self, graph, data):
        """graph: the bytes of the .json file; data: those of the .bin file."""
        graph = json.loads(graph)
        nodes, tensors = graph["modelTopology"]["node"], read_tensors(graph, data)
        convolutions = {node["name"]: node for node in nodes if node["op"] == "Conv2D"}
        biases = {node["input"][0]: node["input"][1] for node in nodes if node["op"] == "Add"}
        names = [PREFIX + (f"_{i}" if i else "") for i in range(len(convolutions))]
        self.kernels = [tensors[convolutions[name]["input"][1]] for name in names]
        self.biases = [tensors[biases[name]] for name in names]


def read_tensors(graph, data):
    """The tensors by name, float16 widened to float32. graph: the .json file's content;
    data: the bytes of the .bin file. Raises ValueError where they do not fit."""
    tensors, place = {}, 0
    for entry in (e for group in graph["weightsManifest"] for e in group["weights"]):
        stored = np.dtype(entry.get("quantization", entry)["dtype"]).newbyteorder("<")
        value = np.frombuffer(data, stored, int(np.prod(entry["shape"])), place)
        tensors[entry["name"]] = value.reshape(entry["shape"]).astype(entry["dtype"])
        place += value.nbytes
    if place != len(data):
        raise ValueError(f"the weights take {place} bytes, the file has {len(data)}")
    return tensors
