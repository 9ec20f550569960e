#!/usr/bin/env python3
"""Writes the .h5 files of this folder, and with want.json what h5py reads in them.

Needs h5py 3 and NumPy. Run it here: python3 make.py
"""
import json

import h5py
import numpy as np

want = {}


def plain(v):
    """A value as JSON has it: NaN and infinities as text."""
    if isinstance(v, (bytes, np.bytes_)):
        return v.decode()
    if isinstance(v, np.ndarray):
        return [plain(x) for x in v]
    if isinstance(v, (float, np.floating)):
        return float(v) if np.isfinite(v) else str(v)
    if isinstance(v, np.generic):
        return v.item()
    return v


def record(name):
    out = {}

    def visit(path, o):
        attrs = {k: plain(o.attrs[k]) for k in sorted(o.attrs)}
        entry = {}
        if isinstance(o, h5py.Dataset):
            entry = {"shape": list(o.shape), "values": [plain(x) for x in np.asarray(o[()]).reshape(-1)] if o.shape else [plain(o[()])]}
        if attrs:
            entry["attrs"] = attrs
        out["/" + path] = entry

    with h5py.File(name) as f:
        f.visititems(visit)
    want[name] = out


def numbers(f):
    for order in "<>":
        for kind in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"):
            t = np.dtype(order + kind)
            if t.kind == "f":
                a = np.array([0, -0.5, 1.5, 6e-8, 65504, np.inf, -np.inf, np.nan], t)
            else:
                i = np.iinfo(t)
                a = np.array([i.min, i.min + 1, 0, 1, 77, min(i.max, 2**63 - 1)], t)
            f["be" + kind if order == ">" else "le" + kind] = a
    f["bool"] = np.array([[True, False], [False, True]])
    f.create_dataset("enum", data=np.array([7, -1, 7], "i2"), dtype=h5py.enum_dtype({"seven": 7, "minus": -1, "nothing": 0}, "i2"))
    f["scalar"] = 42
    f["empty"] = np.zeros((0, 3), "f4")
    f["cube"] = np.arange(24, dtype="f4").reshape(2, 3, 4)


def strings(f):
    f["fixed"] = np.array([b"one", b"three", b"exactly10!"], "S10")
    f["type"] = "CubaLIF"
    f["edges"] = np.array([["input", "fc1"], ["fc1", "lif.1"], ["lif.1", ""]], dtype=h5py.string_dtype())
    f.create_dataset("ascii", data=[b"a", b"bc"], dtype=h5py.string_dtype("ascii"))
    f["long"] = "x" * 5000
    space = h5py.h5t.C_S1.copy()
    space.set_size(6)
    space.set_strpad(h5py.h5t.STR_SPACEPAD)
    d = h5py.h5d.create(f.id, b"fortran", h5py.h5t.TypeID.copy(space), h5py.h5s.create_simple((2,)))
    d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([b"ab    ", b"abcdef"], "S6"), mtype=space)


def sequences(f):
    for name, kind in (("times", "f2"), ("units", "u2"), ("signed", "i4"), ("f8", "f8")):
        d = f.create_dataset(name, (3,), dtype=h5py.vlen_dtype(np.dtype(kind)))
        d[0] = np.array([1, 2, 3], kind)
        d[2] = np.arange(200).astype(kind)
    g = f.create_group("keys")
    g.create_dataset("speaker", data=np.array([4, 5], "i8"))


def chunks(f):
    a = np.arange(11 * 7, dtype="f4").reshape(11, 7)
    f.create_dataset("plain", data=a, chunks=(4, 3))
    f.create_dataset("gzip", data=a, chunks=(4, 3), compression="gzip")
    f.create_dataset("shuffled", data=a.astype(">i8"), chunks=(5, 7), compression="gzip", shuffle=True)
    f.create_dataset("checked", data=a, chunks=(4, 7), fletcher32=True)
    f.create_dataset("all", data=a.astype("f2"), chunks=(3, 3), compression="gzip", shuffle=True, fletcher32=True)
    f.create_dataset("odd", data=np.arange(7, dtype="u1"), chunks=(7,), fletcher32=True)
    f.create_dataset("auto", data=np.arange(3000, dtype="i2"), compression="gzip")
    f.create_dataset("3d", data=np.arange(60).reshape(3, 4, 5), chunks=(2, 3, 2), compression="gzip")
    f.create_dataset("names", data=np.array(["a", "bb", "ccc"], dtype=h5py.string_dtype()), chunks=(2,), compression="gzip")
    grown = f.create_dataset("grown", data=np.arange(9), chunks=(2,), maxshape=(None,))
    grown.resize((5,))
    part = f.create_dataset("part", (10, 10), "i4", chunks=(3, 3), fillvalue=-7)
    part[4, 4] = 1
    f.create_dataset("unwritten", (5,), "f8", fillvalue=2.5)
    f.create_dataset("unfilled", (5,), "f8")
    many = f.create_dataset("many", (300,), "u1", chunks=(2,))
    many[:] = np.arange(300) % 256


def compact(f):
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_layout(h5py.h5d.COMPACT)
    space = h5py.h5s.create_simple((4,))
    d = h5py.h5d.create(f.id, b"compact", h5py.h5t.NATIVE_INT32, space, plist)
    d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([3, 1, 4, 1], "i4"))


def attributes(f):
    g = f.create_group("g")
    g.attrs["version"] = "0.2.0"
    g.attrs["fixed"] = np.bytes_("abc")
    g.attrs["dt"] = 1e-4
    g.attrs["shape"] = np.array([[1, 2, 3], [4, 5, 6]], ">i4")
    g.attrs["flag"] = True
    d = f.create_dataset("d", data=1.5)
    for i in range(30):  # beyond one block of the header
        d.attrs[f"a{i:02d}"] = "value %d" % i


def groups(f):
    for i in range(40):  # beyond one symbol node
        f[f"many/{i}"] = np.arange(i % 3)
    f["deep/a/b/c/d/e"] = 1
    f["hard"] = f["deep/a"]
    f.create_group("nothing")


def write(name, fill, **options):
    with h5py.File(name, "w", **options) as f:
        fill(f)
    record(name)


def all_small(f):
    """What fits into compact links: at most 8 objects a group."""
    f["x"] = np.arange(5, dtype="f4")
    f["s"] = "text"
    f["g/h/y"] = 7
    f.create_dataset("v", data=np.array([b"ab", b"c"], "S3"))
    f["x"].attrs["unit"] = "ms"
    f["g"].attrs["n"] = np.arange(3)


write("numbers.h5", numbers)
write("strings.h5", strings)
write("sequences.h5", sequences)
write("chunks.h5", chunks)
write("compact.h5", compact)
write("attributes.h5", attributes)
write("groups.h5", groups)
write("v108.h5", all_small, libver=("v108", "v108"))
write("latest.h5", all_small, libver="latest")
write("ordered.h5", all_small, track_order=True)
write("userblock.h5", all_small, userblock_size=512)

fcpl = h5py.h5p.create(h5py.h5p.FILE_CREATE)
fcpl.set_sizes(4, 4)
with h5py.File(h5py.h5f.create(b"sizes4.h5", h5py.h5f.ACC_TRUNC, fcpl)) as f:
    all_small(f)
    f.create_dataset("z", data=np.arange(12).reshape(3, 4), chunks=(2, 2), compression="gzip")
record("sizes4.h5")


# What is not read.
with h5py.File("unsupported.h5", "w") as f:
    f["soft"] = h5py.SoftLink("/compound")
    f["out/external"] = h5py.ExternalLink("other.h5", "/x")
    f["compound"] = np.zeros(2, [("a", "i4"), ("b", "f4")])
    f["complex"] = np.zeros(2, "c8")
    f.create_dataset("array", (2,), np.dtype("(3,)f4"))
    f["opaque"] = np.void(b"abc")
    f["datatype"] = np.dtype("f4")
    f["committed"] = np.zeros(2, "f4")
    h5py.h5d.create(f.id, b"shared", h5py.h5t.open(f.id, b"datatype"), h5py.h5s.create_simple((2,)))
    f["null"] = h5py.Empty("f4")
    f.create_dataset("lzf", data=np.zeros(100), compression="lzf")
    f.create_dataset("scaled", data=np.arange(100), scaleoffset=0, chunks=(50,))
    f["reference"] = f["complex"].ref
    f["group/self"] = f["/"]
    layout = h5py.VirtualLayout((4,), "f8")
    layout[:] = h5py.VirtualSource("other.h5", "x", (4,))
    f.create_virtual_dataset("virtual", layout)
    f["longdouble"] = np.zeros(2, "f16")
with h5py.File("dense.h5", "w", libver="latest") as f:
    for i in range(12):
        f[f"links/{i}"] = i
    f["attrs"] = 1
    for i in range(12):
        f["attrs"].attrs[str(i)] = i
    f.create_dataset("chunked", data=np.arange(100), chunks=(10,))

with open("want.json", "w") as f:
    json.dump(want, f, indent=0)
    f.write("\n")
