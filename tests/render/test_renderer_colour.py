"""Code values against double-precision curves, and dither that keeps the mean and never lifts black."""

import numpy as np
import pytest
from sample_plans import ASSET, flat_panorama, frame_plan, inner, plane_positions, plane_wall

from render.gpu.context import Target
from render.plan.frame import GradePlan
from render.renderer import Renderer

pytestmark = pytest.mark.gl

# ACEScg to linear Rec.709 as the ACES colour configurations have it (Bradford, D60 to D65).
REC709_FROM_ACESCG = np.array(
    [
        [1.7050509, -0.6217921, -0.0832589],
        [-0.1302564, 1.1408047, -0.0105483],
        [-0.0240034, -0.1289690, 1.1529723],
    ]
)


def srgb(light):
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)


def perceptual_quantiser(nits):
    power = (nits / 10000.0) ** (2610 / 16384)
    return ((3424 / 4096 + 2413 / 128 * power) / (1 + 2392 / 128 * power)) ** (2523 / 32)


SIGNALS = {
    "srgb": ({"curve": "srgb", "peak_nits": 500.0}, lambda nits: srgb(np.clip(nits / 500.0, 0.0, 1.0))),
    "gamma": (
        {"curve": "gamma", "gamma": 2.2, "peak_nits": 800.0},
        lambda nits: np.clip(nits / 800.0, 0.0, 1.0) ** (1 / 2.2),
    ),
    "pq": ({"curve": "pq", "peak_nits": 1500.0}, lambda nits: perceptual_quantiser(np.clip(nits, 0.0, 1500.0))),
}


@pytest.mark.parametrize("signal", SIGNALS)
def test_codes_follow_the_signal_curve_within_a_quarter_code(context, signal):
    settings, curve = SIGNALS[signal]
    wall = plane_wall(**settings)
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)})
    random = np.random.default_rng(11)
    for colour in [
        *np.exp(random.uniform(-9.0, 3.0, (20, 3))),
        np.array([0.0, 0.0, 0.0]),
        np.array([50.0, 50.0, 50.0]),
    ]:
        renderer.load_world(ASSET, flat_panorama(colour))
        renderer.draw(frame_plan((wall,), (inner(),), grade=GradePlan(exposure_stops=0.5)))
        light = REC709_FROM_ACESCG @ colour.astype(np.float32).astype(float) * 2.0**0.5
        expected = curve(np.maximum(light, 0.0) * 100.0) * 255.0
        codes = renderer.read_wall(wall.name).reshape(-1, 3).astype(float)
        assert np.abs(codes - expected).max() <= 1.25
        assert np.abs(codes.mean(axis=0) - expected).max() <= 0.25


def test_black_stays_black_and_white_white_under_dither(context):
    wall = plane_wall(size=(640, 360))
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)})
    renderer.load_world(ASSET, flat_panorama((0.0, 0.0, 0.0)))
    renderer.draw(frame_plan((wall,)))
    assert not renderer.read_wall(wall.name).any()
    renderer.load_world(ASSET, flat_panorama((1000.0, 1000.0, 1000.0)))
    renderer.draw(frame_plan((wall,)))
    assert (renderer.read_wall(wall.name) == 255).all()


def test_dither_is_even_over_small_areas(context):
    """Between two codes, every 16 by 16 block has the right share of the higher one."""
    wall = plane_wall(size=(256, 128), curve="gamma", gamma=1.0, peak_nits=100.0)
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)})
    for share in (0.1, 0.25, 0.5, 0.8):
        grey = (100.0 + share) / 255.0
        renderer.load_world(ASSET, flat_panorama((grey, grey, grey)))
        renderer.draw(frame_plan((wall,)))
        codes = renderer.read_wall(wall.name)[:, :, 0].astype(float)
        blocks = codes.reshape(8, 16, 16, 16).mean(axis=(1, 3)) - 100.0
        assert np.abs(blocks - share).max() < 0.06


def test_linear_light_is_graded_but_not_in_the_walls_colour(context):
    wall = plane_wall()
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)})
    renderer.load_world(ASSET, flat_panorama((0.25, 0.5, 1.0)))
    renderer.draw(frame_plan((wall,), (inner(),), grade=GradePlan(exposure_stops=-1.0)))
    light = renderer.read_wall_linear(wall.name)
    assert np.abs(light - np.array([0.125, 0.25, 0.5])).max() < 1e-5


def test_coordinates_skip_exposure_grade_and_dither(context):
    wall = plane_wall()
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)})
    pictures = []
    for grade in (GradePlan(), GradePlan(exposure_stops=3.0, temperature_k=2500.0, tint=-1.0)):
        renderer.draw(frame_plan((wall,), (inner(),), kind="coordinates", grade=grade))
        pictures.append((renderer.read_wall(wall.name), renderer.read_wall_linear(wall.name)))
    assert (pictures[0][0] == pictures[1][0]).all()
    assert (pictures[0][1] == pictures[1][1]).all()
    sent, light = pictures[0]
    assert (sent == np.floor(np.clip(light, 0.0, 1.0) * 255.0 + 0.5)).mean() > 0.999


def inner_preview(context, renderer):
    """The first inner view for a screen, as it is drawn for those who look."""
    target = Target(context, (320, 180), "f1")
    renderer.draw_inner_light(0, target.size)
    renderer.preview.draw_codes(target, renderer.inner_codes_from_light())
    return target.read()


def test_inner_preview_is_the_walls_signal_without_dither(context):
    wall = plane_wall(curve="srgb", peak_nits=400.0)
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)})
    renderer.load_world(ASSET, flat_panorama((0.5, 1.0, 2.0)))
    renderer.draw(frame_plan((wall,), (inner(),), grade=GradePlan(exposure_stops=0.5)))
    preview = inner_preview(context, renderer)
    light = REC709_FROM_ACESCG @ np.array([0.5, 1.0, 2.0]) * 2.0**0.5 * 100.0 / 400.0
    assert preview.shape == (180, 320, 3)
    assert np.abs(preview - srgb(light) * 255.0).max() <= 0.6


def test_inner_preview_of_coordinates_is_raw(context):
    wall = plane_wall()
    renderer = Renderer(context, (wall,), {wall.name: plane_positions(wall)})
    renderer.draw(frame_plan((wall,), (inner(),), kind="coordinates", grade=GradePlan(exposure_stops=2.0)))
    assert inner_preview(context, renderer).shape == (180, 320, 3)
