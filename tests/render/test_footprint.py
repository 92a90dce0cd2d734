"""LED pitch and how many texels a LED covers."""

import numpy as np
import pytest
from sample_plans import inner, plane_positions, plane_wall

from render.compose.footprint import LedSamples, led_pitch, texels_per_tangent


def test_pitch_is_the_distance_to_the_nearest_neighbour():
    positions = plane_positions(plane_wall(size=(40, 20)))
    assert np.allclose(led_pitch(positions), min(4.0 / 40, 2.25 / 20))


def test_seams_and_missing_leds_do_not_widen_the_pitch():
    positions = plane_positions(plane_wall(size=(40, 20)))
    positions[:, 20:] += 5.0
    positions[3:6, 7:9] = np.nan
    pitch = led_pitch(positions)
    assert pitch[np.isfinite(positions).all(axis=2)].max() <= 2.25 / 20 + 1e-9
    assert np.isfinite(pitch).all()


def test_a_wall_of_one_led_has_a_pitch():
    assert led_pitch(np.zeros((1, 1, 3))) > 0.0


def test_widest_footprint_is_pitch_over_depth_in_texels():
    wall = plane_wall(size=(160, 90))
    positions = plane_positions(wall)
    camera = inner(eye=(0.0, 1.0, 1.4), half=(0.5, 0.3), size=(640, 360))
    samples = LedSamples(positions, led_pitch(positions))
    assert samples.widest(camera) == pytest.approx(0.025 / 2.0 * texels_per_tangent(camera), rel=1e-6)


def test_a_camera_that_sees_no_led_has_no_footprint():
    positions = plane_positions(plane_wall())
    samples = LedSamples(positions, led_pitch(positions))
    assert samples.widest(inner(pan=3.14)) == 0.0
    assert LedSamples(np.full((4, 4, 3), np.nan), np.ones((4, 4))).widest(inner()) == 0.0
