"""What drawing costs: `bench render` has positive times and ratios, and its bare shader is bare; crowds cost Python little."""

import math

import msgspec
import pytest

from render.gpu.passes import SHADERS
from stage.bench.crowds import measure_crowds
from stage.bench.render import measure


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
