"""What many lights cost their process, and how late their light leaves it, as `stage bench lights --wire` prints it."""

from __future__ import annotations

from stage.bench.lights_delay import measure_delay


def test_packets_show_a_moment_that_has_come_and_are_timed_against_it() -> None:
    found = measure_delay(60, 1.5)
    assert found.packets > 0
    assert -2.0 < found.delay_ms <= found.delay_p99_ms
    assert 0.0 < found.core_share < 1.0
