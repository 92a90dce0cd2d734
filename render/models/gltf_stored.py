"""Records of the JSON of a glTF 2.0 file: buffers, views and accessors, and the bounds that every number has.

Khronos, "glTF 2.0 Specification", sections 3.6 and 5. Fields that are not here are passed over.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from render.models.limits import LARGEST_NUMBER
from tracking.records import Evolving

NO_EXTRAS = msgspec.Raw()
"""Properties of an application's own: nothing of them is read but that there are some."""
Index = Annotated[int, msgspec.Meta(ge=0, lt=1 << 31)]
Bytes = Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]
Number = Annotated[float, msgspec.Meta(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)]
Factor = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
NotNegative = Annotated[float, msgspec.Meta(ge=0.0, le=LARGEST_NUMBER)]
Vector2 = tuple[Number, Number]
Vector3 = tuple[Number, Number, Number]
Vector4 = tuple[Number, Number, Number, Number]
Colour3 = tuple[Factor, Factor, Factor]
Colour4 = tuple[Factor, Factor, Factor, Factor]
Component = Literal[5120, 5121, 5122, 5123, 5125, 5126]


class SparseIndices(Evolving, rename="camel"):
    """Which elements of an accessor are others."""

    buffer_view: Index
    component_type: Literal[5121, 5123, 5125]
    byte_offset: Bytes = 0


class SparseValues(Evolving, rename="camel"):
    """What they are instead."""

    buffer_view: Index
    byte_offset: Bytes = 0


class Sparse(Evolving):
    """Section 3.6.2.3."""

    count: Bytes
    indices: SparseIndices
    values: SparseValues


class Accessor(Evolving, rename="camel"):
    """Section 5.1."""

    component_type: Component
    count: Annotated[int, msgspec.Meta(ge=1, lt=1 << 53)]
    type: Literal["SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4"]
    buffer_view: Index | None = None
    byte_offset: Bytes = 0
    normalized: bool = False
    sparse: Sparse | None = None


class Compressed(Evolving):
    """An extension that compresses; what it says does not matter here."""


class ViewExtensions(Evolving):
    """What extensions say of a view."""

    meshopt: Compressed | None = msgspec.field(default=None, name="EXT_meshopt_compression")
    meshopt_later: Compressed | None = msgspec.field(default=None, name="KHR_meshopt_compression")


class BufferView(Evolving, rename="camel"):
    """Section 5.11."""

    buffer: Index
    byte_length: Annotated[int, msgspec.Meta(ge=1, lt=1 << 53)]
    byte_offset: Bytes = 0
    byte_stride: Annotated[int, msgspec.Meta(ge=4, le=252)] | None = None
    extensions: ViewExtensions = ViewExtensions()


class JsonBuffer(Evolving, rename="camel"):
    """Section 5.10."""

    byte_length: Annotated[int, msgspec.Meta(ge=1, lt=1 << 53)]
    uri: str | None = None
    extensions: ViewExtensions = ViewExtensions()
