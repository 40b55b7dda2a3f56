#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lists a cartridge, from docs/cartridge-format.md and nothing else: one line per object. Ignores the indexes.

usage: cartridge_reader.py FOLDER
"""
import hashlib
import os
import struct
import subprocess
import sys

TABLE = []
for n in range(256):
    for _ in range(8):
        n = (n >> 1) ^ (0x82F63B78 if n & 1 else 0)
    TABLE.append(n)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc >> 8) ^ TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def u32(data, at):
    return struct.unpack_from("<I", data, at)[0]


def u64(data, at):
    return struct.unpack_from("<Q", data, at)[0]


def twin(path, kind):
    with open(path, "rb") as file:
        both = file.read()
    half = len(both) // 2
    for copy in (both[:half], both[half:]):
        if copy[:8] == b"SLUICERC" and u32(copy, 60) == crc32c(copy[:60]):
            content = copy[64 : 64 + u32(copy, 40)]
            if u32(copy, 56) == crc32c(content):
                assert u32(copy, 8) == kind and u32(copy, 12) == 1 and u32(copy, 16) == 0
                return copy[24:40], content
    sys.exit(path + ": both copies are damaged")


def text(data, at):
    length = struct.unpack_from("<H", data, at)[0]
    return data[at + 2 : at + 2 + length].decode("ascii"), at + 2 + length


def memory(folder, cartridge):
    """Mounts, portion of the capacity, and how many attributes of how many bytes; nothing without the object."""
    path = os.path.join(folder, "memory")
    if not os.path.exists(path):
        return
    owner, content = twin(path, 0x4F4D454D)
    assert owner == cartridge
    drives, attributes = struct.unpack_from("<HH", content, 92)
    at = 96
    for _ in range(drives):
        _, at = text(content, at)
    total = 0
    for _ in range(attributes):
        length = struct.unpack_from("<H", content, at + 2)[0]
        at, total = at + 4 + length, total + length
    assert at == len(content)
    print("memory", u64(content, 16), u32(content, 88), drives, attributes, total)


def plain(header, stored):
    if header[5] == 0:
        return stored
    return subprocess.run(["zstd", "-dc"], input=stored, stdout=subprocess.PIPE, check=True).stdout


def replay(data, number, first, end):
    """Objects of a segment: filemarks are None."""
    objects, at, epoch = [], 4096, u32(data, 44)
    while at + 64 <= end:
        header = data[at : at + 64]
        if header[:4] != b"SLR1" or u32(header, 60) != crc32c(header[:60]):
            break
        if u32(header, 52) != number or u32(header, 56) * 64 != at or u32(header, 48) < epoch:
            break
        assert header[6:8] == b"\0\0"
        epoch, kind, named = u32(header, 48), header[4], u64(header, 8)
        stored = data[at + 64 : at + 64 + u32(header, 36)]
        if kind == 1:
            if named != first + len(objects) or crc32c(stored) != u32(header, 40):
                break
            host = plain(header, stored)
            assert len(host) == u32(header, 32) and crc32c(host) == u32(header, 44)
            objects.append(host)
        elif kind == 2:
            if named != first + len(objects):
                break
            objects.extend([None] * u32(header, 32))
        elif kind == 3:
            del objects[named - first :]
        elif kind not in (4, 5) and kind < 128:
            sys.exit("unknown record type %d" % kind)
        at += 64 + (len(stored) + 63) // 64 * 64
    return objects


def main(folder):
    cartridge, label = twin(os.path.join(folder, "label"), 0x4C42414C)
    barcode, at = text(label, 28)
    print("label", barcode, text(label, at)[0], u64(label, 0))
    memory(folder, cartridge)
    owner, table = twin(os.path.join(folder, "p0.segments"), 0x53474553)
    assert owner == cartridge
    count = u32(table, 4)
    rows = [table[8 + 48 * i : 56 + 48 * i] for i in range(count)]
    listed = 0
    for i, row in enumerate(rows):
        number, first, end = u32(row, 0), u64(row, 8), u64(row, 40)
        with open(os.path.join(folder, "p0.%08x.data" % number), "rb") as file:
            data = file.read()
        assert data[:8] == b"SLUICESG" and u32(data, 4092) == crc32c(data[:4092])
        assert data[24:40] == cartridge and u32(data, 40) == number and first == listed
        objects = replay(data, number, first, end or len(data))
        if i + 1 < count:
            objects = objects[: u64(rows[i + 1], 8) - first]
        for content in objects:
            print(listed, "filemark" if content is None else "%d %s" % (len(content), hashlib.sha256(content).hexdigest()))
            listed += 1
    print("end", listed)


main(sys.argv[1])
