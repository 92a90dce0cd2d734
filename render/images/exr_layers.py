"""Which channels of an OpenEXR file are its picture: files from renderers hold many layers, in one part or several.

A layer is all channels whose names are equal up to the last dot (OpenEXR, "Technical Introduction", layers).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from render.colour.primaries import Chromaticities
from render.images.exr_header import Box, ExrPart, read_exr_parts
from render.images.faults import PictureError

MAX_DECODED_BYTES = 8 << 30
"""OpenEXR decodes every layer of a file, whichever is wanted."""
_LONGEST_LIST = 200
_UNNAMED = "''"
_COLOURS = {"r": 0, "red": 0, "g": 1, "green": 1, "b": 2, "blue": 2}
_DEPTHS = frozenset(("z", "depth", "v", "d"))
_WHOLE_PICTURES = frozenset(
    ("beauty", "c", "ci", "combined", "composite", "default", "final", "finalimage", "main", "rgb", "rgba")
)
"""How renderers name the layer with all the light in it, by its small letters."""


@dataclass(frozen=True, kw_only=True)
class ExrHeader:
    """The picture in a file: `channels` are the full names of its red, green and blue in part number `part`.

    `alpha` is the name of its alpha, None if it has none. `data` and `display` are windows: first column, first row,
    last column, last row.
    """

    part: int
    channels: tuple[str, str, str]
    alpha: str | None
    data: Box
    display: Box
    chromaticities: Chromaticities | None
    compression: int

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows of the whole (display) picture."""
        return self.display[2] - self.display[0] + 1, self.display[3] - self.display[1] + 1


@dataclass(frozen=True, kw_only=True)
class _Layer:
    """A layer that can be the picture: its name without the last dot, "" if it has none, and its three channels."""

    name: str
    part: ExrPart
    channels: tuple[str, str, str]

    @property
    def full_name(self) -> str:
        """The part's name and the layer's, as a message shows them."""
        return "/".join(name for name in (self.part.name, self.name) if name) or _UNNAMED


def read_exr_header(content: bytes, *, of_depth: bool = False) -> ExrHeader:
    """Where the picture is in a file, or with `of_depth` its depth, from the file's first bytes. Raises
    PictureError. Depth is the first channel Z or depth, or else what the picture would be.

    A layer without a name is the picture. If all have names, a single colour layer is taken whatever it is called, and
    of several the first that is called as renderers call the whole picture.
    """
    parts = read_exr_parts(content)
    flat = [part for part in parts if not part.is_deep]
    layer = (_depth_in(flat) if of_depth else None) or _picture_in(flat)
    part = layer.part
    subsampled = [
        channel.name for channel in part.channels if not channel.is_full and _split(channel.name)[0] == layer.name
    ]
    if subsampled:
        raise PictureError("exr_subsampled", found=subsampled[0])
    decoded = sum(part.bytes for part in parts)
    if decoded > MAX_DECODED_BYTES and len(parts) * len(part.channels) > 4:
        raise PictureError("exr_layers_large", found=decoded >> 30, most=MAX_DECODED_BYTES >> 30)
    return ExrHeader(
        part=part.index,
        channels=layer.channels,
        alpha=_alpha_of(layer),
        data=part.data,
        display=part.display,
        chromaticities=part.chromaticities,
        compression=part.compression,
    )


def _alpha_of(layer: _Layer) -> str | None:
    """The full name of the layer's alpha."""
    names = (channel.name for channel in layer.part.channels)
    return next((name for name in names if _split(name) in {(layer.name, "a"), (layer.name, "alpha")}), None)


def _picture_in(parts: list[ExrPart]) -> _Layer:
    if not parts:
        raise PictureError("exr_deep")
    layers = [layer for part in parts for layer in _colour_layers(part)]
    layers = [layer for layer in layers if not _holds_ids(layer)] or layers
    grey = [layer for part in parts for layer in _grey_layers(part)]
    if len(parts) == 1 and not any(not layer.name for layer in layers):
        layers = [layer for layer in grey if not layer.name] or layers
    layers = layers or grey
    if not layers:
        names = ", ".join(channel.name for part in parts for channel in part.channels)
        raise PictureError("exr_no_colours", found=names[:_LONGEST_LIST])
    unnamed = [layer for layer in layers if not layer.name]
    chosen = layers[0] if len(layers) == 1 else unnamed[0] if len(unnamed) == 1 else _whole_picture(layers)
    if chosen is None:
        names = ", ".join(layer.full_name for layer in layers)
        raise PictureError("exr_layers_unclear", found=names[:_LONGEST_LIST])
    return chosen


def _depth_in(parts: list[ExrPart]) -> _Layer | None:
    """The channel that renderers write depth to; None where there is none."""
    for part in parts:
        for channel in part.channels:
            name, component = _split(channel.name)
            if component in _DEPTHS and not {f"{name}.X", f"{name}.Y"} & {other.name for other in part.channels}:
                return _Layer(name=name, part=part, channels=(channel.name,) * 3)
    return None


def _whole_picture(layers: list[_Layer]) -> _Layer | None:
    """The first layer that is called like the whole picture: by its part's name, by its own, by a word in either."""
    by_part = (layer for layer in layers if _last_word(layer.part.name) in _WHOLE_PICTURES)
    by_name = (layer for layer in layers if _last_word(layer.name) in _WHOLE_PICTURES)
    by_word = (layer for layer in layers if {"beauty", "combined"} & set(_words(layer.full_name)))
    return next(by_part, None) or next(by_name, None) or next(by_word, None)


def _holds_ids(layer: _Layer) -> bool:
    """Whether a layer names objects by colours (Cryptomatte), which renderers write beside the picture."""
    return layer.full_name.rpartition(".")[2].casefold().startswith("crypto")


def _words(name: str) -> list[str]:
    return re.findall(r"[a-z]+", name.casefold())


def _last_word(name: str) -> str:
    """What stands after the last dot of a name, by its small letters."""
    return "".join(_words(name.rpartition(".")[2]))


def _colour_layers(part: ExrPart) -> Iterator[_Layer]:
    """The layers of a part that have red, green and blue, in the part's order."""
    layers: dict[str, dict[int, str]] = {}
    for channel in part.channels:
        layer, colour = _split(channel.name)
        if colour in _COLOURS:
            layers.setdefault(layer, {}).setdefault(_COLOURS[colour], channel.name)
    for name, channels in layers.items():
        if len(channels) == 3:
            yield _Layer(name=name, part=part, channels=(channels[0], channels[1], channels[2]))


def _grey_layers(part: ExrPart) -> Iterator[_Layer]:
    """The layers of a part that have Y, the luminance. A named layer with X or Z holds directions or places instead."""
    names = {channel.name for channel in part.channels}
    for channel in part.channels:
        layer, component = _split(channel.name)
        if component == "y" and not (layer and {f"{layer}.X", f"{layer}.Z"} & names):
            yield _Layer(name=layer, part=part, channels=(channel.name,) * 3)


def _split(channel: str) -> tuple[str, str]:
    """A channel's layer, "" if it has none, and its component in small letters."""
    layer, _, component = channel.rpartition(".")
    return layer, component.casefold()
