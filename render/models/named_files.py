"""The files that a model names beside itself: nothing but its JSON is read for that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from render.images.faults import RefusedFileError
from render.models.extensions import refuse_required
from render.models.faults import ModelError, unreadable
from render.models.gltf_file import read_document
from render.models.gltf_records import Document
from render.models.limits import MODEL_LIMITS, Budget

_LONGEST_NAME = 4096


def check_alone(path: Path) -> None:
    """Raises RefusedFileError where a file cannot stand alone: no model, needs what is not read, or names others.

    What else may be wrong with it is found when it is read, in a process that may die of it.
    """
    try:
        document = read_document(path, Budget(MODEL_LIMITS))
        refuse_required(document)
        _refuse_beside(document)
    except ModelError as error:
        raise RefusedFileError(error, path) from error
    except OSError as error:
        raise unreadable(error, path) from error


def may_name_others(name: str) -> bool:
    """Whether a file of this name may name others beside it."""
    return name.lower().endswith(".gltf")


def files_beside(path: Path, most_bytes: int = MODEL_LIMITS.json_bytes) -> tuple[Path, ...]:
    """Where the files should be that a `.gltf` names in its folder, or below it; none where it cannot be read.

    Nor are there any of one of more than `most_bytes`.
    """
    if not may_name_others(path.name):
        return ()
    limits = MODEL_LIMITS._replace(json_bytes=min(most_bytes, MODEL_LIMITS.json_bytes))
    try:
        uris = dict.fromkeys(uri for _, uri in _named(read_document(path, Budget(limits))))
    except (ModelError, OSError):
        return ()
    names = (unquote(uri) for uri in uris if len(uri) < _LONGEST_NAME and ":" not in uri)
    found = (Path(name) for name in names if name and "\0" not in name)
    return tuple(path.parent / name for name in found if not name.is_absolute() and ".." not in name.parts)


def _refuse_beside(document: Document) -> None:
    for where, uri in _named(document):
        if uri[:5].lower() != "data:":
            raise ModelError("model_file_beside", where, found=uri[:120])


def _named(document: Document) -> Iterator[tuple[str, str]]:
    for index, buffer in enumerate(document.buffers):
        if buffer.uri is not None:
            yield f"buffers[{index}].uri", buffer.uri
    for index, picture in enumerate(document.images):
        if picture.uri is not None:
            yield f"images[{index}].uri", picture.uri
