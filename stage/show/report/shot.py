"""What could spoil the take that is being started: it is said at once, and the take begins all the same. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from stage.show.air.state import AirState, is_ready, key_named
from stage.show.frame.inputs import Cause
from stage.show.frame.outcome import TrackerReport
from stage.show.report.in_force import in_force, overrides_of
from stage.show.values.controls import ControlState
from stage.values.tree import ParameterTree


def shot_warnings(
    controls: ControlState, tree: ParameterTree, trackers: tuple[TrackerReport, ...], air: AirState
) -> tuple[Cause, ...]:
    """Fades that run, what replaces the picture, trackers that are not on time, worlds that are not there yet."""
    return (
        *_fades(controls),
        *(Cause(code="value_in_force", values=one._asdict()) for one in in_force(overrides_of(tree), controls.values)),
        *(Cause(code=f"tracker_{one.state}", values={"tracker": one.name}) for one in trackers if one.state != "fresh"),
        *_worlds(controls, air),
    )


def _fades(controls: ControlState) -> Iterator[Cause]:
    if controls.fades:
        yield Cause(code="fades_running", values={"count": len(controls.fades), "path": next(iter(controls.fades))})


def _worlds(controls: ControlState, air: AirState) -> Iterator[Cause]:
    if air.dissolve is not None:
        yield Cause(code="dissolve_running", values={"world": air.worlds[air.dissolve.coming].name})
    wanted = controls.values.world.active
    key = key_named(air, wanted)
    if key is not None and not is_ready(air, key):
        yield Cause(code="world_loading", values={"world": wanted})
