"""`stage bench sky` prints what a sky costs the loop."""

import json

import pytest
from typer.testing import CliRunner

from stage.command_line.bench import app

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
