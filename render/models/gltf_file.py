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

from render.models.faults import ModelError
from render.models.gltf_records import Document, Versioned
from render.models.limits import Budget
from tracking.records import UNDECODABLE
from tracking.sources.ordinary_files import open_ordinary, without_mark

SUFFIXES = (".glb", ".gltf")
_MAGIC = b"glTF"
_JSON, _BIN = 0x4E4F534A, 0x004E4942
_HEADERS = 20
"""Bytes of a binary file's header and its first chunk's."""
_MOST_CHUNKS = 64
_PLACE = re.compile(r" - at `\$\.?(.*?)`$")
_TYPES = re.compile(r"expected (.+), got (.+)")
_MISSING = re.compile(r"object missing required field (.+)")


class Container(NamedTuple):
    """A file taken apart: its document, and the bytes that stand in the file itself, None where there are none."""

    document: Document
    chunk: memoryview | None


def read_container(path: Path, budget: Budget) -> Container:
    """The file at a path. Raises ModelError; OSError where it cannot be read."""
    if path.suffix.lower() not in SUFFIXES:
        raise ModelError("model_ending", found=path.suffix[:20])
    with open_ordinary(path) as file:
        size = path.stat().st_size
        budget.take("file_bytes", size, "")
        content = file.read(size)
        budget.note_read(content)
    if content.startswith(_MAGIC):
        text, chunk = _chunks(memoryview(content), budget)
    else:
        _check_beginning(path, content)
        budget.bound("json_bytes", len(content), "")
        text, chunk = content, None
    return Container(_document(text, budget), chunk)


def read_document(path: Path, budget: Budget) -> Document:
    """The JSON of the file at a path, and nothing else of it. Raises as `read_container` does."""
    with open_ordinary(path) as file:
        size = path.stat().st_size
        budget.take("file_bytes", size, "")
        start = file.read(_HEADERS)
        if not start.startswith(_MAGIC):
            _check_beginning(path, start)
            budget.bound("json_bytes", size, "")
            return _document(start + file.read(size), budget)
        if len(start) < _HEADERS:
            raise ModelError("model_cut_off", found=len(start), expected=_HEADERS)
        version, length, text, kind = struct.unpack_from("<IIII", start, 4)
        if version != 2 or kind != _JSON or length > size or text > length - _HEADERS:
            raise ModelError("model_header_wrong", found=length, text=text)
        budget.bound("json_bytes", text, "")
        return _document(file.read(text), budget)


def _check_beginning(path: Path, content: bytes) -> None:
    if path.suffix.lower() == ".glb":
        raise ModelError("model_no_glb", found=content[:4].hex(" "))


def _chunks(content: memoryview, budget: Budget) -> tuple[bytes, memoryview | None]:
    """The JSON and the bytes of a binary file; chunks of other types are passed over, as the standard asks."""
    if len(content) < _HEADERS:
        raise ModelError("model_cut_off", found=len(content), expected=_HEADERS)
    version, length = struct.unpack_from("<II", content, 4)
    if version != 2:
        raise ModelError("model_version", found=str(version))
    if length > len(content):
        raise ModelError("model_cut_off", found=len(content), expected=length)
    text: memoryview | None = None
    at = 12
    for number in range(_MOST_CHUNKS):
        if at + 8 > length:
            break
        size, kind = struct.unpack_from("<II", content, at)
        at += 8
        if at + size > length:
            raise ModelError("model_cut_off", f"chunks[{number}]", found=length - at, expected=size)
        if (kind == _JSON) != (number == 0):
            raise ModelError("model_chunk_wrong", number=number, found=f"{kind:#x}")
        if kind == _JSON:
            budget.bound("json_bytes", size, "")
            text = content[at : at + size]
        elif kind == _BIN:
            return _text(text), content[at : at + size]
        at += size
    return _text(text), None


def _text(found: memoryview | None) -> bytes:
    if found is None:
        raise ModelError("model_no_json")
    return bytes(found)


def _document(content: bytes, budget: Budget) -> Document:
    """Decodes the JSON. It is counted first, since a record needs more memory than its text."""
    try:
        text = without_mark(content).rstrip(b"\0 \t\r\n")
    except ValueError as error:
        raise ModelError("model_wide_text") from error
    budget.bound("json_tables", text.count(b"{"), "")
    budget.bound("json_values", text.count(b","), "")
    try:
        version = msgspec.json.decode(text, type=Versioned).asset.version
        if not re.fullmatch(r"2\.\d{1,3}", version):
            raise ModelError("model_version", "asset.version", found=version[:20])
        return msgspec.json.decode(text, type=Document)
    except RecursionError as error:
        raise ModelError("model_nested") from error
    except UNDECODABLE as error:
        raise _fault_of(str(error)) from error


def _fault_of(message: str) -> ModelError:
    """What the decoder says, by its place in the JSON."""
    found = _PLACE.search(message)
    said = _PLACE.sub("", message)
    said = (said if said.startswith("JSON") else said[:1].lower() + said[1:]).replace("`", "")[:200]
    where = "" if found is None else found.group(1)
    if types := _TYPES.fullmatch(said):
        return ModelError("model_type_wrong", where, found=types[2], expected=types[1])
    if said.startswith("expected "):
        return ModelError("model_value_wrong", where, expected=said.removeprefix("expected "))
    if missing := _MISSING.fullmatch(said):
        return ModelError("model_lacks", where, expected=missing[1])
    return ModelError("model_not_gltf", where, found=said)
