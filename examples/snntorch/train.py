#!/usr/bin/env python3
"""Trains 64-48-10 leaky integrate-and-fire neurons on the digits, and writes
them to digits.nir as, to our understanding, snntorch.export_nir.export_to_nir
writes

    nn.Sequential(nn.Linear(64, 48, bias=False), snn.Leaky(beta=0.9, init_hidden=True),
                  nn.Linear(48, 10, bias=False), snn.Leaky(beta=0.9, init_hidden=True, output=True))

The neurons are snnTorch's Leaky with reset by subtraction in the same step, the
gradient goes through its fast sigmoid. It needs only NumPy and h5py 3:

    python3 train.py
"""
import gzip

import h5py
import numpy as np

BETA, DT, TICKS = 0.9, 1e-4, 16  # snnTorch writes NIR with steps of 0.1 ms
rng = np.random.default_rng(1)

table = np.loadtxt(gzip.open("../digits/digits.csv.gz"), delimiter=",", dtype="f4")
images, labels = table[:, :-1] / 16, table[:, -1].astype(int)
known = 1437  # those behind are for testing


def spikes(x):
    """Evenly spread spikes: as many in TICKS steps as x times TICKS."""
    steps = np.arange(1, TICKS + 1)[:, None, None]
    return np.diff(np.floor(x * steps + 1e-4), axis=0, prepend=0).astype("f4")


def forward(w, x):
    """Returns potentials before reset and spikes of both layers, and what came in."""
    v = [np.zeros((x.shape[1], a.shape[0]), "f4") for a in w]
    u, z = ([], []), ([], [])
    for s in x:
        for k, a in enumerate(w):
            v[k] = BETA * v[k] + s @ a.T
            s = (v[k] > 1).astype("f4")
            u[k].append(v[k])
            z[k].append(s)
            v[k] = v[k] - s
    return u, z


def gradient(w, x, y):
    u, z = forward(w, x)
    count = np.sum(z[1], axis=0) / 2
    p = np.exp(count - count.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    g, later = [np.zeros_like(a) for a in w], [0, 0]
    for t in reversed(range(len(x))):
        s = p / len(y)
        for k in (1, 0):
            later[k] = later[k] + s / (1 + 5 * np.abs(u[k][t] - 1)) ** 2
            g[k] += later[k].T @ (z[0][t] if k else x[t])
            s, later[k] = later[k] @ w[k], BETA * later[k]
    return g


def right(w, x, y):
    return np.mean(np.sum(forward(w, x)[1][1], axis=0).argmax(1) == y)


w = [rng.normal(0, 0.25, (48, 64)).astype("f4"), rng.normal(0, 0.25, (10, 48)).astype("f4")]
m, q, step = [np.zeros_like(a) for a in w], [np.zeros_like(a) for a in w], 0
for epoch in range(80):
    order = rng.permutation(known)
    for batch in np.array_split(order, 12):
        step += 1
        x = rng.random((TICKS, *images[batch].shape), "f4") < images[batch]  # chance keeps it from learning by heart
        g = gradient(w, x.astype("f4"), labels[batch])
        for k in range(2):  # Adam
            m[k] = 0.9 * m[k] + 0.1 * g[k]
            q[k] = 0.999 * q[k] + 0.001 * g[k] ** 2
            rate = 0.004 * 0.97**epoch
            w[k] -= rate * (m[k] / (1 - 0.9**step)) / (np.sqrt(q[k] / (1 - 0.999**step)) + 1e-8)
    if epoch % 10 == 9:
        print(epoch + 1, right(w, spikes(images[:known]), labels[:known]), right(w, spikes(images[known:]), labels[known:]))


def leaky(n):
    tau = DT / (1 - BETA)
    each = {"tau": tau, "r": tau / DT, "v_leak": 0, "v_threshold": 1, "v_reset": 0}
    return {"type": "LIF", **{key: np.full(n, x, "f4") for key, x in each.items()}}


nodes = {
    "input": {"type": "Input", "shape": np.array([64])},
    "0": {"type": "Linear", "weight": w[0]},
    "1": leaky(48),
    "2": {"type": "Linear", "weight": w[1]},
    "3": leaky(10),
    "output": {"type": "Output", "shape": np.array([10])},
}
chain = list(nodes)


def put(group, values):
    for key, v in values.items():
        if isinstance(v, dict):
            put(group.create_group(key), v)
        elif isinstance(v, str):
            group.create_dataset(key, data=v, dtype=h5py.string_dtype())
        else:
            group.create_dataset(key, data=v, compression="gzip")


with h5py.File("digits.nir", "w") as f:
    f.create_dataset("version", data="1.0.4", dtype=h5py.string_dtype())
    put(f, {"node": {"type": "NIRGraph", "nodes": nodes}})
    pairs = [[a.encode(), b.encode()] for a, b in zip(chain, chain[1:])]
    f["node"].create_dataset("edges", data=pairs, dtype=h5py.string_dtype())
