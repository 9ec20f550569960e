#!/usr/bin/env python3
"""Writes habits.nir, a graph as an exporter that is none of those we know might
write it, habits.in.csv, spikes, and habits.out.csv, what it makes of them in
floating point.

The file has no version, texts of fixed length, numbers of 8 bytes in shuffled and
compressed chunks, single numbers for whole layers, dots in names, milliseconds, a
convolution that nothing uses, and two outputs. The equations are those of NIR.md
with --dt 1ms --time-unit ms --reset subtract --syn-order old, without any of weft's
code.

Needs h5py 3 and NumPy. Run it here: python3 habits.py
"""
import h5py
import numpy as np

rng = np.random.default_rng(11)
kernel, kernel_bias = rng.integers(-63, 64, (4, 1, 3)) / 16, rng.integers(-8, 9, 4) / 32
rows = np.repeat([0.5, 1, 1, 0.25], 8).reshape(4, 8)
leak, threshold = rng.integers(-2, 3, (4, 8)) / 16, 1 + rng.integers(0, 3, (4, 8)) / 4
late = rng.integers(0, 4, 32)
back, back_bias = rng.integers(-31, 32, (32, 32)) / 64, rng.integers(-4, 5, 32) / 64
dense, dense_bias = rng.integers(-63, 64, (5, 32)) / 32, rng.integers(-4, 5, 5) / 64

nodes = {
    "x.in": {"type": "Input", "shape": np.array([2, 20], "i4")},
    "conv.0": {
        "type": "Conv1d", "weight": kernel, "bias": kernel_bias, "input_shape": 20,
        "stride": 2, "padding": np.array([0]), "dilation": 2, "groups": 2,
    },
    "rows": {"type": "Scale", "scale": rows},
    "conv.0.lif": {"type": "LIF", "tau": 5.0, "r": np.float32(5), "v_leak": leak, "v_threshold": threshold, "v_reset": 0},
    "flat": {"type": "Flatten", "start_dim": 0, "end_dim": 1},
    "back.fc": {"type": "Affine", "weight": back, "bias": back_bias},
    "back.lif": {"type": "LIF", "tau": 4.0, "r": 4.0, "v_leak": 0.0, "v_threshold": 1.0},
    "late": {"type": "Delay", "delay": late.astype("f8")},
    "fc": {"type": "Affine", "weight": dense, "bias": dense_bias},
    "fc.cuba": {"type": "CubaLIF", "tau_mem": 10.0, "tau_syn": 4.0, "r": 8.0, "v_leak": 0.0, "v_threshold": 0.5, "w_in": np.full(5, 2.0)},
    "y.class": {"type": "Output", "shape": np.array([5])},
    "y.rows": {"type": "Output", "shape": np.array([4, 8])},
    "conv.dropped": {
        "type": "Conv2d", "weight": np.ones((2, 1, 3, 3)), "bias": np.zeros(2),
        "stride": 1, "padding": 0, "dilation": 1, "groups": 1,
    },
}
chains = [
    ["x.in", "conv.0", "rows", "conv.0.lif", "flat", "late", "fc", "fc.cuba", "y.class"],
    ["flat", "back.fc", "back.lif", "fc"],
    ["back.lif", "back.fc"],
    ["conv.0.lif", "y.rows"],
]


def put(group, values):
    for key, v in values.items():
        if isinstance(v, dict):
            put(group.create_group(key), v)
        elif isinstance(v, str):
            group.create_dataset(key, data=np.bytes_(v))
        elif np.ndim(v) == 0:
            group.create_dataset(key, data=v)
        else:
            group.create_dataset(key, data=v, compression="gzip", shuffle=True, maxshape=(None,) * v.ndim)


with h5py.File("habits.nir", "w") as f:
    put(f, {"node": {"type": "NIRGraph", "nodes": nodes}})
    f["node"]["edges"] = np.array([pair for c in chains for pair in zip(c, c[1:])], "S")

# Ticks count from 1, a projection takes one: populations are one, two and three
# ticks behind the input, and what skips back.lif has one more. Biases act from
# tick 1; a membrane that sees the old current takes a tick more.
TICKS = 80
x = rng.random((TICKS + 1, 2, 20)) < 0.3
x[0] = False
first, second, third = (np.zeros((TICKS + 1, n)) for n in (32, 32, 5))
v, u, w, i = np.zeros((4, 8)), np.zeros(32), np.zeros(5), np.zeros(5)
at = 2 * np.arange(8)[:, None] + 2 * np.arange(3)  # what a place of conv.0 sees
for t in range(1, TICKS + 1):
    current = np.array([x[t - 1, c // 2][at] @ kernel[c, 0] + kernel_bias[c] for c in range(4)]) * rows
    v = v + (leak - v + 5 * current) / 5
    first[t] = (v > threshold).ravel()
    v -= threshold * first[t].reshape(4, 8)

    u = u + (4 * (back @ (first[t - 1] + second[t - 1]) + back_bias) - u) / 4
    second[t] = u > 1
    u -= second[t]

    w = w + (8 * i - w) / 10
    third[t] = w > 0.5
    w -= 0.5 * third[t]
    skipped = np.array([first[t - 2 - d, k] if t >= 2 + d else 0 for k, d in enumerate(late)])
    i = i + (2 * (dense @ (skipped + second[t - 1]) + dense_bias) - i) / 4


def table(name, **spikes):
    with open(name, "w") as f:
        f.write("tick,population,index\n")
        for t in range(1, TICKS + 1):
            for population, on in spikes.items():
                f.writelines(f"{t},{population},{k}\n" for k in np.flatnonzero(on[t]))


table("habits.in.csv", **{"x.in": x})
table("habits.out.csv", **{"conv.0.lif": first, "back.lif": second, "fc.cuba": third})
