"""The benchmark of the control API's way: every command is acknowledged, and its figures are sound."""

from __future__ import annotations

from stage.bench.control import measure_control


def test_the_way_of_commands_is_timed(monkeypatch):
    monkeypatch.setattr("stage.bench.control.COMPARED_S", 0.75)
    figures = measure_control(200, 400.0)
    assert 0.5 < figures.first_frame_share <= 1.0
    assert 0.0 < figures.send_to_handed_p50_ms <= figures.send_to_handed_p99_ms
