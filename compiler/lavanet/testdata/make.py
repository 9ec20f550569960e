#!/usr/bin/env python3
"""Writes the .net files of this folder as lava-dl's exporter lays them out.

Needs h5py 3 and NumPy. Run it here: python3 make.py
"""
import h5py
import numpy as np


def kind(g, name):
    g.create_dataset("type", (1,), "S10", [name.encode()])


def neuron(g, **changes):
    values = {"type": "CUBA", "iDecay": 4096, "vDecay": 512, "vThMant": 30, "refDelay": 1, "gradedSpike": False}
    for k, v in {**values, **changes}.items():
        g[f"neuron/{k}"] = v


def window(g, **values):
    for k, v in values.items():
        g[k] = np.array(v)


def signed(*shape):
    """Even weights of both signs."""
    return (2 * (np.arange(np.prod(shape)) % 9 - 4)).reshape(shape).astype("f4")


with h5py.File("all.net", "w") as f:
    f["simulation/Ts"] = 1
    f["simulation/tSample"] = 64
    g = f.create_group("layer/0")
    kind(g, "input")
    g["shape"] = [2, 6, 6]
    g["weight"], g["bias"] = [36.0], [34.0]
    neuron(g, type="LOIHI", wgtExp=0, vThMant=25)
    g = f.create_group("layer/1")
    kind(g, "conv")
    g["shape"] = [4, 4, 4]
    window(g, inChannels=2, outChannels=4, kernelSize=[3, 3], stride=[1, 1], padding=[0, 0], dilation=[1, 1], groups=2)
    g["weight"] = signed(4, 1, 3, 3, 1)
    g["bias"] = np.array([-8, 0, 8, 16], "f4")
    g["delay"] = np.array([3, 3, 3, 3], "f4")
    neuron(g, wgtExp=-1, refDelay=2)
    g = f.create_group("layer/2")
    kind(g, "pool")
    g["shape"] = [4, 2, 2]
    window(g, kernelSize=[2, 2], stride=[2, 2], padding=[0, 0], dilation=[1, 1])
    g["weight"] = np.full((1, 1, 2, 2, 1), 66, "f4")
    g["delay"] = np.array([0, 1, 2, 3], "f4")
    neuron(g)
    g = f.create_group("layer/3")
    kind(g, "flatten")
    g["shape"] = [16, 1, 1]
    g = f.create_group("layer/4")
    kind(g, "dense")
    g["shape"] = [3]
    g["inFeatures"], g["outFeatures"] = 16, 3
    g["weight"] = signed(3, 16)
    neuron(g, iDecay=np.array([1024, 2048, 4096]), vThMant=np.array([30, 40, 50]))
    g = f.create_group("layer/5")
    kind(g, "dense_rec")
    g["shape"] = [2]
    g["weight"] = np.array([[1, -2, 3], [4, 5, 6]], "f4")
    g["weight_rec"] = np.array([[0, -20], [-20, 0]], "f4")
    neuron(g)

with h5py.File("dense.net", "w") as f:
    g = f.create_group("layer/0")
    kind(g, "dense")
    g["shape"] = [2, 1, 1]
    g["weight"] = np.array([2, 4, 6, 8, 10, 12], "f4")  # flat

with h5py.File("conv.net", "w") as f:
    g = f.create_group("layer/0")
    kind(g, "conv")
    g["shape"] = [1, 3, 3]
    window(g, kernelSize=2, stride=1, padding=0, dilation=1, groups=1)
    g["weight"] = signed(1, 1, 2, 2, 1)
    neuron(g)

with h5py.File("bad.net", "w") as f:
    g = f.create_group("layer/0")
    kind(g, "input")
    g["shape"] = [2, 4, 4]
    for i, (name, shape) in enumerate([("conv", [4, 3, 3]), ("dense", [3]), ("average", [3]), ("dence", [3]), ("dense", [3]), ("dense", [3]), ("pool", [3, 1, 1]), ("dense", [2]), ("", [2]), ("dense", [2])], 1):
        g = f.create_group(f"layer/{i}")
        kind(g, name)
        g["shape"] = shape
    g = f["layer/1"]  # one wrong shape
    window(g, kernelSize=[3, 3], stride=[1, 1], padding=[0, 0], dilation=[1, 1], groups=1)
    g["weight"] = signed(4, 2, 3, 3, 1)
    neuron(g)
    g = f["layer/2"]
    g["weight"] = np.array([[0.5]] * 3)
    g["bias"] = [1, 2]
    neuron(g, type="SDNN")
    g = f["layer/5"]
    g["weight/real"], g["weight/imag"] = [1], [1]
    neuron(g, iDecay=5000, vThMant=np.nan, refDelay=0, gradedSpike=True)
    g = f["layer/6"]
    g["weight"] = np.full((3, 5), 400)
    neuron(g)
    g = f["layer/7"]
    window(g, kernelSize=[1, 1], dilation=[2, 1])
    g["weight"] = np.array([1, 2])
    neuron(g, weight_exp=3)
    g = f["layer/8"]
    g["weight"] = np.zeros((2, 5))
    del g["type"]
    g["type"] = "dense"
    neuron(g)
    g = f["layer/10"]
    g["weight"] = np.zeros((2, 2))
    neuron(g, type="")
    f.create_group("layer/12")
    f["simulation/Ts"] = -1

with h5py.File("mismatch.net", "w") as f:
    g = f.create_group("layer/0")
    kind(g, "input")
    g["shape"] = [2, 4, 4]
    g = f.create_group("layer/1")
    kind(g, "conv")
    g["shape"] = [4, 3, 3]
    window(g, kernelSize=[3, 3], stride=[1, 1], padding=[0, 0], dilation=[1, 1], groups=1)
    g["weight"] = signed(4, 2, 3, 3, 1)
    g["delay"] = [1, 2, 3, 4]
    neuron(g)
    g = f.create_group("layer/2")
    kind(g, "pool")
    g["shape"] = [4, 3, 3]
    window(g, kernelSize=[1, 1])
    g["weight"] = [2]
    neuron(g)
    g = f.create_group("layer/3")
    kind(g, "dense")
    g["shape"] = [2]
    g["weight"] = signed(2, 35)
    neuron(g)
