"""The benchmarks of a running show, in short: commands, looks and live pictures; every figure is there."""

from __future__ import annotations

import pytest

from stage.bench.control import measure_control
from stage.bench.crowd import measure_crowd
from stage.bench.looks import MANY, VALUES, measure_looks
from stage.bench.pictures import measure_pictures


def test_the_way_of_commands_is_timed(monkeypatch):
    monkeypatch.setattr("stage.bench.control.COMPARED_S", 0.75)
    figures = measure_control(200, 400.0)
    assert 0.5 < figures.first_frame_share <= 1.0
    assert 0.0 < figures.send_to_handed_p50_ms <= figures.send_to_handed_p99_ms


def test_looks_are_recalled_faded_and_listed() -> None:
    figures = measure_looks(60)
    assert (figures.values, figures.looks) == (VALUES, MANY)
    assert 0.0 < figures.recall_ms <= figures.recall_p99_ms
    assert figures.fading_ms > 0.0
    assert figures.list_ms > 0.0
    assert figures.step_with_looks_ms > 0.0


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
