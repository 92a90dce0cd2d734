"""A model as bytes, for another process: a header of plain values, then its arrays as they lie in memory.

What comes out of `unpack` looks into the bytes that it was given and copies nothing. Those come from a process that
read a stranger's file, so they are held against themselves as if they were one.
"""

from __future__ import annotations

import struct
from typing import Any, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from render.images.faults import RefusedFileError
from render.models.checks import check_model
from render.models.faults import ModelError
from render.models.model import Model
from tracking.records import UNDECODABLE

_MAGIC = b"OSMODEL1"
_PREFIX = struct.Struct("<8sQ")
_ALIGNED = 16
_MOST_HEADER = 1 << 28
_MOST_DIMENSIONS = 3


def pack(model: Model) -> tuple[bytes | memoryview, ...]:
    """The bytes of a model, in chunks that follow one another. Those of arrays are the arrays' own memory."""
    arrays: list[NDArray[Any]] = []
    places: dict[int, int] = {}
    end = 0

    def named(found: object) -> tuple[int, tuple[int, ...]]:
        nonlocal end
        assert isinstance(found, np.ndarray)
        if id(found) not in places:
            arrays.append(found)
            places[id(found)] = end
            end += found.nbytes + -found.nbytes % _ALIGNED
        return places[id(found)], found.shape

    header = msgspec.msgpack.encode(model, enc_hook=named)
    chunks: list[bytes | memoryview] = [_PREFIX.pack(_MAGIC, len(header)), header, b"\0" * (-len(header) % _ALIGNED)]
    for array in arrays:
        chunks.append(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
        chunks.append(b"\0" * (-array.nbytes % _ALIGNED))
    return tuple(chunk for chunk in chunks if len(chunk))


def unpack(packed: memoryview) -> Model:
    """The model in the bytes that `pack` gave. Its arrays are read-only views of them.

    Raises RefusedFileError where they are no whole model.
    """
    try:
        return _unpacked(packed.toreadonly())
    except (ValueError, TypeError, OverflowError, *UNDECODABLE) as error:
        raise RefusedFileError(ModelError("model_pack_broken", found=str(error)[:200])) from error


def _unpacked(packed: memoryview) -> Model:
    if len(packed) < _PREFIX.size:
        raise ValueError(f"{len(packed)} bytes")
    magic, length = _PREFIX.unpack_from(packed)
    if magic != _MAGIC or length > min(_MOST_HEADER, len(packed) - _PREFIX.size):
        raise ValueError("another beginning")
    begin = _PREFIX.size
    body = packed[begin + length + -length % _ALIGNED :]

    def array(kind: Any, found: Any) -> NDArray[Any]:
        return _array(body, kind, found)

    model = msgspec.msgpack.decode(packed[begin : begin + length], type=Model, dec_hook=array)
    check_model(model)
    return model


def _array(body: memoryview, kind: Any, found: Any) -> NDArray[Any]:
    """The array of a field's type at its place. Raises ValueError where it is not within the bytes."""
    element = np.dtype(get_args(get_args(kind)[1])[0])
    at, shape = found
    if not isinstance(at, int) or not isinstance(shape, list) or not 1 <= len(shape) <= _MOST_DIMENSIONS:
        raise ValueError("an array without a place")
    if at < 0 or not all(isinstance(size, int) and 0 <= size < 1 << 40 for size in shape):
        raise ValueError("an array of no size")
    count = 1
    for size in shape:
        count *= size
    if at + count * element.itemsize > len(body):
        raise ValueError("an array that is cut off")
    return np.frombuffer(body, element, count, at).reshape(shape) if count else np.zeros(shape, element)
