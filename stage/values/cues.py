"""A cue: a look or a set of values with the time in which it is reached, at a place in a list. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from stage.values.looks import LONGEST_LOOK_NAME, LookPart
from stage.values.stage_wide import ACTIVE_WORLD
from tracking.records import UNDECODABLE, Evolving, Record
from tracking.settable import Curve, Value, Way

A_WHOLE = 1000
"""Numbers of cues are kept in thousandths: 1.1 is 1100, and 1.10 the same."""
LARGEST_NUMBER = 9_999_999
LONGEST_CUE_NAME = 64
MOST_CUES = 500
MOST_VALUES = 4096
MOST_BYTES = 2 << 20
"""So many bytes of values in all cues together."""
LONGEST_S = 3600.0
_WRITTEN = re.compile(r"([0-9]{1,4})(?:\.([0-9]{1,3}))?")
_SET_ALONE = ("name", "fade_s", "delay_s", "curve", "way", "follow_on")
_NEAR = 0.05
"""In thousandths: how far off a number may be that has passed through 32 bits, as in OSC."""
CueNumber = Annotated[str, msgspec.Meta(max_length=16)] | int | float
"""As people write it: 1.1, or "1.1"."""
Path = Annotated[str, msgspec.Meta(max_length=256)]
_ValuePath = Annotated[str, msgspec.Meta(max_length=200)]
"""As long as a file may have keys (`stage.config.bounds`)."""
Seconds = Annotated[float, msgspec.Meta(ge=0.0, le=LONGEST_S)]
_DECODER = msgspec.msgpack.Decoder(dict[str, Value])
_ENCODER = msgspec.msgpack.Encoder()


class CueFields(Record):
    """A cue as a client writes it; what is left out is as it was, or as usual.

    It has a `look`, all of it or `only` some parts, or its own `values` by path. It waits `delay_s` seconds and is
    reached over `fade_s` seconds along `curve`, hours and angles by `way`. With `follow_on` the next cue follows by
    itself.
    """

    number: CueNumber | msgspec.UnsetType = msgspec.UNSET
    name: Annotated[str, msgspec.Meta(max_length=LONGEST_CUE_NAME)] | msgspec.UnsetType = msgspec.UNSET
    look: Annotated[str, msgspec.Meta(max_length=LONGEST_LOOK_NAME)] | msgspec.UnsetType = msgspec.UNSET
    only: Annotated[tuple[LookPart, ...], msgspec.Meta(max_length=8)] | msgspec.UnsetType = msgspec.UNSET
    values: Annotated[dict[_ValuePath, Value], msgspec.Meta(max_length=MOST_VALUES)] | msgspec.UnsetType = msgspec.UNSET
    fade_s: Seconds | msgspec.UnsetType = msgspec.UNSET
    delay_s: Seconds | msgspec.UnsetType = msgspec.UNSET
    curve: Curve | msgspec.UnsetType = msgspec.UNSET
    way: Way | msgspec.UnsetType = msgspec.UNSET
    follow_on: bool | msgspec.UnsetType = msgspec.UNSET


class Cue(Evolving, array_like=True):
    """One cue. `number` is its place in the list, in thousandths.

    It sets what the look `look` holds, all of it or `only` some parts; or, without a look, its own `count` values,
    which `content` has by path as MessagePack, since hundreds are kept and few are read. Those name the world `world`,
    "" for none. It waits `delay_s` seconds and is reached over `fade_s` seconds, along `curve`; hours and angles go
    round by `way`. With `follow_on` the next cue is played once this one is over.
    """

    number: int
    name: str = ""
    look: str = ""
    only: tuple[LookPart, ...] = ()
    content: bytes = b""
    count: int = 0
    world: str = ""
    fade_s: float = 0.0
    delay_s: float = 0.0
    curve: Curve = "linear"
    way: Way = "shorter"
    follow_on: bool = False

    @property
    def values(self) -> dict[str, Value]:
        """Its own values by path; none where the content is not what `content_of` makes."""
        try:
            return _DECODER.decode(self.content) if self.content else {}
        except UNDECODABLE:
            return {}


def content_of(values: Mapping[str, Value]) -> bytes:
    """Values by path as a cue keeps them; equal values in equal order give equal bytes."""
    return _ENCODER.encode(values) if values else b""


def with_values(cue: Cue, values: Mapping[str, Value]) -> Cue:
    """The cue with these values in place of a look."""
    world = values.get(ACTIVE_WORLD, "")
    return msgspec.structs.replace(
        cue,
        look="",
        only=(),
        content=content_of(values),
        count=len(values),
        world=world if isinstance(world, str) else "",
    )


def fields_of(cue: Cue) -> dict[str, object]:
    """A cue as `CueFields` has it, without what is as usual."""
    usual = Cue(number=cue.number)
    given = {name: getattr(cue, name) for name in _SET_ALONE if getattr(cue, name) != getattr(usual, name)}
    what = {"look": cue.look, **({"only": cue.only} if cue.only else {})} if cue.look else {"values": cue.values}
    return {"number": as_number(cue.number), **given, **what}


def fields_given(fields: CueFields) -> dict[str, Any]:
    """What of a cue is set by itself, without its look or values."""
    return {name: value for name in _SET_ALONE if not isinstance(value := getattr(fields, name), msgspec.UnsetType)}


def thousandths(number: object) -> int | None:
    """A cue's number as people write it, in thousandths; None where it is none: 0.001 to 9999.999, three decimals."""
    if isinstance(number, bool):
        return None
    if isinstance(number, str):
        written = _WRITTEN.fullmatch(number.strip())
        found = A_WHOLE * int(written[1]) + int((written[2] or "").ljust(3, "0")) if written is not None else 0
    elif isinstance(number, int):
        found = A_WHOLE * number if abs(number) <= LARGEST_NUMBER else 0
    elif isinstance(number, float) and math.isfinite(number) and abs(number) <= LARGEST_NUMBER:
        found = round(A_WHOLE * number)
        found = found if abs(A_WHOLE * number - found) <= _NEAR else 0
    else:
        return None
    return found if 0 < found <= LARGEST_NUMBER else None


def as_number(number: int) -> float:
    """Thousandths as the number that people write: 1100 is 1.1."""
    return number / A_WHOLE


def as_text(number: int) -> str:
    """Thousandths in digits: 1100 is "1.1", 2000 is "2"."""
    whole, part = divmod(number, A_WHOLE)
    return f"{whole}.{part:03d}".rstrip("0") if part else str(whole)
