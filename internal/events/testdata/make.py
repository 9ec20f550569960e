#!/usr/bin/env python3
"""Writes the files of this folder with the libraries of others, so that what reads
them here is not tested against itself alone.

Needs flatbuffers, lz4, zstandard, h5py, PyTables and NumPy. Run it here: python3 make.py
"""
import struct

import flatbuffers
import h5py
import lz4.frame
import numpy as np
import tables
import zstandard

WIDTH, HEIGHT, EVENTS = 20, 10, 300


def event(i):
    """Event i of a file: time, x, y, on."""
    return 1_600_000_000_000_000 + 37 * i, i * 7 % WIDTH, i * 3 % HEIGHT, i % 3 == 0


def sized(b, root, letters):
    b.Finish(root, file_identifier=letters)
    out = bytes(b.Output())
    return struct.pack("<I", len(out)) + out


def packet(first, last):
    b = flatbuffers.Builder(0)
    b.StartVector(16, last - first, 8)
    for i in reversed(range(first, last)):
        t, x, y, on = event(i)
        b.Prep(8, 16)
        b.Pad(3)
        b.PrependBool(on)
        b.PrependInt16(y)
        b.PrependInt16(x)
        b.PrependInt64(t)
    elements = b.EndVector()
    b.StartObject(1)
    b.PrependUOffsetTRelativeSlot(0, elements, 0)
    return sized(b, b.EndObject(), b"EVTS")


DESCRIPTION = f"""<dv version="2.0"><node name="outInfo" path="/mainloop/Recorder/outInfo/">
<node name="3" path="/3/"><attr key="typeIdentifier" type="string">IMUS</attr></node>
<node name="1" path="/1/"><attr key="compression" type="string">?</attr><attr key="typeIdentifier" type="string">EVTS</attr>
<node name="info" path="/1/info/"><attr key="sizeX" type="int">{WIDTH}</attr><attr key="sizeY" type="int">{HEIGHT}</attr></node></node>
</node></dv>"""


def header(compression, table):
    b = flatbuffers.Builder(0)
    text = b.CreateString(DESCRIPTION)
    b.StartObject(3)
    b.ForceDefaults(True)
    b.PrependInt32Slot(0, compression, 0)
    b.PrependInt64Slot(1, table, -1)
    b.PrependUOffsetTRelativeSlot(2, text, 0)
    return sized(b, b.EndObject(), b"IOHE")


def aedat4(name, compression, pack, with_table):
    body = b""
    for first, last in ((0, 1), (1, 200), (200, 200), (200, EVENTS)):
        for stream, data in ((1, packet(first, last)), (3, b"\x08\0\0\0nothing.")):
            data = pack(data)
            body += struct.pack("<ii", stream, len(data)) + data
    magic = b"#!AER-DAT4.0\r\n"
    at = len(magic) + len(header(compression, 0)) + len(body)
    with open(name, "wb") as f:
        f.write(magic + header(compression, at if with_table else -1) + body)
        if with_table:
            f.write(pack(b"\x09\0\0\0the table"))


SHD_TIMES = [[0.0, 0.001, 0.5], [], [0.25, 1.5, 1.5, 0.125]]
SHD_UNITS = [[0, 699, 3], [], [10, 20, 30, 40]]
SHD_LABELS = [4, 19, 0]


def shd_h5py(name, units):
    with h5py.File(name, "w") as f:
        for key, kind, rows in (("times", "f2", SHD_TIMES), ("units", "u2", units)):
            d = f.create_dataset("spikes/" + key, (len(rows),), dtype=h5py.vlen_dtype(np.dtype(kind)))
            for i, row in enumerate(rows):
                d[i] = np.array(row, kind)
        f["labels"] = np.array(SHD_LABELS, "u2")
        f["extra/speaker"] = np.array([1, 2, 3], "u2")


def shd_tables(name):
    """As the published files are written."""
    with tables.open_file(name, "w") as f:
        spikes = f.create_group("/", "spikes")
        for key, atom, rows in (("times", tables.Float16Atom(), SHD_TIMES), ("units", tables.UInt16Atom(), SHD_UNITS)):
            a = f.create_vlarray(spikes, key, atom, chunkshape=8)
            for row in rows:
                a.append(np.array(row, atom.dtype))
        f.create_array("/", "labels", np.array(SHD_LABELS, "u2"))


aedat4("none.aedat4", 0, lambda b: b, True)
aedat4("lz4.aedat4", 1, lz4.frame.compress, True)
aedat4("zstd.aedat4", 3, zstandard.ZstdCompressor().compress, False)
shd_h5py("shd.h5", SHD_UNITS)
shd_h5py("shd_uneven.h5", [SHD_UNITS[0], [], [10, 20, 30]])
shd_tables("shd_tables.h5")
