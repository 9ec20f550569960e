#!/usr/bin/env python3
"""Writes the .nir files of this folder as nir.write 1.0 lays them out: arrays
compressed in chunks, metadata, and types of ports in groups.

Needs h5py 3 and NumPy. Run it here: python3 make.py
"""
import h5py
import numpy as np


def put(group, values):
    for key, v in values.items():
        if isinstance(v, dict):
            put(group.create_group(key), v)
        elif isinstance(v, str):
            group.create_dataset(key, data=v, dtype=h5py.string_dtype())
        elif isinstance(v, np.ndarray) and v.ndim > 0:
            group.create_dataset(key, data=v, compression="gzip")
        else:
            group.create_dataset(key, data=v)


def edges(group, *pairs):
    group.create_dataset("edges", data=[[a.encode(), b.encode()] for a, b in pairs], dtype=h5py.string_dtype())


def write(name, nodes, *pairs):
    with h5py.File(name, "w") as f:
        put(f, {"version": "1.0.8", "node": {"type": "NIRGraph", "nodes": nodes, "metadata": {"by": "make.py"}}})
        edges(f["node"], *pairs)


w = (np.arange(24) % 5 - 2).astype("f4") / 2
chain = {
    "input": {"type": "Input", "shape": np.array([1, 2, 2])},
    "flat": {"type": "Flatten", "start_dim": 0, "end_dim": -1, "input_type": {"input": np.array([1, 2, 2])}},
    "fc1": {"type": "Affine", "weight": w[:12].reshape(3, 4), "bias": np.zeros(3, "f4"), "metadata": {"layer": "1"}},
    "lif1": {
        "type": "LIF", "tau": np.full(3, 0.01), "r": np.full(3, 10.0), "v_leak": np.zeros(3),
        "v_threshold": np.array([1.0, 2.0, 3.0]), "v_reset": np.zeros(3),
    },
    "fc2": {"type": "Linear", "weight": w[:6].reshape(2, 3)},
    "lif2": {"type": "IF", "r": np.float32(1), "v_threshold": np.float32(1)},
    "output": {"type": "Output", "shape": np.array([2])},
}
names = ["input", "flat", "fc1", "lif1", "fc2", "lif2", "output"]
write("chain.nir", chain, *zip(names, names[1:]))
write("typo.nir", chain, *zip(names[:3] + ["lif"] + names[4:], names[1:3] + ["lif"] + names[4:]))
