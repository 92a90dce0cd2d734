"""What is wrong with the patch as it is now: channels beyond a universe, and channels that two lights have. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from render.plan.probes import MOST_PROBES
from stage.show.lights.rows import LightRow, RigLight
from stage.show.report.tracker_health import Fault
from stage.values.lights import HIGHEST_ADDRESS
from tracking.records import Scalar

_MOST_NAMED = 8


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
