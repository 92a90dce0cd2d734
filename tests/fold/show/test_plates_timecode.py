"""Films on the stage's time code: locked to a tracker's labels, over jitter, leaps, silence and midnight."""

from __future__ import annotations

from fractions import Fraction

import pytest

from stage.config.reader import parse_config
from stage.show.show import Show
from tests.building import codes, no_presets, set_to, stage_text, step
from tests.fold.show.plate_stage import PLAY, code_at, film_stage, frame_of, known, playing
from tracking.protocols.timecode import label_at, parse_label
from tracking.records import ConfigError

RATES = [(25, 1), (24000, 1001), (30000, 1001), (50, 1), (60000, 1001)]


def sent(show: Show, slots: range, start: str, rate: tuple[int, int], late: int = 0) -> list[int]:
    """The film's frame in each slot; a packet of each carries the label of `late` slots before it."""
    whole, seen = Fraction(*rate), []
    for slot in slots:
        passed = (slot - slots.start - late) * whole / 60
        label = label_at(parse_label(start, whole) + passed.__floor__(), whole, drop=";" in start)
        seen.append(frame_of(step(show, slot, datagrams=[code_at(slot, label, rate)])))
    return seen


@pytest.mark.parametrize("rate", RATES)
def test_a_film_on_time_code_follows_it_in_its_own_cadence(rate: tuple[int, int]) -> None:
    """From the first change of label on: no frame is shown twice or left out but by the cadence."""
    drop = rate[1] == 1001 and rate[0] != 24000
    start = "10:00:58;00" if drop else "10:00:58:00"
    show = playing(film_stage(start="timecode", end="hold"), known(rate=rate, start=start, frames=10_000))
    seen = sent(show, range(1, 900), start, rate)
    settled = seen.index(1)
    assert seen[settled:] == [1 + slot * rate[0] // (60 * rate[1]) for slot in range(len(seen) - settled)]


def test_labels_that_jitter_move_nothing_and_a_leap_is_followed_at_once() -> None:
    show = playing(film_stage(start="timecode", end="hold"), known(frames=10_000, start="10:00:00:00"))
    for slot in range(1, 400):
        shown = frame_of(
            step(
                show,
                slot,
                datagrams=[
                    code_at(slot, label_at(900_000 + (slot - slot % 4) * 25 // 60, Fraction(25), drop=False), (25, 1))
                ],
            )
        )
        assert slot < 5 or abs(shown - slot * 25 / 60) <= 2.0
    assert frame_of(step(show, 400, datagrams=[code_at(400, "10:01:00:00", (25, 1))])) == 1500
    assert frame_of(step(show, 401, datagrams=[code_at(401, "10:00:10:05", (25, 1))])) == 255


def test_time_code_that_stands_or_is_missing_holds_the_film_and_is_told() -> None:
    show = playing(film_stage(start="timecode"))
    first = step(show, 1)
    assert (frame_of(first), "plate_without_timecode" in codes(first)) == (0, True)
    seen = sent(show, range(2, 62), "10:00:00:00", (25, 1))
    assert seen[-1] in (23, 24)
    assert "plate_without_timecode" not in codes(step(show, 62))
    stood = step(show, 100)
    assert (frame_of(stood), "plate_without_timecode" in codes(stood)) == (24, True)
    assert frame_of(step(show, 5000)) == 24


def test_a_film_that_does_not_play_stands_and_takes_up_the_time_code_again() -> None:
    show = playing(film_stage(start="timecode"))
    stopped = sent(show, range(1, 61), "10:00:00:00", (25, 1))[-1]
    step(show, 61, set_to(PLAY, value=False))
    assert set(sent(show, range(62, 122), "10:00:01:00", (25, 1))) <= {stopped, stopped + 1}
    step(show, 122, set_to(PLAY, value=True))
    assert sent(show, range(123, 130), "10:00:02:00", (25, 1))[-1] in range(48, 56)


def test_cameras_that_did_not_begin_together_play_together_on_time_code() -> None:
    rig = film_stage(rig=("left.mov", "right.mov"), start="timecode", end="hold")
    show = playing(rig, known("left.mov"), known("right.mov", "cd" * 32, start="09:59:59:15"))
    sent(show, range(1, 61), "10:00:00:00", (25, 1))
    outcome = step(show, 61)
    left, right = outcome.plan.air.world.layers[0].light.parts
    assert right.frame - left.frame == 10


def test_the_stages_time_code_names_one_of_its_trackers() -> None:
    with pytest.raises(ConfigError, match=r"stage\.timecode: found 'nobody', expected none: there are no"):
        parse_config(stage_text(timecode="nobody"), "test", no_presets)
