"""Makes the files of this folder: `python make.py`, once with numpy 1 and once with numpy 2.

good/NAME.VARIANT.pdparams holds the tensors of good/NAME.safetensors. A file of any other folder must be refused with an error of the class
that the folder is named after. No file holds a command other than `true`.
"""

import collections
import json
import os
import pickle
import struct

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
NUMPY = "numpy" + np.__version__.split(".")[0]


def save(path, data):
    path = os.path.join(HERE, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def values(*shape, dtype="f4"):
    count = int(np.prod(shape))
    return ((np.arange(count) * 5 % 17 - 8) / 8).astype(dtype).reshape(shape)


def state():
    return {
        "conv.weight": values(4, 3, 3, 3),
        "bn.weight": values(4) + np.float32(1.5),
        "bn.bias": values(4),
        "bn._mean": values(4) / np.float32(10),
        "bn._variance": values(4) + np.float32(2),
        "fc.weight": values(4, 2),
        "fc.bias": values(2),
    }


NAMES = {
    "conv.weight": "conv2d_0.w_0",
    "bn.weight": "batch_norm2d_0.w_0",
    "bn.bias": "batch_norm2d_0.b_0",
    "bn._mean": "batch_norm2d_0.w_1",
    "bn._variance": "batch_norm2d_0.w_2",
    "fc.weight": "linear_0.w_0",
    "fc.bias": "linear_0.b_0",
}


class Named:
    """How paddle.save writes a tensor below other tables: a call of tuple with the pair of its name and its array."""

    def __init__(self, name, array):
        self.pair = (name, array)

    def __reduce__(self):
        return (tuple, (self.pair,))


def safetensors(tensors, metadata=None):
    spelled = {"float32": "F32", "float64": "F64", "float16": "F16", "int64": "I64", "int32": "I32", "int8": "I8",
               "uint8": "U8", "bool": "BOOL", "uint16": "BF16"}
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for key, array in tensors.items():
        start = len(data)
        data += np.ascontiguousarray(array).tobytes()
        header[key] = {"dtype": spelled[str(array.dtype)], "shape": list(array.shape), "data_offsets": [start, len(data)]}
    return announced(json.dumps(header).encode(), data)


def announced(header, data=b""):
    return struct.pack("<Q", len(header)) + header + data


def good():
    tensors = state()
    # The keys of both tables are the same objects, as in Paddle: the pickle holds them once.
    with_names = {**tensors, "StructuredToParameterName@@": {key: NAMES[key] for key in tensors}}
    for protocol in (2, 3, 4):
        save(f"good/state.p{protocol}-{NUMPY}.pdparams", pickle.dumps(with_names, protocol))
    save(f"good/state.p5-{NUMPY}.pdparams", pickle.dumps(tensors, 5))
    inner = collections.OrderedDict((key, Named(NAMES[key], array)) for key, array in tensors.items())
    beside = {"epoch": 3, "lr": 0.1, "best": np.float64(0.5), "note": "none", "steps": [1, 2**70, None, True]}
    for protocol in (2, 4):
        save(f"good/state.nested-p{protocol}-{NUMPY}.pdparams", pickle.dumps({**beside, "model": inner}, protocol))
    split = {key: array for key, array in with_names.items() if key != "conv.weight"}
    slices = {f"conv.weight@@.{index}": part for index, part in enumerate(np.split(tensors["conv.weight"].ravel(), [40, 80]))}
    plan = {"conv.weight": {"OriginShape": (4, 3, 3, 3), "slices": list(slices)}}
    for protocol in (2, 3):
        save(f"good/state.split-p{protocol}-{NUMPY}.pdparams",
             pickle.dumps({**slices, **split, "UnpackBigParamInfor@@": plan}, protocol))
    fortran = {key: np.asfortranarray(array) for key, array in tensors.items()}
    big_endian = {key: array.astype(">f4") for key, array in tensors.items()}
    for protocol in (2, 4, 5):
        save(f"good/state.fortran-p{protocol}-{NUMPY}.pdparams", pickle.dumps(fortran, protocol))
    save(f"good/state.big-endian-p4-{NUMPY}.pdparams", pickle.dumps(big_endian, 4))
    save("good/state.safetensors", safetensors(tensors, {"arch": "test"}))
    save("good/state.python2.pdparams", python2(tensors))
    mixed = {dtype: values(2, 3, dtype="f4").astype(dtype) for dtype in ("f8", "f4", "f2", "i8", "i4", "i1", "u1", "b1")}
    # Paddle writes bfloat16 as uint16.
    mixed["u2"] = np.array([0x3F80, 0xC000, 0x0001], "u2")
    mixed["scalar"] = np.array(3.5, "f4")
    mixed["empty"] = np.zeros((0, 3), "f4")
    for protocol in (2, 4, 5):
        save(f"good/mixed.p{protocol}-{NUMPY}.pdparams", pickle.dumps(mixed, protocol))
    save("good/mixed.safetensors", safetensors(mixed))


def python2(tensors):
    """All texts and data as the strings of Python 2."""

    def string(data):
        return b"U" + bytes([len(data)]) + data if len(data) < 256 else b"T" + struct.pack("<i", len(data)) + data

    out = b"\x80\x02}q\x00("
    for key, array in tensors.items():
        sizes = b"".join(b"K" + bytes([size]) for size in array.shape)
        out += string(key.encode()) + b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R"
        out += b"(K\x01(" + sizes + b"tcnumpy\ndtype\nU\x02f4K\x00K\x01\x87R(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89"
        out += string(array.tobytes()) + b"tb"
    return out + b"u."


def text(string):
    return b"X" + struct.pack("<I", len(string)) + string


W = text(b"w")
ARRAY = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R"


def array(shape, code=b"f4", order=b"<", data=b"C\x04\x00\x00\x80?", flags=b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00"):
    dtype = b"cnumpy\ndtype\n" + text(code) + b"\x89\x88\x87R(K\x03" + text(order) + flags + b"tb"
    return ARRAY + b"(K\x01(" + shape + b"t" + dtype + b"\x89" + data + b"tb"


def pdparams(folder, name, body):
    save(f"{folder}/{name}.pdparams", b"\x80\x03" + body + b".")


def hostile_pickles():
    call = lambda module, name, arguments=b")": b"}" + W + b"c" + module + b"\n" + name + b"\n" + arguments + b"Rs"
    true = text(b"true") + b"\x85"
    pdparams("unsafe", "os-system", call(b"os", b"system", true))
    pdparams("unsafe", "posix-system", b"}" + W + text(b"posix") + text(b"system") + b"\x93" + true + b"Rs")
    pdparams("unsafe", "eval", call(b"builtins", b"eval", text(b"1") + b"\x85"))
    pdparams("unsafe", "getattr", call(b"builtins", b"getattr"))
    pdparams("unsafe", "numpy-load", call(b"numpy", b"load"))
    pdparams("unsafe", "dotted", call(b"numpy", b"ndarray.tofile"))
    pdparams("unsafe", "ndarray-call", call(b"numpy", b"ndarray", b"K\x02\x85"))
    pdparams("unsafe", "other-encoding", call(b"_codecs", b"encode", text(b"x") + text(b"rot13") + b"\x86"))
    pdparams("unsafe", "newobj", b"}" + W + b"cbuiltins\nobject\n)\x81s")
    pdparams("unsafe", "inst", b"(" + text(b"true") + b"ios\nsystem\n")
    pdparams("unsafe", "persistent-id", b"}" + W + text(b"storage") + b"Qs")
    pdparams("unsafe", "extension", b"}" + W + b"\x82\x01s")
    pdparams("unsafe", "buffer-outside", b"}" + W + b"\x97s")
    pdparams("malformed", "underflow", b"R")
    pdparams("malformed", "no-mark", b"}Nu")
    pdparams("malformed", "odd-items", b"}(" + W + b"u")
    pdparams("malformed", "memo-unset", b"}h\x05")
    pdparams("malformed", "itself", b"}q\x00" + W + b"h\x00s")
    pdparams("malformed", "array-key", b"}" + array(b"K\x01") + b"Ns")
    pdparams("malformed", "number-key", b"}K\x01" + array(b"K\x01") + b"s")
    pdparams("malformed", "array-not-built", b"}" + W + ARRAY + b"s")
    pdparams("malformed", "built-twice", b"}" + W + ARRAY + b")b)bs")
    pdparams("malformed", "shape-short", b"}" + W + array(b"K\x02") + b"s")
    pdparams("malformed", "shape-negative", b"}" + W + array(b"J\xff\xff\xff\xff") + b"s")
    pdparams("malformed", "shape-wraps", b"}" + W + array(b"\x8a\x06\0\0\0\0\0\x01" * 2) + b"s")
    pdparams("malformed", "shape-wraps-empty", b"}" + W + array(b"K\x00" + b"\x8a\x06\0\0\0\0\0\x01" * 2, data=b"C\0") + b"s")
    pdparams("malformed", "byte-order", b"}" + W + array(b"K\x01", order=b"?") + b"s")
    pdparams("malformed", "not-utf8", b"}X\x01\0\0\0\xffNs")
    pdparams("malformed", "length-negative", b"T\xff\xff\xff\xff")
    pdparams("malformed", "left-over", b"NN")
    pdparams("malformed", "trailing", b"}" + W + array(b"K\x01") + b"s.more")
    save("malformed/protocol-9.pdparams", b"\x80\x09}.")
    lists = b"]q\x00" + b"".join(b"](" + (b"h" + bytes([i])) * 10 + b"eq" + bytes([i + 1]) for i in range(30))
    pdparams("malformed", "billion-laughs", lists)
    tables = b"}q\x00" + b"".join(
        b"}(" + b"".join(text(b"%d" % key) + b"h" + bytes([i]) for key in range(10)) + b"uq" + bytes([i + 1]) for i in range(30))
    pdparams("limit", "billion-tables", b"}" + text(b"a") + b"](" + tables + b"es" + text(b"b") + b"h\x1es")
    pdparams("limit", "deep-tables", b"}" + (text(b"a") + b"}") * 40 + W + array(b"K\x01") + b"s" + b"s" * 40)
    pdparams("limit", "long-key", b"}" + text(b"k" * 1025) + array(b"K\x01") + b"s")
    pdparams("limit", "shared-data", b"}" + text(b"0") + array(b"M\x00\x01", data=b"B\0\4\0\0" + b"\0" * 1024) + b"q\x00s"
             + b"".join(text(b"%d" % i) + b"h\x00s" for i in range(1, 200)))
    pdparams("not-a-state-dict", "memo-huge-index", b"}r\xff\xff\xff\xff")
    pdparams("not-a-state-dict", "deep-lists", b"]" * 2000 + b"a" * 1999)
    pdparams("not-a-state-dict", "none", b"N")
    pdparams("not-a-state-dict", "no-tensors", b"}" + text(b"epoch") + b"K\x03s")
    pdparams("not-a-state-dict", "single", array(b"K\x01"))
    pdparams("unsupported-dtype", "objects", b"}" + W + array(b"K\x01", code=b"O8", order=b"|", data=b"]Na") + b"s")
    pdparams("unsupported-dtype", "text", b"}" + W + array(b"K\x01", code=b"U1") + b"s")
    pdparams("unsupported-dtype", "complex", b"}" + W + array(b"K\x01", code=b"c8", data=b"C\x08" + b"\0" * 8) + b"s")
    pdparams("unsupported-dtype", "records", b"}" + W + array(b"K\x01", flags=b"N)}K\x04K\x01K\x10") + b"s")
    pdparams("unsupported-dtype", "unknown", b"}" + W + array(b"K\x01", code=b"q9") + b"s")
    pdparams("duplicate-key", "twice", b"}" + (W + array(b"K\x01") + b"s") * 2)
    whole = pickle.dumps(state(), 4)
    save("truncated/half.pdparams", whole[: len(whole) // 2])
    save("truncated/protocol-only.pdparams", b"\x80\x04")
    for name, start in {"bytes": b"B\xff\xff\xff\xf0", "bytes8": b"\x8e" + b"\xff" * 7 + b"\x3f", "bytearray8": b"\x96\0\0\0\0\0\1\0\0",
                        "text8": b"\x8d" + b"\xff" * 8, "frame": b"\x95" + b"\xff" * 8}.items():
        save(f"truncated/huge-{name}.pdparams", b"\x80\x04" + start + b"few")
    save("unknown-format/pdiparams.pdparams", b"\0" * 12 + b"\1\0\0\0")
    save("unknown-format/zip.pdparams", b"PK\x03\x04\x14\0\0\0")
    save("unknown-format/page.pdparams", b"<!DOCTYPE html><title>404</title>")
    save("unknown-format/torch.pdparams", b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.")
    save("unknown-format/safetensors.pdparams", safetensors(state()))
    save("empty/empty.pdparams", b"")


def hostile_safetensors():
    entry = lambda **fields: {"dtype": "F32", "shape": [1], "data_offsets": [0, 4], **fields}
    one = b"\0\0\x80?"

    def header(folder, name, content, data=one):
        if not isinstance(content, bytes):
            content = json.dumps(content).encode()
        save(f"{folder}/{name}.safetensors", announced(content, data))

    header("malformed", "gap", {"a": entry(), "b": entry(data_offsets=[8, 12])}, one * 3)
    header("malformed", "overlap", {"a": entry(), "b": entry(data_offsets=[2, 6])}, one * 2)
    header("malformed", "reversed", {"w": entry(data_offsets=[4, 0])})
    header("malformed", "negative", {"w": entry(data_offsets=[0, -4])})
    header("malformed", "rest", {"w": entry()}, one * 2)
    header("malformed", "shape", {"w": entry(shape=[2])})
    header("malformed", "shape-wraps", {"w": entry(shape=[2**40, 2**40])})
    header("malformed", "dimensions", {"w": entry(shape=[1] * 33)})
    header("malformed", "deep", b'{"w":' + b"[" * 2000 + b"]" * 2000 + b"}")
    header("malformed", "deep-unknown", b'{"w":{"x":' + b'{"x":' * 2000 + b"1" + b"}" * 2000 + b"}}")
    header("malformed", "array", b"[]")
    header("malformed", "not-utf8", b'{"\xff":1}')
    header("malformed", "not-json", b"{ no }")
    header("malformed", "metadata-number", {"__metadata__": {"a": 1}})
    header("malformed", "metadata-twice", b'{"__metadata__":{},"__metadata__":{}}', b"")
    header("malformed", "field-twice", b'{"w":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}')
    header("duplicate-key", "twice", b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', one * 2)
    header("duplicate-key", "metadata", b'{"__metadata__":{"a":"1","a":"2"}}', b"")
    header("unsupported-dtype", "f8", {"w": entry(dtype="F8_E4M3")})
    header("limit", "long-key", {"k" * 1025: entry()})
    header("truncated", "data", {"w": entry()}, one[:2])
    save("truncated/seven.safetensors", b"\x10\0\0\0\0\0\0")
    save("truncated/huge-header.safetensors", struct.pack("<Q", 10**9) + b"{}")
    save("truncated/largest-header.safetensors", b"\xff" * 8 + b"{}")
    save("unknown-format/pickle.safetensors", pickle.dumps(state(), 4))
    save("unknown-format/picture.safetensors", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    save("empty/empty.safetensors", b"")


good()
hostile_pickles()
hostile_safetensors()
