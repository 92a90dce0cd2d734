"""`stage bench looks` prints every figure that it promises."""

from __future__ import annotations

from stage.bench.looks import MANY, VALUES, measure_looks


def test_looks_are_recalled_faded_and_listed() -> None:
    figures = measure_looks(60)
    assert (figures.values, figures.looks) == (VALUES, MANY)
    assert 0.0 < figures.recall_ms <= figures.recall_p99_ms
    assert figures.fading_ms > 0.0
    assert figures.list_ms > 0.0
    assert figures.step_with_looks_ms > 0.0
