"""The lights of a stage in tables, kept up with their values: a row each, a slot each, faults of the patch. Pure."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from render.plan.probes import MOST_PROBES, ProbePlan
from stage.config.records import StageConfig
from stage.show.lights.rows import LightRow, RigLight, rig_of, row_of
from stage.show.lights.state import slot_of
from stage.show.report.tracker_health import Fault
from stage.values.lights import HIGHEST_ADDRESS, LightValues
from stage.values.stage_wide import ShowValues
from tracking.records import Scalar

_MOST_NAMED = 8


class SlotTable(NamedTuple):
    """What following needs of all slots, one entry each. `even_s` is the smoothing of all of them, where it is one and
    none is held; `suns` are the places of those that follow sun or moon.
    """

    slots: tuple[int, ...] = ()
    gains: tuple[float, ...] = ()
    lows: tuple[float, ...] = ()
    highs: tuple[float, ...] = ()
    smooth_s: tuple[float, ...] = ()
    holds: tuple[bool, ...] = ()
    even_s: float | None = None
    suns: tuple[int, ...] = ()


class LightTables:
    """All that follows from the values of the lights alone. `scales` is what intensity, groups and master leave of each
    light, `patch` its universe and address; `probes` are those of all followers, `probed` their slots.
    """

    def __init__(self, config: StageConfig) -> None:
        self.rig: tuple[RigLight, ...] = rig_of(config)
        self.rows: list[LightRow] = []
        self.values: list[LightValues] = []
        self.slots = SlotTable()
        self.scales: list[float] = []
        self.slot_scales: list[float] = []
        self.probes: tuple[ProbePlan, ...] = ()
        self.probed: tuple[int, ...] = ()
        self.patch: tuple[int, ...] = ()
        self.faults: tuple[Fault, ...] = ()
        self._levels: tuple[object, ...] = ()

    def read(self, values: ShowValues) -> bool:
        """Follows the values. Returns whether anything is other than the last time."""
        lights = list(values.light.values())
        levels = (values.lights, *values.lights_group.values())
        same = len(self.values) == len(lights) and all(map(operator.is_, lights, self.values))
        if same and len(levels) == len(self._levels) and all(map(operator.is_, levels, self._levels)):
            return False
        if not same:
            self._read_lights(lights)
        self._levels = levels
        whole = 0.0 if values.lights.blackout else values.lights.master
        self.scales = [
            _scale(whole * row.intensity, light, values) for light, row in zip(self.rig, self.rows, strict=True)
        ]
        self.slot_scales = [scale for scale, row in zip(self.scales, self.rows, strict=True) for _ in range(row.slots)]
        return True

    def _read_lights(self, lights: list[LightValues]) -> None:
        before = self.values
        if len(before) != len(lights):
            self.rows = [row_of(light, now) for light, now in zip(self.rig, lights, strict=True)]
        else:
            rows = zip(self.rig, lights, before, self.rows, strict=True)
            self.rows = [row if now is was else row_of(light, now) for light, now, was, row in rows]
        self.values = lights
        self.slots = _slot_table(self.rows)
        self.patch = tuple(number for row in self.rows for number in (row.universe, row.address))
        probes: list[ProbePlan] = []
        probed: list[int] = []
        left_out = 0
        for index, row in enumerate(self.rows):
            if len(probes) + len(row.probes) <= MOST_PROBES:
                probes += row.probes
                probed += (slot_of(index, cell) for cell in range(len(row.probes)))
            else:
                left_out += 1
        if tuple(probes) != self.probes:
            self.probes = tuple(probes)
        self.probed = tuple(probed)
        self.faults = tuple(patch_faults(self.rig, self.rows, left_out))


def _scale(scale: float, light: RigLight, values: ShowValues) -> float:
    for group in light.groups:
        scale *= values.lights_group[group].intensity
    return scale


def _slot_table(rows: list[LightRow]) -> SlotTable:
    found = [(slot_of(index, cell), row) for index, row in enumerate(rows) for cell in range(row.slots)]
    smoothing = dict.fromkeys(row.smooth_s for _, row in found)
    is_even = len(smoothing) == 1 and not any(row.hold for _, row in found)
    return SlotTable(
        slots=tuple(slot for slot, _ in found),
        gains=tuple(row.gain for _, row in found),
        lows=tuple(row.low for _, row in found),
        highs=tuple(row.high for _, row in found),
        smooth_s=tuple(row.smooth_s for _, row in found),
        holds=tuple(row.hold for _, row in found),
        even_s=next(iter(smoothing)) if is_even else None,
        suns=tuple(place for place, (_, row) in enumerate(found) if row.follow == "sun"),
    )


def patch_faults(rig: Sequence[RigLight], rows: Sequence[LightRow], left_out: int) -> Iterator[Fault]:
    """A fault for each light whose channels are not all its own; where two overlap, the later one wins.

    `left_out` lights follow more than can be measured.
    """
    taken: dict[tuple[int, int], int] = {}
    found = 0
    for light, row in zip(rig, rows, strict=True):
        last = row.address + light.channels - 1
        name = light.light.name
        slots = [(row.universe, slot) for slot in range(row.address, min(last, HIGHEST_ADDRESS) + 1)]
        other = next((taken[slot] for slot in slots if slot in taken), None)
        for slot in slots:
            taken[slot] = light.place
        if found >= _MOST_NAMED:
            continue
        if last > HIGHEST_ADDRESS:
            found += 1
            yield Fault("light_beyond", "warning", {"light": name, "universe": row.universe, "last": last})
        if other is not None:
            found += 1
            other_name = rig[other].light.name
            values: dict[str, Scalar] = {"light": name, "other": other_name, "universe": row.universe}
            yield Fault("lights_overlap", "warning", values)
    if left_out:
        yield Fault("lights_unmeasured", "warning", {"count": left_out, "most": MOST_PROBES})
