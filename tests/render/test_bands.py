"""Slow gradients of pictures of 8 bits, stretched over many LEDs: no band of one code may remain after the signal."""

import itertools

import numpy as np
import pytest

from calibration.walls import Signal
from render.compose.bands import dithered
from render.plan.frame import GradePlan
from render.renderer import Renderer
from render.worlds.panorama.record import PanoramaPlan
from tests.render.sample_plans import ASSET, air_of, flat_panorama, frame_plan, plane_positions, plane_wall, world_plan

pytestmark = pytest.mark.gl
WALL = plane_wall(size=(640, 120), peak_nits=100.0)
CODED = PanoramaPlan(asset=ASSET, is_coded=True)
MANY = 24
"""LEDs of one code side by side that are seen as a band."""


def linear(codes):
    codes = np.asarray(codes, np.float64) / 255.0
    return np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)


def gradient(low, high, columns=720):
    """Grey codes that rise slowly from behind to the right all around: some 40 LEDs of the wall for each."""
    codes = np.round(np.interp(np.arange(columns), [columns * 0.3, columns * 0.7], [low, high]))
    return np.broadcast_to(linear(codes)[None, :, None], (columns // 2, columns, 3)).astype(np.float32)


@pytest.fixture(scope="module", params=["auto", "raster"])
def stage(request, session_context):
    with session_context:
        yield Renderer(session_context, (WALL,), {WALL.name: plane_positions(WALL)}, draw=request.param)


def sent(stage, light, **changes):
    stage.draw(frame_plan((WALL,), air=air_of(light, **changes), face_px=512))
    return stage.read_wall(WALL.name)[:, :, 1].astype(int)


def longest_run(row):
    return max(len(list(same)) for _, same in itertools.groupby(row.tolist()))


@pytest.mark.parametrize(("low", "high"), [(20, 34), (120, 134), (225, 239)])
def test_no_run_of_one_code_is_left_of_a_stretched_gradient(stage, context, low, high):
    stage.load_world(ASSET, gradient(low, high))
    banded, broken = sent(stage, world_plan()), sent(stage, CODED)
    assert np.median([longest_run(row) for row in banded]) > MANY
    assert max(longest_run(row) for row in broken) < MANY / 3
    assert (sent(stage, CODED) == broken).all()
    blocks = [codes.reshape(15, 8, 80, 8).mean(axis=(1, 3)) for codes in (banded, broken)]
    assert np.abs(blocks[1] - blocks[0]).max() < 0.6  # half a step of the picture, and what 64 LEDs cannot show


def test_neither_do_expanded_lights_have_bands_by_ray(context):
    """Their steps are wider, and are broken before they are: by raster that is filtered on the way to the wall."""
    stage = Renderer(context, (WALL,), {WALL.name: plane_positions(WALL)})
    stage.load_world(ASSET, gradient(225, 239))
    change = {"expand_stops": 3.0, "exposure_stops": -3.0}
    assert np.median([longest_run(row) for row in sent(stage, world_plan(), **change)]) > MANY
    assert max(longest_run(row) for row in sent(stage, CODED, **change)) < MANY / 3


@pytest.mark.parametrize(("level", "code"), [(0.0, 0), (1.0, 255)])
def test_black_stays_black_and_white_white(stage, context, level, code):
    stage.load_world(ASSET, flat_panorama((level, level, level)))
    assert (sent(stage, CODED, exposure_stops=2.0) == code).all()


def test_pictures_of_light_are_dithered_as_before(stage, context):
    stage.load_world(ASSET, flat_panorama((0.2, 0.2, 0.2)))
    assert set(np.unique(sent(stage, world_plan())).tolist()) <= {123, 124}
    assert len(set(np.unique(sent(stage, CODED)).tolist())) == 3


def test_the_dither_is_as_wide_as_the_pictures_steps_on_the_wall():
    widths = ((0.0, 100.0, 1.0), (1.0, 100.0, 2.0), (1.0, 1000.0, 1.0 + 0.1 ** (1 / 2.2)), (1e6, 1000.0, 5.0))
    for gain, peak_nits, width in widths:
        found = dithered(gain, Signal(peak_nits=peak_nits))
        assert 255.0 * found.width == pytest.approx(width)
        assert found.added + 0.5 * found.width == pytest.approx(0.5 / 255.0)
    assert dithered(0.0, Signal()) == (1.0 / 255.0, 0.0, 1.0)


def test_exposures_of_layer_world_grade_and_outer_make_steps_larger(stage, context):
    stage.load_world(ASSET, flat_panorama((0.01, 0.01, 0.01)))
    plan = frame_plan((WALL,), air=air_of(CODED, exposure_stops=1.0), grade=GradePlan(exposure_stops=2.0), face_px=512)
    stage.draw(plan)
    assert np.ptp(stage.read_wall(WALL.name)[:, :, 1].astype(int)) >= 3
