"""The bytes of a model's buffers, and the arrays in them. Every range is checked before an array is made.

Khronos, "glTF 2.0 Specification", section 3.6: views, accessors, strides, normalised numbers, sparse accessors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from render.models.asset_folder import AssetFolder
from render.models.faults import ModelError
from render.models.gltf_file import Container
from render.models.gltf_stored import Accessor, BufferView, JsonBuffer, Sparse
from render.models.limits import Budget

_TYPES = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}


class Stored:
    """A model's buffers, read once. Arrays that several places name are made once."""

    def __init__(self, container: Container, folder: AssetFolder, budget: Budget) -> None:
        self._document = container.document
        self._budget = budget
        budget.bound("accessors", len(self._document.accessors), "accessors")
        budget.bound("accessors", len(self._document.buffer_views), "bufferViews")
        for index, view in enumerate(self._document.buffer_views):
            _check_view(view, self._document.buffers, f"bufferViews[{index}]")
        for index, accessor in enumerate(self._document.accessors):
            self._check(accessor, f"accessors[{index}]")
        self._buffers = [
            _buffer(index, buffer, container.chunk, folder) for index, buffer in enumerate(self._document.buffers)
        ]
        self._numbers: dict[int, NDArray[np.float32]] = {}

    def view(self, index: int, where: str) -> memoryview:
        """The bytes of a view. Raises ModelError where there is no such view."""
        view = self._view(index, where)
        return self._buffers[view.buffer][view.byte_offset : view.byte_offset + view.byte_length]

    def accessor(self, index: int, where: str) -> Accessor:
        """What is said of an array. Raises ModelError where there is none of that number."""
        if index >= len(self._document.accessors):
            count = len(self._document.accessors)
            raise ModelError("model_number_unknown", where, found=index, count=count, of="accessors")
        return self._document.accessors[index]

    def numbers(self, index: int, where: str, *types: str) -> NDArray[np.float32]:
        """An array (count, width) of finite numbers, normalised ones as -1..1 or 0..1. Raises ModelError."""
        accessor = self._typed(index, where, types)
        kept = self._numbers.get(index)
        if kept is None:
            kept = _as_floats(self._elements(index, accessor), accessor)
            wrong = np.flatnonzero(~np.isfinite(kept).all(axis=1))
            if len(wrong):
                raise ModelError("model_not_finite", where, place=int(wrong[0]), number=index)
            kept.flags.writeable = False
            self._numbers[index] = kept
        return kept

    def whole(self, index: int, where: str, *types: str) -> NDArray[Any]:
        """An array (count, width) of unsigned whole numbers, as they are stored. Raises ModelError."""
        accessor = self._typed(index, where, types)
        if accessor.component_type not in (5121, 5123, 5125):
            raise ModelError("model_not_whole", where, found=accessor.component_type)
        return self._elements(index, accessor)

    def _typed(self, index: int, where: str, types: tuple[str, ...]) -> Accessor:
        accessor = self.accessor(index, where)
        if accessor.type not in types:
            wanted = "/".join(types)
            raise ModelError("model_accessor_type", where, number=index, found=accessor.type, expected=wanted)
        return accessor

    def _view(self, index: int, where: str) -> BufferView:
        if index >= len(self._document.buffer_views):
            count = len(self._document.buffer_views)
            raise ModelError("model_number_unknown", where, found=index, count=count, of="bufferViews")
        return self._document.buffer_views[index]

    def _check(self, accessor: Accessor, where: str) -> None:
        """Holds the ranges of an accessor against its views."""
        size = _element_bytes(accessor)
        if accessor.buffer_view is not None:
            view = self._view(accessor.buffer_view, f"{where}.bufferView")
            stride = view.byte_stride or size
            if stride < size:
                raise ModelError("model_stride_small", where, found=stride, size=size)
            _check_range(
                view, accessor.byte_offset, (accessor.count - 1) * stride + size, where, _view_at(accessor.buffer_view)
            )
        sparse = accessor.sparse
        if sparse is not None:
            if sparse.count > accessor.count:
                raise ModelError("model_sparse_many", f"{where}.sparse", found=sparse.count, most=accessor.count)
            indices = self._view(sparse.indices.buffer_view, f"{where}.sparse.indices.bufferView")
            width = np.dtype(_TYPES[sparse.indices.component_type]).itemsize
            _check_range(
                indices,
                sparse.indices.byte_offset,
                sparse.count * width,
                f"{where}.sparse.indices",
                _view_at(sparse.indices.buffer_view),
            )
            values = self._view(sparse.values.buffer_view, f"{where}.sparse.values.bufferView")
            _check_range(
                values,
                sparse.values.byte_offset,
                sparse.count * size,
                f"{where}.sparse.values",
                _view_at(sparse.values.buffer_view),
            )

    def _elements(self, index: int, accessor: Accessor) -> NDArray[Any]:
        """The elements (count, width) as stored; a view of the buffer where that is enough."""
        width, kind = _WIDTHS[accessor.type], np.dtype(_TYPES[accessor.component_type])
        self._budget.take("decoded_bytes", accessor.count * width * 4, f"accessors[{index}]")
        if accessor.buffer_view is None:
            found: NDArray[Any] = np.zeros((accessor.count, width), dtype=kind)
        else:
            view = self._document.buffer_views[accessor.buffer_view]
            strides = (view.byte_stride or width * kind.itemsize, kind.itemsize)
            found = np.ndarray(
                (accessor.count, width),
                dtype=kind,
                buffer=self.view(accessor.buffer_view, ""),
                offset=accessor.byte_offset,
                strides=strides,
            )
        return found if accessor.sparse is None else self._with_others(found, accessor.sparse, f"accessors[{index}]")

    def _with_others(self, found: NDArray[Any], sparse: Sparse, where: str) -> NDArray[Any]:
        """The elements with those of a sparse accessor in their places."""
        if not sparse.count:
            return found
        kind = np.dtype(_TYPES[sparse.indices.component_type])
        content = self.view(sparse.indices.buffer_view, where)
        at = np.frombuffer(content, kind, sparse.count, sparse.indices.byte_offset).astype(np.int64)
        if at.max() >= len(found) or (np.diff(at) <= 0).any():
            raise ModelError("model_sparse_places", f"{where}.sparse.indices", most=len(found))
        values = self.view(sparse.values.buffer_view, where)
        amount = sparse.count * found.shape[1]
        others = np.frombuffer(values, found.dtype, amount, sparse.values.byte_offset)
        whole = found.copy()
        whole[at] = others.reshape(sparse.count, -1)
        return whole


def _element_bytes(accessor: Accessor) -> int:
    return _WIDTHS[accessor.type] * np.dtype(_TYPES[accessor.component_type]).itemsize


def _as_floats(found: NDArray[Any], accessor: Accessor) -> NDArray[np.float32]:
    """Section 3.6.2.2: normalised whole numbers; the smallest signed one is -1 too."""
    values = np.array(found, dtype=np.float32, order="C")
    if accessor.normalized and found.dtype.kind in "iu" and accessor.component_type != 5125:
        values /= np.float32(np.iinfo(found.dtype).max)
        np.maximum(values, np.float32(-1.0), out=values)
    return values


def _view_at(number: int) -> str:
    return f"bufferViews[{number}]"


def _check_view(view: BufferView, buffers: tuple[JsonBuffer, ...], where: str) -> None:
    if view.buffer >= len(buffers):
        here = f"{where}.buffer"
        raise ModelError("model_number_unknown", here, found=view.buffer, count=len(buffers), of="buffers")
    length = buffers[view.buffer].byte_length
    if view.byte_offset + view.byte_length > length:
        end = view.byte_offset + view.byte_length
        raise ModelError("model_range_beyond", where, found=end, most=length, of=f"buffers[{view.buffer}]")


def _check_range(view: BufferView, offset: int, length: int, where: str, of: str) -> None:
    if offset + length > view.byte_length:
        raise ModelError("model_range_beyond", where, found=offset + length, most=view.byte_length, of=of)


def _buffer(index: int, buffer: JsonBuffer, chunk: memoryview | None, folder: AssetFolder) -> memoryview:
    """The bytes of a buffer: the file's own chunk, a file beside it, or a data URI."""
    where = f"buffers[{index}]"
    if buffer.uri is not None:
        content = memoryview(folder.read(buffer.uri, f"{where}.uri", buffer.byte_length))
    elif buffer.extensions.meshopt is not None or buffer.extensions.meshopt_later is not None:
        raise ModelError("model_compressed", where, found="EXT_meshopt_compression")
    elif index == 0 and chunk is not None:
        content = chunk
    else:
        raise ModelError("model_no_bytes", where)
    if len(content) < buffer.byte_length:
        raise ModelError("model_cut_off", where, found=len(content), expected=buffer.byte_length)
    return content[: buffer.byte_length]
