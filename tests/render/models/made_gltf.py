"""Small glTF files made in code, so that each test says what is in its own."""

import base64
import io
import json
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from render.models.limits import ModelLimits
from render.models.read import read_model
from stage.assets.examined import refusal_of
from stage.words.languages import LANGUAGES
from stage.words.sentences import sentence
from tests.memory_limit import memory_left
from tracking.records import ConfigError

TYPES = {"i1": 5120, "u1": 5121, "i2": 5122, "u2": 5123, "u4": 5125, "f4": 5126}
SHAPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}
QUAD = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
QUAD_UVS = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32)
QUAD_INDICES = np.array([0, 1, 2, 0, 2, 3], np.uint16)
FLAT = np.array([[0, 0, 1]] * 4, np.float32)


class Gltf:
    """A document that grows: `bytes` and `array` give numbers of views and accessors; `json` is what is written."""

    def __init__(self):
        self.blob = bytearray()
        self.json = {"asset": {"version": "2.0"}, "bufferViews": [], "accessors": []}

    def add(self, key, value):
        self.json.setdefault(key, []).append(value)
        return len(self.json[key]) - 1

    def bytes(self, content, **more):
        self.blob.extend(b"\0" * (-len(self.blob) % 4))
        view = {"buffer": 0, "byteOffset": len(self.blob), "byteLength": len(content), **more}
        self.blob.extend(content)
        return self.add("bufferViews", view)

    def array(self, values, *, view=None, **more):
        values = np.asarray(values)
        wide = values.reshape(len(values), -1)
        view = self.bytes(wide.tobytes()) if view is None else view
        kind = TYPES[values.dtype.str[1:]]
        shape = SHAPES[wide.shape[1]]
        return self.add(
            "accessors", {"bufferView": view, "componentType": kind, "count": len(values), "type": shape, **more}
        )

    def picture(self, columns=4, rows=4, kind="PNG"):
        stream = io.BytesIO()
        codes = np.arange(rows * columns * 3, dtype=np.uint8).reshape(rows, columns, 3)
        Image.fromarray(codes, "RGB").save(stream, kind)
        image = self.add("images", {"bufferView": self.bytes(stream.getvalue()), "mimeType": f"image/{kind.lower()}"})
        return self.add("textures", {"source": image})

    def quad(self, **more):
        """A square from (0, 0, 0) to (1, 1, 0) that looks along +Z; its primitive."""
        return {
            "attributes": {
                "POSITION": self.array(QUAD),
                "NORMAL": self.array(FLAT),
                "TEXCOORD_0": self.array(QUAD_UVS),
            },
            "indices": self.array(QUAD_INDICES),
            **more,
        }

    def shown(self, *primitives, **node):
        """A mesh of primitives at a node of its own; the node's number."""
        mesh = self.add("meshes", {"primitives": list(primitives)})
        return self.add("nodes", {"mesh": mesh, **node})

    def document(self):
        whole = {key: value for key, value in self.json.items() if value != []}
        return {**whole, "buffers": whole.get("buffers", [{"byteLength": max(1, len(self.blob))}])}

    def glb(self, path):
        text = json.dumps(self.document()).encode()
        return write_glb(path, text, bytes(self.blob))

    def gltf(self, path, uri=None):
        document = self.document()
        if uri is None:
            uri = "data:application/octet-stream;base64," + base64.b64encode(bytes(self.blob)).decode()
        document["buffers"][0].setdefault("uri", uri)
        path.write_text(json.dumps(document))
        return path


def write_glb(path: Path, text: bytes, blob: bytes) -> Path:
    text += b" " * (-len(text) % 4)
    blob += b"\0" * (-len(blob) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(blob), b"BIN\0") + blob
    path.write_bytes(struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks)
    return path


def one_quad(**more):
    """A document that shows one square."""
    made = Gltf()
    made.shown(made.quad(**more))
    return made


def refused(path, **limits):
    """Why a file is refused, in one line without its path; it may not take much memory on the way.

    The loader says the same by code, and there are words for it in every language.
    """
    with memory_left(512), pytest.raises(ConfigError) as error:
        read_model(path, ModelLimits(**limits))
    (finding,) = error.value.findings
    cause = refusal_of(str(path), error.value)
    assert sentence(cause.code, cause.values) == finding
    for words in LANGUAGES.values():
        said = sentence(cause.code, cause.values, words)
        assert said.startswith(str(path))
        assert str(cause.values["cause"]) not in said
    assert finding.startswith(f"{path}: ")
    assert "\n" not in finding
    return finding.removeprefix(f"{path}: ")
