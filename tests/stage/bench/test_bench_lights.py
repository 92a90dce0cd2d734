"""What light at followers costs a frame, as `stage bench lights --glow` prints it."""

from pathlib import Path

import pytest

from stage.bench.lights_glow import FOLLOWERS, measure_glow

pytestmark = pytest.mark.gl


def test_light_costs_a_frame_only_where_it_changed():
    figures = measure_glow(Path("hw_configs/sim_plane.toml"), 3)
    assert figures.frame_ms > 0.0
    assert list(figures.followers) == [str(count) for count in FOLLOWERS]
    assert all(0.0 < cost.unchanged_ms < cost.changed_ms for cost in figures.followers.values())
