"""What a film costs the loop: the bench plays it, and beside it a bare loop that does nothing but upload it."""

from __future__ import annotations

from fractions import Fraction

from render.media.made_plate import PlateSettings, make_test_plate
from stage.bench.plates_loop import measure_loop


def test_a_film_is_played_and_told_beside_what_its_uploads_cost_alone(tmp_path):
    film = tmp_path / "film.mov"
    make_test_plate(film, PlateSettings(codec="prores422", columns=320, rows=180, rate=Fraction(24), frames=24))
    cost = measure_loop(film, 60)
    assert 0.0 < cost.bare_ms < cost.worst_ms
    assert 0.0 < cost.python_ms < cost.with_uploads_ms < cost.worst_ms
