"""What stage lights cost, as `bench lights` prints it: measuring their light, mixing it, and sending it."""

from __future__ import annotations

from pathlib import Path

import pytest

from stage.bench.lights_delay import measure_delay
from stage.bench.lights_glow import FOLLOWERS, measure_glow
from stage.bench.lights_mixing import CELLS, measure_mixing

pytestmark = pytest.mark.gl


def test_light_costs_a_frame_only_where_it_changed():
    figures = measure_glow(Path("hw_configs/sim_plane.toml"), 3)
    assert figures.frame_ms > 0.0
    assert list(figures.followers) == [str(count) for count in FOLLOWERS]
    assert all(0.0 < cost.unchanged_ms < cost.changed_ms for cost in figures.followers.values())


def test_mixing_is_timed_and_exact():
    figures = measure_mixing(50)
    assert figures.cells == CELLS
    assert 0.0 < figures.median_ms <= figures.p99_ms
    assert figures.white_error <= 1e-4
    assert figures.white_error_16_bit <= 5e-4
    assert figures.white_error_8_bit < 5e-3
    assert {"generic_rgb_8bit", "generic_rgbw_16bit", "generic_rgbww_tube_16", "RGBWACL"} <= set(figures.steps)
    assert max(one.light for one in figures.steps.values()) <= 0.02
    # A white LED beside red, green and blue alone cannot follow a temperature more evenly and render colours as well.
    assert max(one.kelvin for one in figures.steps.values()) <= 0.027


def test_packets_show_a_moment_that_has_come_and_are_timed_against_it() -> None:
    found = measure_delay(60, 1.5)
    assert found.packets > 0
    assert -2.0 < found.delay_ms <= found.delay_p99_ms
    assert 0.0 < found.core_share < 1.0
