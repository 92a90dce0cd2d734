"""A take in which the hour runs and fades through midnight, clouds drift and worlds dissolve: it replays with equal digests."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from recorded_stage import Tape, present_ns

from render.plan.frame import FramePlan
from render.worlds.sky.record import SkyLight
from stage.config.reader import parse_config
from stage.loading.files import LoadedConfig, read_preset
from stage.loading.geometry import load_geometry
from stage.show.frame.inputs import AssetReady, FrameInputs
from stage.show.frame.requests import BatchRequest, Command, Target
from stage.show.show import Show
from stage.show.state import new_state
from stage.takes.header import header_for
from stage.takes.reader import RecordedFrame, TakeReader
from stage.takes.refold import ShowFold
from stage.takes.replay import Replay, Span
from tests.building import camera, stage_text, table
from tests.fold.show.air_stage import ACTIVE, SHA256, layer, world

FRAMES = range(100, 400)
SNAPSHOTS = (170, 260)
FOLLOWS = {"follow_hour": True, "shot_hour": 15.0, "shot_sky": {"/sky/haze": 0.2}}
TOML = stage_text(
    table("[place]", latitude_deg=-33.9, longitude_deg=18.4, utc_offset_h=2.0, date="2026-12-31"),
    camera(),
    world("evening", layer("sky", name="sky"), layer(file="valley.exr", name="houses", **FOLLOWS)),
    world("office"),
    world("open", layer("sky", name="open sky")),
)
ASKED = {
    102: (Target(path="/time/hour", value=23.7), Target(path="/sky/clouds/wind_m_s", value=15.0)),
    103: (Target(path="/time/running", value=True), Target(path="/time/speed", value=900.0)),
    110: (Target(path="/sky/clouds/coverage", value=0.6, fade_s=2.0), Target(path="/grade/adapt", value=0.7)),
    115: (Target(path="/layer/houses/follow", value=0.5, fade_s=1.0),),
    160: (Target(path=ACTIVE, value="open", fade_s=1.0),),
    180: (Target(path="/time/hour", value=22.0, fade_s=1.5, way="backward"),),
    250: (Target(path=ACTIVE, value="office", fade_s=0.5), Target(path="/time/running", value=False)),
    290: (Target(path=ACTIVE, value="evening", fade_s=0.5), Target(path="/sky/sun/source", value="manual")),
    300: (Target(path="/time/hour", value=1.0, fade_s=1.0, way="forward"),),
    330: (Target(path="/world/freeze_time", value=True),),
    350: (Target(path="/world/freeze_time", value=False),),
}


def inputs_of(frame: int) -> FrameInputs:
    """The requests, and before the first frame the pictures. Every seventh frame was skipped."""
    asked = ASKED.get(frame)
    request = None if asked is None else BatchRequest(id=f"c{frame}", items=asked)
    commands = () if request is None else (Command(sender="desk", role="director", order=frame, request=request),)
    pictures = tuple(AssetReady(file=f"{name}.exr", sha256=SHA256[name]) for name in ("valley", "office"))
    observations = pictures if frame == FRAMES.start - 1 else ()
    return FrameInputs(epoch=1, frame=frame, present_ns=present_ns(frame), commands=commands, observations=observations)


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    loaded = LoadedConfig(parse_config(TOML, "sky.toml", read_preset), TOML, Path("/"))
    calibration = load_geometry(loaded)[1]
    show, tape = Show(loaded.config, calibration, new_state(loaded.config)), Tape(tmp_path_factory.mktemp("sky"), "sky")
    before = inputs_of(FRAMES.start - 1)
    show.step(before)
    tape.open(show, made_with=header_for(loaded, calibration, list(before.observations), "no renderer")())
    for frame in FRAMES:
        if frame % 7 == 0 and frame not in ASKED:
            continue
        inputs = inputs_of(frame)
        outcome = show.step(inputs)
        assert not [answer.refusal for answer in outcome.answers if answer.refusal is not None]
        tape.put(inputs, outcome)
        if frame in SNAPSHOTS:
            tape.snapshot(show)
    return tape.close()


@pytest.mark.parametrize("first", [None, 200, 301])
def test_a_sky_that_runs_through_midnight_and_dissolves_replays_with_equal_digests(
    take: Path, first: int | None
) -> None:
    span = Span(first=first)
    replay = Replay(TakeReader(take), ShowFold, span=span, compare=True, exact=True, see=lambda *_: None)
    figures = replay.run()
    assert figures.frames == figures.equal > 80
    assert (figures.differences, figures.gaps, figures.skipped) == ([], 0, 0)


def test_the_take_is_as_eventful_as_it_claims(take: Path) -> None:
    plans = [
        msgspec.msgpack.decode(entry.message.plan, type=FramePlan)
        for entry in TakeReader(take).entries()
        if isinstance(entry, RecordedFrame)
    ]
    lights = [layer.light for plan in plans for layer in plan.air.world.layers]
    skies = [light.sky for light in lights if isinstance(light, SkyLight)]
    assert len({sky.sun for sky in skies}) > 100
    assert len({sky.clouds.drift_m for sky in skies}) > 100
    following = [layer for plan in plans for layer in plan.air.world.layers if layer.following is not msgspec.UNSET]
    assert len({layer.following.now.sun for layer in following}) > 50
    assert len({layer.follow for layer in following}) > 30
    assert len({layer.following.shot.sun for layer in following}) > 1  # the shot moves with the date over midnight
    assert sum(plan.air.coming is not None for plan in plans) > 80
    assert {plan.air.world.key for plan in plans} == {"evening", "open", "office"}
