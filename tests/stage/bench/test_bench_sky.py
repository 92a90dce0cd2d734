"""`stage bench sky` prints what a sky costs the loop."""

import json

from typer.testing import CliRunner

from stage.command_line.bench import app


def test_a_fading_hour_costs_the_loop_less_than_half_a_millisecond():
    result = CliRunner().invoke(app, ["sky", "--steps", "200", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert set(found) == {"sky_ms", "bare_ms", "standing_ms", "fading_ms"}
    assert 0.0 < found["bare_ms"] < found["fading_ms"]
    assert found["sky_ms"] <= 0.5
