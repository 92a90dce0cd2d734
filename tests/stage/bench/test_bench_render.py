"""What drawing costs: `bench render` and `bench sky` have positive times and ratios, and the bare shader is bare."""

from __future__ import annotations

import json
import math

import msgspec
import pytest
from typer.testing import CliRunner

from render.gpu.passes import SHADERS
from stage.bench.crowds import measure_crowds
from stage.bench.render import measure
from stage.command_line.bench import app


@pytest.mark.gl
def test_every_figure_is_a_positive_number():
    figures = msgspec.to_builtins(measure(rounds=2))
    parts = {"outer", "inner", "compose", "ray", "read_back"}
    ratios = {"compose_over_bare", "tools_over_plain", "moving_tools_over_plain"}
    assert set(figures) == {*parts, *ratios, "renderer"}
    assert figures.pop("renderer")
    assert all(math.isfinite(value) and value > 0.0 for value in figures.values())


def test_the_bare_shader_is_bare():
    lines = (SHADERS / "bench/bare_compose.frag").read_text().splitlines()
    code = [line for line in lines if line.strip() and not line.startswith("//")]
    assert len(code) <= 20


@pytest.mark.gl
def test_a_hundred_times_as_many_figures_give_python_hardly_more_to_do():
    found = measure_crowds(2)
    assert 0 < found.crowd_10000_draws < 1.1 * found.crowd_100_draws
    assert 0 < found.crowd_10000_instructions < 1.1 * found.crowd_100_instructions


BUSY = 3.0
"""How much longer everything may take where the rest of the tests run beside it."""


@pytest.mark.gl
def test_a_fading_hour_costs_the_loop_less_than_half_a_millisecond():
    result = CliRunner().invoke(app, ["sky", "--steps", "100", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert set(found) == {"sky_ms", "bare_ms", "standing_ms", "fading_ms", "drawing_ms", "renderer"}
    assert 0.0 < found["bare_ms"] < found["fading_ms"]
    assert found["sky_ms"] == pytest.approx(found["fading_ms"] - found["bare_ms"] + found["drawing_ms"])
    assert found["sky_ms"] <= BUSY * 0.5
