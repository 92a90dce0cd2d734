"""Light from a wall back to the lights that follow it: through the real loop, renderer and fold."""

from itertools import pairwise

import pytest

from render.outputs.opened import open_outputs
from stage.assets.worlds import load_worlds
from stage.live.clock import ManualClock, Pacer
from stage.live.figures import LoopTimes
from stage.live.loop import FrameLoop
from stage.live.opening import open_renderer
from stage.live.picture import Picture
from stage.live.previews import Previews, film_cameras
from stage.loading.files import load_config
from stage.loading.geometry import load_geometry
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.lights import LightReached
from stage.show.frame.requests import Target, setting_command
from stage.show.report.ledger import FOLLOWED, percentiles
from stage.show.show import Show
from stage.show.state import new_state
from tests.building import camera, light, stage_text

pytestmark = pytest.mark.gl

RATE = 60.0
WORLD = '[world]\nkind = "sky"\n[time]\nhour = 12.0\n'


class Running:
    """A stage in virtual time that remembers what was observed in which frame."""

    def __init__(self, tmp_path, *pieces):
        path = tmp_path / "stage.toml"
        path.write_text(stage_text(camera(), *pieces) + WORLD)
        loaded = load_config(path)
        meshes = {}
        positions, calibration = load_geometry(loaded, meshes)
        self.outputs = open_outputs((), loaded.config.walls, headless=True)
        self.renderer = open_renderer(loaded, self.outputs, positions)
        self.show = Show(loaded.config, calibration, new_state(loaded.config))
        film = film_cameras(self.renderer, loaded.config.cameras, calibration, meshes)
        self.previews = Previews(tmp_path / "pictures", self.renderer, film)
        self.observed = list(load_worlds(loaded, self.renderer))
        self.commands = []
        self.seen = []
        clock = ManualClock(1_000_000_000)
        self.loop = FrameLoop(
            show=self.show,
            clock=clock,
            pacer=Pacer(clock, self.show.rate),
            gather=self,
            picture=Picture(self.renderer, self.outputs, self.previews, self.observed.append),
            leave=self,
            times=LoopTimes(),
        )

    expects_commands = False

    def read_ahead(self):
        raise AssertionError("nothing is expected")

    def inputs(self, slot):
        observed, self.observed[:] = tuple(self.observed), []
        commands, self.commands = tuple(self.commands), []
        self.seen += [(slot.frame, one) for one in observed if isinstance(one, LightReached)]
        return FrameInputs(
            epoch=1, frame=slot.frame, present_ns=slot.present_ns, commands=commands, observations=observed
        )

    def observe(self, presented):
        self.observed.append(presented)

    def keep(self, inputs, outcome):
        pass

    def publish(self, outcome):
        self.outcome = outcome

    def set(self, path, value):
        self.commands.append(setting_command(path, (Target(path=path, value=value),)))

    def run(self, frames):
        return [self.loop.step() for _ in range(frames)]


@pytest.fixture
def running(tmp_path):
    """A lamp that follows the world; what its place is made of is worked out, as before a show."""
    stage = Running(tmp_path, light("lamp", follow="world", smooth_s=0.0, exposure_stops=-8.0))
    try:
        (first,) = stage.run(1)
        stage.renderer.probes.prepare(first.plan.probes)
        yield stage
    finally:
        stage.previews.close()
        stage.outputs.close()


def level(outcome):
    return outcome.lights.targets[2]


def test_what_a_wall_shows_is_known_at_the_lights_within_three_frames(running):
    assert level(running.run(8)[-1]) > 0.0
    assert all(frame - reached.frame <= 3 for frame, reached in running.seen)
    running.set("/grade/exposure_stops", -1.0)
    before = level(running.outcome)
    levels = [level(outcome) for outcome in running.run(5)]
    changed = next(index for index, found in enumerate(levels) if found != before)
    assert changed <= 3
    assert levels[-1] == pytest.approx(0.5 * before, rel=0.05)
    ledger = percentiles(running.show.state.ledger)
    assert 0.0 < ledger[FOLLOWED].p50_ms <= 1.05 * 3000.0 / RATE


def test_light_that_changes_in_every_frame_is_followed_within_three(running):
    running.run(8)
    fade = Target(path="/grade/exposure_stops", value=-2.0, fade_s=0.5)
    running.commands.append(setting_command("fade", (fade,)))
    known = len(running.seen)
    running.run(24)
    during = running.seen[known:]
    measured = [reached.frame for _, reached in during]
    assert all(frame - reached.frame <= 3 for frame, reached in during)
    assert max(b - a for a, b in pairwise(measured)) <= 2


def test_nothing_is_measured_while_nothing_changes(running):
    running.run(8)
    known, drawn = len(running.seen), running.renderer.probes.draws
    running.run(8)
    assert (len(running.seen), running.renderer.probes.draws) == (known, drawn)


def test_lights_keep_their_light_while_walls_are_black(running):
    before = level(running.run(8)[-1])
    running.set("/output/blackout", True)
    black = running.run(6)[-1]
    assert black.plan.blackout
    assert level(black) == before
    running.set("/grade/exposure_stops", 1.0)
    assert level(running.run(6)[-1]) > before
