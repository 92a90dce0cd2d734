"""`bench lights --mixing` measures what it promises, within the limits that do not depend on the machine."""

from __future__ import annotations

from stage.bench.lights_mixing import CELLS, measure_mixing


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
