"""The container of a glTF 2.0 file: its JSON, examined before it is decoded, and the chunk of bytes of a .glb.

Khronos, "glTF 2.0 Specification", section 4 (binary form). Nothing here believes a length: all are held against what
is there.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import NamedTuple

import msgspec

from render.models.gltf_records import Document, Versioned
from render.models.limits import Budget, ModelError
from tracking.records import UNDECODABLE
from tracking.sources.ordinary_files import open_ordinary, without_mark

SUFFIXES = (".glb", ".gltf")
_MAGIC = b"glTF"
_JSON, _BIN = 0x4E4F534A, 0x004E4942
_MOST_CHUNKS = 64
_PLACE = re.compile(r" - at `\$\.?(.*?)`$")
_DAMAGED = "the file is cut off or damaged: export it again"


class Container(NamedTuple):
    """A file taken apart: its document, and the bytes that stand in the file itself, None where there are none."""

    document: Document
    chunk: memoryview | None


def read_container(path: Path, budget: Budget) -> Container:
    """The file at a path. Raises ModelError; OSError where it cannot be read."""
    if path.suffix.lower() not in SUFFIXES:
        raise ModelError("", f"found a name that ends in {path.suffix[:20]!r}, expected .glb or .gltf")
    with open_ordinary(path) as file:
        size = path.stat().st_size
        budget.take("file_bytes", size, "")
        content = file.read(size)
        budget.note_read(content)
    if content.startswith(_MAGIC):
        text, chunk = _chunks(memoryview(content), budget)
    elif path.suffix.lower() == ".glb":
        raise ModelError(
            "", f"found the first bytes {content[:4].hex(' ')}, expected glTF: this is no .glb, export it again"
        )
    else:
        budget.bound("json_bytes", len(content), "")
        text, chunk = content, None
    return Container(_document(text, budget), chunk)


def _chunks(content: memoryview, budget: Budget) -> tuple[bytes, memoryview | None]:
    """The JSON and the bytes of a binary file; chunks of other types are passed over, as the standard asks."""
    if len(content) < 20:
        raise ModelError("", f"found {len(content)} bytes, expected a header and a chunk: {_DAMAGED}")
    version, length = struct.unpack_from("<II", content, 4)
    if version != 2:
        raise ModelError("", f"found binary glTF {version}, expected 2: export it as glTF 2.0")
    if length > len(content):
        raise ModelError("", f"found {len(content)} bytes, its header says {length}: {_DAMAGED}")
    text: memoryview | None = None
    at = 12
    for number in range(_MOST_CHUNKS):
        if at + 8 > length:
            break
        size, kind = struct.unpack_from("<II", content, at)
        at += 8
        if at + size > length:
            raise ModelError("", f"found {length - at} bytes in chunk {number}, it says {size}: {_DAMAGED}")
        if (kind == _JSON) != (number == 0):
            raise ModelError("", f"found chunk {number} of type {kind:#x}, expected JSON first and once: {_DAMAGED}")
        if kind == _JSON:
            budget.bound("json_bytes", size, "")
            text = content[at : at + size]
        elif kind == _BIN:
            return _text(text), content[at : at + size]
        at += size
    return _text(text), None


def _text(found: memoryview | None) -> bytes:
    if found is None:
        raise ModelError("", f"found no chunk of JSON: {_DAMAGED}")
    return bytes(found)


def _document(content: bytes, budget: Budget) -> Document:
    """Decodes the JSON. It is counted first, since a record needs more memory than its text."""
    try:
        text = without_mark(content).rstrip(b"\0 \t\r\n")
    except ValueError as error:
        raise ModelError("", str(error)) from error
    budget.bound("json_tables", text.count(b"{"), "")
    budget.bound("json_values", text.count(b","), "")
    try:
        version = msgspec.json.decode(text, type=Versioned).asset.version
        if not re.fullmatch(r"2\.\d{1,3}", version):
            raise ModelError("asset.version", f"found {version[:20]!r}, expected 2.0: export it as glTF 2.0")
        return msgspec.json.decode(text, type=Document)
    except RecursionError as error:
        raise ModelError("", "found JSON that is nested too deep, expected a glTF file: do not use it") from error
    except UNDECODABLE as error:
        raise _fault_of(str(error)) from error


def _fault_of(message: str) -> ModelError:
    """What the decoder says, by its place in the JSON."""
    found = _PLACE.search(message)
    reason = _PLACE.sub("", message)
    reason = (reason if reason.startswith("JSON") else reason[:1].lower() + reason[1:]).replace("`", "")
    where = "" if found is None else found.group(1)
    return ModelError(where, f"{reason[:200]}; the file breaks glTF 2.0: export it again")
