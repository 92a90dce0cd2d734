"""The shipped pictures in the manner of generators are those of their formulas, and stand on the walls as they should."""

import importlib
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from render.gpu.context import check_errors
from render.renderer import Renderer
from stage.assets.worlds import load_worlds
from stage.loading.files import LoadedConfig, load_config
from stage.loading.geometry import load_geometry
from stage.show.frame.inputs import FrameInputs
from stage.show.frame.requests import Target, setting_command
from stage.show.show import Show
from stage.show.state import new_state

HW_CONFIGS = Path(__file__).resolve().parent.parent / "hw_configs"
WORLDS = HW_CONFIGS / "worlds"
CODING_ERROR = 3.0
"""Mean difference of code values that JPEG may make."""
PARKED = ("/camera/A/parked", True)


@pytest.fixture
def formulas(monkeypatch):
    monkeypatch.syspath_prepend(WORLDS)
    return importlib.import_module("make_pictures")


def test_each_shipped_picture_is_what_its_formula_draws(formulas):
    places = importlib.import_module("make_places")
    for name, picture in formulas.PICTURES.items():
        drawn = np.asarray(places.coded(picture()), dtype=np.float64)
        with Image.open(WORLDS / name) as shipped:
            found = np.asarray(shipped, dtype=np.float64)
        assert found.shape == drawn.shape
        assert np.abs(found - drawn).mean() < CODING_ERROR, name
    with Image.open(WORLDS / formulas.MASK) as shipped:
        assert np.array_equal(np.asarray(shipped), np.asarray(formulas.mask()))


@pytest.fixture(scope="module", params=["auto", "raster"])
def drawn(request, session_context):
    """Draws a world of the shipped stage with some values set: the wall's light, ACEScg before the wall's colour."""
    loaded = load_config(HW_CONFIGS / "sim_pictures.toml")
    stage = msgspec.structs.replace(loaded.config.stage, draw=request.param)
    config = msgspec.structs.replace(loaded.config, stage=stage)
    loaded = LoadedConfig(config, loaded.text, loaded.directory)
    positions, calibration = load_geometry(loaded)
    with session_context as context:
        renderer = Renderer(
            context, config.walls, positions, config.stage.name, draw=config.stage.draw, quality=config.stage.quality
        )
        assets = load_worlds(loaded, renderer)

    def draw(world, values):
        show = Show(config, calibration, new_state(config))
        targets = (("/world/active", world), PARKED, *values.items())
        command = setting_command("test", tuple(Target(path=path, value=value) for path, value in targets))
        outcome = show.step(
            FrameInputs(epoch=0, frame=0, present_ns=0, commands=(command,), observations=tuple(assets))
        )
        assert [answer.refusal for answer in outcome.answers] == [None]
        with context:
            renderer.draw(outcome.plan)
            check_errors(context, f"drawing {world}")
            return renderer.read_wall_linear("main")

    return draw


def spread(light):
    """How much the light changes from column to column, and from row to row."""
    return np.abs(np.diff(light, axis=1)).mean(), np.abs(np.diff(light, axis=0)).mean()


@pytest.mark.gl
def test_a_flat_picture_stands_level_and_goes_on_around_itself(drawn):
    level = drawn("Alley", {})
    rows, columns = level.shape[:2]
    assert level.min() > 0.0
    aside = level[:, : columns // 10]
    assert max(spread(aside)) < 0.2 * max(spread(level[:, columns // 3 : 2 * columns // 3]))
    black = drawn("Alley", {"/layer/alley/surround": "black"})
    assert not black[:, : columns // 10].any()
    assert np.allclose(black[rows // 2, columns // 2], level[rows // 2, columns // 2], atol=2e-3)
    assert abs(slope_of_end(level)) <= 1
    assert slope_of_end(drawn("Alley", {"/layer/alley/roll_deg": 0.0})) >= 2


def slope_of_end(light):
    """How many rows the end of the alley, where its stones meet the sky, falls from its left to its right."""
    middle = light.shape[1] // 2
    stones = light.sum(axis=-1)[light.shape[0] // 3 :]
    left, right = (
        np.diff(stones[:, column - 2 : column + 3].mean(axis=1)).argmin() for column in (middle - 11, middle + 11)
    )
    return int(right) - int(left)


@pytest.mark.gl
def test_the_ground_of_a_sphere_lies_on_the_stages_floor(drawn):
    near = drawn("Courtyard", {})
    far = drawn("Courtyard", {"/layer/courtyard/ground_m": 0.0, "/layer/courtyard/radius_m": 0.0})
    rows = near.shape[0]
    assert near.min() > 0.0
    assert np.abs(near[-rows // 5 :] - far[-rows // 5 :]).mean() > 0.02 * near.mean()


@pytest.mark.gl
def test_a_foreground_covers_a_plate_where_its_mask_says(drawn):
    both = drawn("Balcony", {})
    plate = drawn("Balcony", {"/layer/railing/opacity": 0.0})
    differs = np.abs(both - plate).max(axis=-1) > 1e-3
    rows, columns = differs.shape
    assert not differs[: rows // 2].any()
    assert 0.05 < differs[rows // 2 :, columns // 4 : 3 * columns // 4].mean() < 0.8
    assert not differs[:, : columns // 20].any()
