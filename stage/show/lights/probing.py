"""Where light is measured in a frame: for those who follow, and for those who asked once. Pure."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from render.plan.probes import MOST_PROBES, ProbesPlan
from stage.show.lights.following import note_layout
from stage.show.lights.rows import probes_of
from stage.show.lights.state import LightsState, asked_slot
from stage.show.lights.tables import LightTables


class Probing:
    """Makes the probes of frames. The same ones are the same record, so that the renderer sees at once what changed."""

    def __init__(self, tables: LightTables) -> None:
        self._tables = tables
        self._kept: ProbesPlan | UnsetType = UNSET

    def plan(self, state: LightsState, frame: int, *, brightest: bool) -> ProbesPlan | UnsetType:
        """This frame's probes; UNSET where nothing is measured."""
        tables = self._tables
        probes, slots = tables.probes, tables.probed
        asks = [one for one in state.asked if not one.reached]
        if asks:
            more, whose = list(probes), list(slots)
            for one in asks:
                found = probes_of(tables.rig[one.light], tables.values[one.light], one.follow)
                if len(more) + len(found) <= MOST_PROBES:
                    more += found
                    whose += (asked_slot(one.number, cell) for cell in range(len(found)))
            probes, slots = tuple(more), tuple(whose)
        note_layout(state, frame, slots)
        since_frame = state.layouts[-1].from_frame
        kept = self._kept
        if not probes and not brightest:
            self._kept = UNSET
        elif (
            kept is UNSET
            or (kept.brightest, kept.since_frame) != (brightest, since_frame)
            or (kept.probes is not probes and kept.probes != probes)
        ):
            self._kept = ProbesPlan(probes=probes, brightest=brightest, since_frame=since_frame)
        return self._kept
