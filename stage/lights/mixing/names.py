"""What emitters usually are by their names: those of fixture libraries, GDTF's channel functions and people. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple


class UsualLight(NamedTuple):
    """Bells as height, peak in nm and full width at half maximum in nm; or the temperature of a white LED."""

    bells: tuple[tuple[float, float, float], ...] = ()
    temperature_k: float | None = None


_USUAL = {
    "red": UsualLight(((1.0, 625.0, 18.0),)),
    "deep red": UsualLight(((1.0, 660.0, 20.0),)),
    "orange": UsualLight(((1.0, 605.0, 18.0),)),
    "amber": UsualLight(((0.5, 595.0, 80.0),)),
    "yellow": UsualLight(((0.5, 580.0, 70.0),)),
    "lime": UsualLight(((1.0, 555.0, 90.0),)),
    "green": UsualLight(((1.0, 525.0, 32.0),)),
    "mint": UsualLight(((0.3, 450.0, 20.0), (1.0, 530.0, 100.0))),
    "cyan": UsualLight(((1.0, 500.0, 28.0),)),
    "azure": UsualLight(((1.0, 480.0, 26.0),)),
    "blue": UsualLight(((1.0, 460.0, 22.0),)),
    "indigo": UsualLight(((1.0, 445.0, 20.0),)),
    "violet": UsualLight(((1.0, 420.0, 16.0),)),
    "magenta": UsualLight(((0.5, 455.0, 22.0), (1.0, 630.0, 20.0))),
    "pink": UsualLight(((0.5, 450.0, 20.0), (0.3, 565.0, 120.0), (1.0, 630.0, 30.0))),
    "white": UsualLight(((0.9, 450.0, 20.0), (1.0, 565.0, 120.0))),
    "warm white": UsualLight(temperature_k=3000.0),
    "neutral white": UsualLight(temperature_k=4200.0),
    "cold white": UsualLight(temperature_k=6500.0),
    "tungsten": UsualLight(temperature_k=3200.0),
    "daylight": UsualLight(temperature_k=5600.0),
    "ultraviolet": UsualLight(((1.0, 395.0, 14.0),)),
}
_ALSO_CALLED = {
    "red": ("r",),
    "deep red": ("far red", "hyper red", "dr"),
    "orange": ("red orange", "pc red orange"),
    "amber": ("a", "ry", "phosphor amber", "pc amber"),
    "yellow": ("y",),
    "lime": ("l", "gy", "pc lime"),
    "green": ("g",),
    "mint": ("gc",),
    "cyan": ("c", "turquoise"),
    "azure": ("bc", "light blue", "sky blue"),
    "blue": ("b", "royal blue"),
    "indigo": ("i", "bm", "deep blue", "congo"),
    "violet": ("v", "purple"),
    "magenta": ("m",),
    "pink": ("rm",),
    "white": ("w",),
    "warm white": ("ww", "warm"),
    "neutral white": ("nw", "natural white"),
    "cold white": ("cw", "cool white", "cool", "cold"),
    "tungsten": ("incandescent", "halogen"),
    "daylight": ("day",),
    "ultraviolet": ("uv", "black light", "blacklight"),
}
"""Other names of the same; one and two letters are those of GDTF's ColorAdd functions and of fixtures' modes."""
_BY_NAME = {name.replace(" ", ""): _USUAL[usual] for usual, others in _ALSO_CALLED.items() for name in (usual, *others)}


def usual_light(name: str) -> UsualLight | None:
    """The usual light of emitters of this name, such as `Warm White`, `ColorAdd_RY` or `LED 2 red`; None if unknown."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"(?i)color(add|rgb|sub)?_", " ", name))
    words = re.findall(r"[a-z]+", spaced.lower())
    spans = [(first, last) for first in range(len(words)) for last in range(first + 1, len(words) + 1)]
    for first, last in sorted(spans, key=lambda span: (span[0] - span[1], -span[1])):
        found = _BY_NAME.get("".join(words[first:last]))
        if found is not None:
            return found
    return None
