"""The benchmarks of live pictures, in short: they run, and what they count is there."""

import pytest

from stage.bench.crowd import measure_crowd
from stage.bench.pictures import measure_pictures

pytestmark = pytest.mark.gl


def test_pictures_are_cheaper_for_the_loop_than_reading_the_wall_and_are_counted():
    figures = measure_pictures(1, frames=24)
    assert figures.film_pictures_per_s > 0.0
    assert figures.film_drawn_ms > 0.0
    assert 0.0 < figures.film_read_ms < figures.web_cpu_ms


def test_a_crowd_gets_pictures_and_answers_from_a_stage_that_goes_on():
    figures = measure_crowd(1, 2.5, clients=3, sets_per_s=60.0)
    assert figures.frames > 10
    assert figures.pictures_per_s > 0.0
    assert figures.sets_per_s > 0.0
    assert len(figures.alone_p99_ms) == len(figures.crowd_p99_ms) == 1
    assert figures.alone_p99_ms[0] > 0.0
