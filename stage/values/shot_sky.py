"""The sky under which a picture was shot, from values by path as a look has them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from stage.values.parameters import Refusal
from stage.values.sky import SkyValues, TimeValues
from stage.values.stage_wide import ShowValues
from stage.values.tree import ParameterTree
from tracking.settable import Value

_SKY = "/sky/"
_HOUR = "/time/hour"


class ShotHour(NamedTuple):
    """The hour of a shot, and its sky."""

    hour: float
    sky: SkyValues


def says_of_sky(values: Mapping[str, Value]) -> dict[str, Value]:
    """Those values of a look that are of the sky or of its hour."""
    return {path: value for path, value in values.items() if path.startswith(_SKY) or path == _HOUR}


def shot_values(values: Mapping[str, Value], hour: float | None) -> ShotHour:
    """Hour and sky of a shot: these values, and the declared ones where they say nothing. `hour` comes before theirs.

    Values that cannot be count for nothing: whoever reads them has refused them (`faults_of_shot`).
    """
    tables: dict[str, Any] = {}
    for path, value in values.items():
        *way, name = path[1:].split("/")
        here = tables
        for part in way:
            inner = here.setdefault(part, {})
            here = inner if isinstance(inner, dict) else {}
        here[name] = value
    time, sky = tables.get("time", {}), tables.get("sky", {})
    try:
        given = msgspec.convert(time, TimeValues), msgspec.convert(sky, SkyValues)
    except msgspec.ValidationError:
        given = TimeValues(), SkyValues()
    return ShotHour(given[0].hour if hour is None else hour % 24.0, given[1])


def faults_of_shot(values: Mapping[str, Value]) -> Iterator[tuple[str, Refusal]]:
    """Every path of values of a shot that no stage has, or whose value it does not take, and why."""
    tree = ParameterTree(ShowValues())
    for path, value in values.items():
        checked = tree.check(path, value)
        if isinstance(checked, Refusal):
            yield path, checked
