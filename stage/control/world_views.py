"""What clients see of worlds: findings in words, with the values that cure them; what films are, and where they are."""

from __future__ import annotations

from typing import Literal

import msgspec

from stage.show.air.remark import Remark
from stage.words.sentences import sentence
from tracking.records import Evolving, Scalar
from tracking.settable import Value


class FilmStatus(Evolving):
    """One film of a layer. What it is, is known once it was examined: until then `codec` is "".

    It has `frames` frames of `rate_hz`, the first with the time code `start`. `colour_space`, `matrix` and `full_range`
    are as they were taken: `taken_from` the configuration, the file's tags, or its size where it has none. `frame` is
    the one of this moment, -1 where it is not on air; it plays from `first` up to `last`. `begins` is what its time is,
    `runs` whether it goes on now, `late` counts frames that were not shown when they were due, by cause.
    """

    layer: str
    file: str
    codec: str = ""
    columns: int = 0
    rows: int = 0
    frames: int = 0
    rate_hz: float = 0.0
    start: str = ""
    colour_space: str = ""
    matrix: str = ""
    full_range: bool = False
    taken_from: Literal["configuration", "tags", "size", ""] = ""
    begins: Literal["show", "timecode", "take"] = "show"
    frame: int = -1
    position_s: float = 0.0
    first: int = 0
    last: int = 0
    runs: bool = False
    late: dict[str, int] = msgspec.field(default_factory=dict)


def film_line(film: FilmStatus) -> str:
    """What a film is, and what was taken of its colours, in a line."""
    if not film.codec:
        return f"{film.file}: not known yet"
    codes = "full range" if film.full_range else "video range"
    size = f"{film.codec} {film.columns}x{film.rows}, {film.frames} frames at {film.rate_hz:g}/s"
    return f"{film.file}: {size}, {film.colour_space} {film.matrix} {codes} (from {film.taken_from})"


class WorldFinding(Evolving):
    """Something that the user should know of a world or a file; `fix` gives the values that would cure it, by path.

    `values` fill the sentence of `code` in any language; `text` is the English one.
    """

    code: str
    text: str
    values: dict[str, Scalar] = msgspec.field(default_factory=dict)
    fix: dict[str, Value] = msgspec.field(default_factory=dict)


def finding_of(remark: Remark) -> WorldFinding:
    """A remark in words."""
    text = sentence(remark.code, remark.values)
    return WorldFinding(code=remark.code, text=text, values=dict(remark.values), fix=dict(remark.fix))
