"""Every shipped configuration and tracker preset is checked, planned and drawn once."""

import functools
import math
from pathlib import Path

import msgspec
import pytest

from calibration.records import Calibration
from render.gpu.context import check_errors
from render.renderer import Renderer
from stage.assets.worlds import load_worlds
from stage.command_line.check import examine
from stage.config.reader import parse_config
from stage.loading.files import LoadedConfig, load_config, read_preset
from stage.loading.geometry import load_geometry
from stage.plates.exact import examine_films, films_found, load_exactly
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.requests import Command, Target, setting_command
from stage.show.show import Show
from stage.show.state import new_state
from tracking.datagrams import Datagram
from tracking.protocols.encoders import encoder_for
from tracking.records import TrackerSample
from tracking.rotation import IDENTITY
from tracking.settings import TrackerConfig

HW_CONFIGS = Path(__file__).resolve().parent.parent / "hw_configs"
CONFIGS = sorted(HW_CONFIGS.glob("*.toml"))
PRESETS = sorted((HW_CONFIGS / "trackers").glob("*.toml"))
MOST_DRAWN_PX = 500_000
POSITION_M = (0.2, -0.5, 1.4)
_AXES = ("x_m", "y_m", "z_m")
PERIOD_NS = 16_666_667
START_NS = 1_000_000_000_000


def drawable(loaded: LoadedConfig) -> LoadedConfig:
    """The configuration with rasters that software rendering draws in a fraction of a second; shapes stay as they are."""
    walls = loaded.config.walls
    pixels = math.fsum(wall.resolution_px[0] * wall.resolution_px[1] for wall in walls)
    if pixels <= MOST_DRAWN_PX:
        return loaded
    shrunk = math.sqrt(MOST_DRAWN_PX / pixels) / 2.0
    small = [
        msgspec.structs.replace(wall, resolution_px=tuple(max(2, round(size * shrunk)) for size in wall.resolution_px))
        for wall in walls
    ]
    config = msgspec.structs.replace(loaded.config, walls=tuple(small))
    return LoadedConfig(config, loaded.text, loaded.directory)


@functools.cache
def planned_show(path: Path) -> tuple[LoadedConfig, dict, Calibration]:
    loaded = drawable(load_config(path))
    return loaded, *load_geometry(loaded)


def hand_driven(loaded: LoadedConfig) -> Command:
    """Places every camera a little off the middle, looking at the front wall."""
    values = []
    for camera in loaded.config.cameras:
        values.append((f"/camera/{camera.name}/source", "manual"))
        values += [
            (f"/camera/{camera.name}/manual/{axis}", value) for axis, value in zip(_AXES, POSITION_M, strict=True)
        ]
    return setting_command("test", tuple(Target(path=path, value=value) for path, value in values))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_shipped_configuration_is_good_and_nothing_in_it_is_warned_of(path):
    report = examine(path)
    assert (report.errors, report.warnings) == ((), ())
    assert report.cameras >= 1
    assert path.read_text().startswith("# "), "a configuration says first what it is for"


@pytest.mark.gl
@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_shipped_configuration_is_planned_and_drawn(path, context):
    loaded, positions, calibration = planned_show(path)
    config = loaded.config
    renderer = Renderer(context, config.walls, positions, config.stage.name)
    show = Show(config, calibration, new_state(config))
    films = examine_films(loaded)
    known = (*load_worlds(loaded, renderer), *films)
    outcome = show.step(
        FrameInputs(epoch=1, frame=0, present_ns=START_NS, commands=(hand_driven(loaded),), observations=known)
    )
    plan = outcome.plan
    load_exactly(renderer, films_found(loaded, films), plan)
    assert [answer.refusal for answer in outcome.answers] == [None]
    assert [wall.holds for wall in plan.walls] == [()] * len(config.walls)
    assert {inner.camera for inner in plan.inners} == {camera.name for camera in config.cameras}
    renderer.draw(plan)
    for wall in config.walls:
        picture = renderer.read_wall(wall.name)
        assert picture.shape == (wall.resolution_px[1], wall.resolution_px[0], 3)
        assert len({tuple(pixel) for row in picture[::16, ::16].tolist() for pixel in row}) > 4, "a wall is blank"
    check_errors(context, f"drawing {path.name}")


@pytest.mark.gl
def test_every_world_of_the_shipped_stage_of_several_is_drawn_and_dissolved_to(context):
    loaded, positions, calibration = planned_show(HW_CONFIGS / "sim_worlds.toml")
    config = loaded.config
    renderer = Renderer(context, config.walls, positions, config.stage.name)
    show = Show(config, calibration, new_state(config))
    assets = load_worlds(loaded, renderer)
    names = [world.name for world in config.all_worlds()]
    assert len(names) == 3
    pictures = []
    for frame, name in enumerate((*names, names[0])):
        target = Target(path="/world/active", value=name, fade_s=frame * 0.5)
        at_ns = START_NS + 60 * frame * PERIOD_NS
        commands = (setting_command(f"test {frame}", (target,)), hand_driven(loaded))
        inputs = FrameInputs(epoch=1, frame=60 * frame, present_ns=at_ns, commands=commands, observations=assets)
        show.step(inputs)
        for later in (30, 59):
            plan = show.step(FrameInputs(epoch=1, frame=60 * frame + later, present_ns=at_ns + later * PERIOD_NS)).plan
            renderer.draw(plan)
            pictures.append((plan.air.coming is not None, renderer.read_wall("main").mean(axis=(0, 1)).round(1)))
    assert any(mixed for mixed, _ in pictures)
    assert len({tuple(mean) for _, mean in pictures}) >= 5
    assert min(mean.max() for _, mean in pictures) > 1.0
    check_errors(context, "drawing every world")


def preset_show(name: str) -> Show:
    """A stage with a small wall, whose camera is mounted on a tracker with this preset."""
    text = f"""
        [[walls]]
        name = "main"
        resolution_px = [32, 16]
        shape = {{ kind = "arc", radius_m = 4.0, sweep_deg = 120.0, height_m = 2.6 }}
        [[trackers]]
        name = "t"
        protocol = "{read_preset(name)["protocol"]}"
        source = "udp://127.0.0.1:40000"
        preset = "{name}"
        camera_id = 1
        [[cameras]]
        name = "A"
        tracker = "t"
        focal_length_mm = 35.0
    """
    config = parse_config(text, name, read_preset)
    loaded = LoadedConfig(config, text, HW_CONFIGS)
    _, calibration = load_geometry(loaded)
    return Show(config, calibration, new_state(config))


def standing_still(tracker: TrackerConfig, frames: int) -> list[tuple[Datagram, ...]]:
    """The packets of a tracker at `POSITION_M` for each frame, in its preset's dialect."""
    encoder = encoder_for(tracker.protocol, 1, rate_hz=60.0, dialect=tracker.dialect)
    sent = []
    for frame in range(frames):
        sampled_ns = START_NS + frame * PERIOD_NS
        sample = TrackerSample(position_m=POSITION_M, rotation=IDENTITY, device_ns=sampled_ns)
        sent.append(
            tuple(
                Datagram(source=tracker.source, sender="127.0.0.1:50000", received_ns=sampled_ns, payload=packet)
                for packet in encoder.encode(sample)
            )
        )
    return sent


@pytest.fixture(scope="module")
def small_renderer(session_context):
    show = preset_show("generic")
    positions, _ = load_geometry(LoadedConfig(show.config, "", HW_CONFIGS))
    with session_context:
        return Renderer(session_context, show.config.walls, positions, "Presets")


@pytest.mark.gl
@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_tracker_preset_moves_a_camera(path, context, small_renderer):
    show = preset_show(path.stem)
    for frame, datagrams in enumerate(standing_still(show.config.trackers[0], 4)):
        present_ns = START_NS + (frame + 1) * PERIOD_NS
        outcome = show.step(FrameInputs(epoch=1, frame=frame, present_ns=present_ns, datagrams=datagrams))
    plan = outcome.plan
    assert outcome.trackers[0].state == "fresh", show.state.trackers["t"]
    assert plan.inners[0].eye_m == pytest.approx(POSITION_M, abs=2e-3)
    small_renderer.draw(plan)
    assert small_renderer.read_wall("main").any()


def test_every_kind_of_wall_source_and_output_is_shown_by_an_example():
    configs = [load_config(path).config for path in CONFIGS]
    shapes = {type(wall.shape).__name__ for config in configs for wall in config.walls}
    protocols = {(tracker.protocol, tracker.source.split(":")[0]) for config in configs for tracker in config.trackers}
    assert shapes == {"PlaneShape", "ArcShape", "MeshShape"}
    assert protocols >= {("freed", "udp"), ("freed", "serial"), ("opentrackio", "udp")}
    assert {output.kind for config in configs for output in config.outputs} >= {"window", "headless"}
