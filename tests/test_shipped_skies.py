"""The shipped stages with a live sky, under the shipped looks: each picture is what its name says, wherever the stage is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest

from render.gpu.context import check_errors
from render.renderer import Renderer
from stage.assets.worlds import load_worlds
from stage.config.starting_values import tree_of
from stage.loading.files import LoadedConfig, load_config
from stage.loading.geometry import load_geometry
from stage.loading.show_files import look_file, stage_look
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.requests import Target, setting_command
from stage.show.show import Show
from stage.show.state import new_state

ROOT = Path(__file__).resolve().parent.parent
HORIZON = 0.6
"""The share of the sky stage's wall that is above the horizon, from its top."""
ELSEWHERE = {
    "/place/latitude_deg": -33.9,
    "/place/longitude_deg": 151.2,
    "/place/date": "2031-01-05",
    "/time/hour": 3.0,
}
MIDNIGHT = {"/time/hour": 23.5}


class Drawn:
    """A shipped stage, and what its wall sends under a look with some values set: codes from 0 to 1."""

    def __init__(self, context, name: str) -> None:
        self._context = context
        loaded = load_config(ROOT / "hw_configs" / f"{name}.toml")
        walls = tuple(msgspec.structs.replace(wall, resolution_px=(240, 120)) for wall in loaded.config.walls)
        self.config = msgspec.structs.replace(loaded.config, walls=walls, cameras=())
        loaded = LoadedConfig(self.config, loaded.text, loaded.directory)
        positions, self._calibration = load_geometry(loaded)
        with context:
            self._renderer = Renderer(context, walls, positions, name)
            self._assets = load_worlds(loaded, self._renderer)

    def under(self, look: str, **values) -> np.ndarray:
        begun = new_state(self.config, stage_look(look_file(look), tree_of(self.config)).values)
        show = Show(self.config, self._calibration, begun)
        command = setting_command("test", tuple(Target(path=path, value=value) for path, value in values.items()))
        observations = tuple(self._assets)
        commands = (command,) if values else ()
        outcome = show.step(FrameInputs(epoch=0, frame=0, present_ns=0, commands=commands, observations=observations))
        assert [answer.refusal for answer in outcome.answers] == [None] * len(commands)
        with self._context:
            self._renderer.draw(outcome.plan)
            check_errors(self._context, f"drawing {look}")
            return self._renderer.read_wall("main") / 255.0


@pytest.fixture(scope="module")
def sky(session_context):
    return Drawn(session_context, "sim_sky")


@pytest.fixture(scope="module")
def skies(sky):
    """Each shipped look on the sky stage: what is above the horizon."""
    names = ("dawn", "golden-hour", "noon", "overcast", "dusk", "blue-hour", "moonlit-night")
    return {name: above(sky.under(name)) for name in names}


def above(codes: np.ndarray) -> np.ndarray:
    return codes[: int(HORIZON * codes.shape[0])]


def colour(codes: np.ndarray) -> tuple[float, float, float]:
    red, green, blue = np.median(codes.reshape(-1, 3), axis=0)
    return float(red), float(green), float(blue)


def top(codes: np.ndarray) -> np.ndarray:
    return codes[: codes.shape[0] // 4]


def foot(codes: np.ndarray) -> np.ndarray:
    return codes[-codes.shape[0] // 8 :]


@pytest.mark.gl
def test_noon_is_bright_and_blue(skies):
    red, green, blue = colour(top(skies["noon"]))
    assert blue > green > red
    assert blue > 0.4


@pytest.mark.gl
def test_an_overcast_sky_is_even_and_grey(skies):
    codes = skies["overcast"]
    assert np.ptp(colour(codes)) < 0.05
    assert codes.std() < 0.1
    assert min(colour(codes)) > 0.35


@pytest.mark.gl
@pytest.mark.parametrize("name", ["golden-hour", "dusk", "dawn"])
def test_a_low_sun_warms_the_horizon_more_than_the_sky_above(skies, name):
    red, _, blue = colour(foot(skies[name]))
    high_red, _, high_blue = colour(top(skies[name]))
    assert red > blue
    assert red / blue > high_red / high_blue


@pytest.mark.gl
def test_light_falls_from_noon_through_dusk_and_blue_hour_to_night(skies):
    light = [skies[name].mean() for name in ("golden-hour", "dusk", "blue-hour", "moonlit-night")]
    assert light == sorted(light, reverse=True)
    assert 0.05 < light[-1] < 0.35


@pytest.mark.gl
def test_the_blue_hour_is_blue_and_a_moonlit_night_has_its_moon(skies):
    red, green, blue = colour(skies["blue-hour"])
    assert blue > 1.2 * max(red, green)
    night = skies["moonlit-night"]
    assert colour(night)[2] > colour(night)[0]
    assert night.max() > 2.5 * np.median(night)


@pytest.mark.gl
def test_dusk_and_dawn_and_all_others_are_different_pictures(skies):
    names = list(skies)
    for index, one in enumerate(names):
        for other in names[index + 1 :]:
            assert np.abs(skies[one] - skies[other]).mean() > 0.04, (one, other)


@pytest.mark.gl
@pytest.mark.parametrize("name", ["dawn", "noon", "blue-hour"])
def test_a_look_is_alike_at_another_place_and_date(sky, skies, name):
    elsewhere = above(sky.under(name, **ELSEWHERE))
    assert np.percentile(np.abs(elsewhere - skies[name]), 99) < 0.01


@pytest.mark.gl
def test_the_valley_darkens_with_its_sky_and_is_never_black(session_context):
    valley = Drawn(session_context, "sim_valley")
    noon, night = valley.under("day", **{"/time/hour": 12.5}), valley.under("day", **MIDNIGHT)
    land = slice(-noon.shape[0] // 4, None)
    assert 0.3 < noon[land].mean() < 0.8
    assert 0.01 < night[land].mean() < 0.4 * noon[land].mean()
    assert 0.03 < night[: noon.shape[0] // 8].mean() < 0.4 * noon[: noon.shape[0] // 8].mean()


SCRIPT = """
from render.gpu.context import create_headless_context
from tests.test_shipped_skies import Drawn
context = create_headless_context()
assert context.version_code == 410, context.version_code
for name in ("sim_sky", "sim_valley"):
    codes = Drawn(context, name).under("dusk")
    assert codes.std() > 0.02 and codes.mean() > 0.05, (name, codes.mean(), codes.std())
"""


@pytest.mark.gl
def test_the_shipped_stages_with_a_sky_are_drawn_by_opengl_4_1():
    environment = {**os.environ, "MESA_GL_VERSION_OVERRIDE": "4.1", "MESA_GLSL_VERSION_OVERRIDE": "410"}
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stderr
