"""Which channel stands in which slot of an Open Fixture Library mode, with the pixels of a matrix unfolded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from stage.fixture_files.assumptions import FixtureError
from stage.fixture_files.library_channels import Known
from stage.fixtures.records import MOST_CELLS, MOST_CHANNELS

_PIXEL = "$pixelKey"
MOST_TEMPLATES = 512
MOST_NAMES = 8192
"""Different names in the lists of all modes, each of which is compared with all templates."""


class Slot(NamedTuple):
    """What stands in one slot: a channel, and of which pixel, "" for the whole fixture.

    `number` tells unused slots apart.
    """

    channel: str
    pixel: str = ""
    number: int = 0

    def fine_of(self, channel: Known) -> Iterator[Slot]:
        """Where the fine parts of the channel here may be, the first first."""
        for name in channel.fine[:1]:
            yield Slot(name, self.pixel)


class Names:
    """The names of channels in modes' lists: of a channel, or of a template with a pixel's key put in."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found
        parts = [(template, *template.partition(_PIXEL)) for template in _templates(found)]
        self._templates = [(template, before, after) for template, before, mark, after in parts if mark]
        self._known: dict[str, Slot] = {}
        if len(self._templates) > MOST_TEMPLATES:
            raise FixtureError("templateChannels", f"expected at most {MOST_TEMPLATES} with their fine parts")

    def slot(self, name: str) -> Slot:
        """What a name stands for. Raises FixtureError where there are too many."""
        if name not in self._known:
            if len(self._known) >= MOST_NAMES:
                raise FixtureError("modes", f"found more than {MOST_NAMES} names of channels, expected fewer")
            self._known[name] = self._found(name)
        return self._known[name]

    def _found(self, name: str) -> Slot:
        for template, before, after in self._templates:
            if name.startswith(before) and name.endswith(after) and len(name) > len(before) + len(after):
                return Slot(template, name[len(before) : len(name) - len(after)])
        return Slot(name)


def slots_of(where: str, mode: dict[str, Any], names: Names) -> list[Slot]:
    """What stands in every slot of a mode. Raises FixtureError."""
    listed = mode.get("channels")
    if not isinstance(listed, list) or len(listed) > MOST_CHANNELS:
        raise FixtureError(f"{where}.channels", f"expected a list of at most {MOST_CHANNELS} channels")
    slots: list[Slot] = []
    for index, one in enumerate(listed):
        match one:
            case None:
                slots.append(Slot("", number=index))
            case str():
                slots.append(names.slot(one))
            case {"insert": "matrixChannels"}:
                slots += _unfolded(f"{where}.channels[{index}]", one, names.found)
            case _:
                raise FixtureError(f"{where}.channels[{index}]", f"found {str(one)[:60]}, expected a channel's name")
        if len(slots) > MOST_CHANNELS:
            raise FixtureError(f"{where}.channels", f"has more than {MOST_CHANNELS} slots, expected at most those")
    return slots


def _templates(found: dict[str, Any]) -> list[str]:
    """The names of all templates, with those of their fine parts."""
    channels = found.get("templateChannels", {})
    names = list(channels) if isinstance(channels, dict) else []
    for channel in channels.values() if isinstance(channels, dict) else ():
        fine = channel.get("fineChannelAliases", []) if isinstance(channel, dict) else []
        names += [one for one in fine if isinstance(one, str)] if isinstance(fine, list) else []
    return names


def _unfolded(where: str, block: dict[str, Any], found: dict[str, Any]) -> list[Slot]:
    """The slots of all pixels: pixel by pixel, or channel by channel."""
    pixels = _pixels(where, block.get("repeatFor"), found)
    templates = block.get("templateChannels")
    if not isinstance(templates, list) or not all(one is None or isinstance(one, str) for one in templates):
        raise FixtureError(f"{where}.templateChannels", "expected a list of names")
    if len(pixels) * len(templates) > MOST_CHANNELS:
        raise FixtureError(where, f"has {len(pixels) * len(templates)} slots, expected at most {MOST_CHANNELS}")
    if block.get("channelOrder") == "perChannel":
        return [_of_pixel(one, pixel, place) for place, one in enumerate(templates) for pixel in pixels]
    return [_of_pixel(one, pixel, place) for pixel in pixels for place, one in enumerate(templates)]


def _of_pixel(template: str | None, pixel: str, place: int) -> Slot:
    return Slot("", pixel, place + 1) if template is None else Slot(template, pixel)


def _pixels(where: str, repeat: Any, found: dict[str, Any]) -> list[str]:
    """The keys of the pixels that a block is for, in its order."""
    if isinstance(repeat, list) and all(isinstance(one, str) for one in repeat):
        keys = [str(one) for one in repeat]
    elif isinstance(repeat, str):
        keys = _keys_of_matrix(where, found.get("matrix"))
        keys = sorted(keys) if repeat == "eachPixelABC" else keys
    else:
        keys = []
    if not 1 <= len(keys) <= MOST_CELLS:
        raise FixtureError(f"{where}.repeatFor", f"stands for {len(keys)} pixels, expected 1 to {MOST_CELLS}")
    return keys


def _keys_of_matrix(where: str, matrix: Any) -> list[str]:
    """The keys of all pixels, along X first: as named, or by number."""
    if isinstance(matrix, dict) and isinstance(matrix.get("pixelKeys"), list):
        layers = matrix["pixelKeys"]
        rows = [row for layer in layers if isinstance(layer, list) for row in layer if isinstance(row, list)]
        return [key for row in rows for key in row if isinstance(key, str)]
    if isinstance(matrix, dict) and isinstance(matrix.get("pixelCount"), list):
        sides = [side for side in matrix["pixelCount"] if type(side) is int and 1 <= side <= MOST_CELLS]
        if len(sides) == 3 and sides[0] * sides[1] * sides[2] <= MOST_CELLS:
            return [str(number) for number in range(1, sides[0] * sides[1] * sides[2] + 1)]
    raise FixtureError(where, f"needs the pixels of a matrix, at most {MOST_CELLS}")
