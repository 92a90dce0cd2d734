"""`bench frames`: a configuration, or the bench's own scene beside a bare pass; every figure is positive."""

import math

import msgspec
import pytest
from typer.testing import CliRunner

from stage.bench.against_bare import measure_against_bare
from stage.bench.placed import measure_placed
from stage.bench.skies import measure_skies
from stage.bench.weathered import measure_weathered
from stage.command_line.bench import app
from tracking.records import ConfigError


@pytest.mark.gl
def test_every_figure_is_a_positive_number():
    figures = msgspec.to_builtins(measure_against_bare(1, "auto"))
    assert figures.pop("renderer")
    assert all(math.isfinite(value) and value > 0.0 for value in figures.values())
    assert figures["over_bare"] == pytest.approx(figures["frame_ms"] / figures["bare_ms"])


@pytest.mark.gl
def test_every_placement_is_timed_beside_the_plain_sphere():
    figures = msgspec.to_builtins(measure_placed(1, "auto"))
    assert figures.pop("renderer")
    assert all(math.isfinite(value) for value in figures.values())
    assert figures["ground_more"] == pytest.approx(figures["ground_ms"] / figures["plain_ms"] - 1.0)


@pytest.mark.gl
def test_every_weather_is_timed_beside_the_plain_panorama():
    figures = msgspec.to_builtins(measure_weathered(1, "auto"))
    assert figures.pop("renderer")
    assert all(math.isfinite(value) and value > 0.0 for value in figures.values())


@pytest.mark.gl
def test_every_sky_is_timed_beside_the_plain_panorama():
    figures = msgspec.to_builtins(measure_skies(1, "auto"))
    assert figures.pop("renderer")
    assert all(math.isfinite(value) and value > 0.0 for value in figures.values())


@pytest.mark.parametrize(
    "arguments",
    [
        ["frames"],
        ["frames", "--against-bare", "--placed"],
        ["frames", "--weather", "--placed"],
        ["frames", "--skies", "--placed"],
        ["frames", "hw_configs/sim_arc.toml", "--against-bare"],
    ],
)
def test_either_a_configuration_or_the_benchs_own_scene_is_timed(arguments):
    result = CliRunner().invoke(app, arguments)
    assert isinstance(result.exception, ConfigError)
    assert "--against-bare" in str(result.exception)
