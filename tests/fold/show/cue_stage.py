"""Cues for the tests of how they play: requests on a stage of several worlds, and where its values are."""

from __future__ import annotations

from stage.show.frame.requests import CueRequest
from stage.show.show import Show
from stage.values.cues import CueFields, as_number
from tests.building import UNNAMED, Stage, inputs_at, step, table, value_of
from tests.fold.show.air_stage import everything_ready, stage_of_worlds

EXPOSURE, TINT, SATURATION, KELVIN = (
    "/grade/exposure_stops",
    "/grade/tint",
    "/grade/saturation",
    "/grade/temperature_k",
)
HOUR = "/time/hour"
RATE = 60
CUES_STAGE: Stage = stage_of_worlds(table("[place]", latitude_deg=51.5, date="2026-06-20"))


def cue(action: str, **fields: object) -> CueRequest:
    """A request about cues."""
    return CueRequest(id=UNNAMED, action=action, **fields)


def fields(number: object, values: dict[str, object], **more: object) -> CueFields:
    """A cue of these values."""
    return CueFields(number=number, values=values, **more)


def show_with(*cues: CueFields, built: Stage = CUES_STAGE) -> Show:
    """A show with all worlds ready and these cues, which has stepped frames 0 and 1."""
    show = everything_ready(built)
    step(show, 1, *([cue("add", cues=cues)] if cues else []))
    return show


def numbers(show: Show) -> list[float]:
    """The numbers of all cues."""
    return [as_number(one.number) for one in show.state.cues.cues]


def pointer(show: Show) -> float:
    """The number of the cue that was played last."""
    return as_number(show.state.play.pointer)


def exposure(show: Show) -> float:
    """The exposure in force."""
    value = value_of(show, EXPOSURE)
    assert isinstance(value, float)
    return value


def refused(show: Show, frame: int, request: CueRequest) -> str:
    """The reason why a request is refused, "" where it is not."""
    (answer,) = show.step(inputs_at(frame, request)).answers
    return "" if answer.refusal is None else answer.refusal.reason
