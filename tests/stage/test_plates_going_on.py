"""A film that plays on as was foreseen: little is done for it from frame to frame, and nothing is shown otherwise."""

from __future__ import annotations

import random
import time

import msgspec
import pytest
from plates_core import PATIENCE_S, SMALL, ProcessByHand, film, plates_process
from plates_walls import walls_in

from stage.plates.rooms import slots_wanted
from stage.plates.wanted import GPU_AHEAD, Lead, ShownLayers, coming_frames, frames_shown, gone_on
from stage.plates.wire import WantedFrames, Wishes
from stage.show.frame.outcome import FilmAhead
from tests.building import step
from tests.fold.show.plate_stage import FILM, film_stage, known, playing

PROMPT = Lead()
SHORT = msgspec.structs.replace(SMALL, frames=10)


@pytest.fixture
def walls(context, tmp_path):
    with walls_in(context, tmp_path) as opened:
        yield opened


def ahead_of(frame, media="a", facts=SMALL, count=32, **keys):
    frames = tuple((frame + step) % facts.frames for step in range(min(count, facts.frames)))
    return FilmAhead(media=media, file=media, frames=frames, **keys)


def worked_out(frames, ahead, facts=SMALL, lead=PROMPT):
    return coming_frames(
        {media: (one,) for media, one in frames.items()}, ahead, dict.fromkeys(frames, facts), lead, {}
    )


@pytest.mark.parametrize("facts", [SMALL, SHORT])
@pytest.mark.parametrize("lead", [PROMPT, Lead(read_s=0.05)])
def test_what_is_left_of_what_was_to_come_is_what_would_be_worked_out_anew(facts, lead):
    chance = random.Random(1)
    frame, coming, renewed = 0, worked_out({"a": 0}, (ahead_of(0, facts=facts),), facts, lead), 0
    for _ in range(200):
        frame = (frame + chance.choice((0, 1, 1, 1, 2))) % facts.frames
        ahead = (ahead_of(frame, facts=facts),)
        anew = worked_out({"a": frame}, ahead, facts, lead)
        on = gone_on(coming, {"a": (frame,)}, ahead)
        renewed += on is None
        coming = on or anew
        left, whole = coming["a"], anew["a"]
        assert left.frames == whole.frames[: len(left.frames)]
        enough = GPU_AHEAD + slots_wanted(facts.rate) if facts is SMALL else 7  # all that has room in memory
        assert len(left.frames) >= enough
        assert left[1:4] == whole[1:4]
        assert left.following == whole.following
    assert 0 < renewed < 80


@pytest.mark.parametrize(
    ("shown", "ahead"),
    [
        pytest.param({"a": (40,)}, ahead_of(40), id="it was sent elsewhere"),
        pytest.param({"a": (GPU_AHEAD,)}, ahead_of(GPU_AHEAD), id="it leaps over what is on the GPU"),
        pytest.param({"a": (1,)}, ahead_of(1, facts=SHORT), id="it will end sooner"),
        pytest.param({"a": (1, 9)}, ahead_of(1), id="two of its frames are shown"),
        pytest.param({}, ahead_of(1), id="it is shown no more"),
        pytest.param({"a": (1,)}, ahead_of(1, waits=True), id="it waits for its cue"),
        pytest.param({"a": (1,)}, ahead_of(1, media="b"), id="another film comes"),
    ],
)
def test_a_film_that_does_not_go_on_as_was_foreseen_is_worked_out_anew(shown, ahead):
    coming = worked_out({"a": 0}, (ahead_of(0),))
    assert gone_on(coming, {"a": (1,)}, (ahead_of(1),)) is not None
    assert gone_on(coming, shown, (ahead,)) is None


def test_a_film_that_is_too_slow_or_of_which_frames_are_passed_over_is_worked_out_anew_each_time():
    for lead in (Lead(each_s=0.1), Lead(upload_s=0.05), Lead(upload_s=0.2)):
        coming = worked_out({"a": 0}, (ahead_of(0),), lead=lead)
        for frame in (0, 1, 5):
            assert gone_on(coming, {"a": (frame,)}, (ahead_of(frame),)) is None


class Told:
    """Hears what the core says, and fills the slots that are free with what it wants, as the process does."""

    def __init__(self, process: ProcessByHand) -> None:
        self._process = process
        self._slots: dict[int, int] = {}
        self._wanted: tuple[int, ...] = ()
        self.wishes: list[Wishes] = []
        self.filled: list[int] = []

    def serve(self) -> None:
        for wishes in self._process.heard():
            self.wishes.append(wishes)
            self._slots = {slot: one for slot, one in self._slots.items() if slot not in {at for _, at in wishes.back}}
            self._note(*wishes.wanted)
        for frame in [one for one in self._wanted if one not in self._slots.values()]:
            free = [slot for slot in range(self._process.SLOTS) if slot not in self._slots]
            if not free:
                return
            self._slots[free[0]] = frame
            self._process.fill(frame, free[0])
            self.filled.append(frame)

    def _note(self, *wanted: WantedFrames) -> None:
        for one in wanted:
            self._wanted = one.frames


@pytest.mark.parametrize(("slots", "most_messages"), [(20, 45), (4, 110)])
def test_a_film_that_plays_is_asked_for_in_few_messages_and_no_frame_twice(
    walls, tmp_path, monkeypatch, slots, most_messages
):
    monkeypatch.setattr(ProcessByHand, "SLOTS", slots)
    stage = walls(film("a"))
    stage.draw({"a": 0}, ahead=(ahead_of(0),))
    process = ProcessByHand(tmp_path)
    stage.stack.callback(process.close)
    told = Told(process)
    stage.draw({"a": 0}, ahead=(ahead_of(0),))
    process.make_room()
    end_s = time.monotonic() + PATIENCE_S
    while stage.draw({"a": 0}, ahead=(ahead_of(0),)) != {"a": 0}:
        told.serve()
        assert time.monotonic() < end_s
    before, late = len(told.wishes), stage.late.total()
    for slot in range(250):
        frame = slot * 2 // 5
        assert stage.draw({"a": frame}, ahead=(ahead_of(frame),)) == {"a": frame}
        told.serve()
    assert stage.late.total() == late
    assert len(told.filled) == len(set(told.filled))
    assert len(told.wishes) - before <= most_messages


def test_a_process_that_dies_while_enough_lies_in_memory_is_soon_missed_and_its_successor_asked(walls, tmp_path):
    stage = walls(film("a"))
    with plates_process(tmp_path):
        end_s = time.monotonic() + PATIENCE_S
        while len(stage.edge.in_memory("a")) < 12:
            stage.draw({"a": 0}, ahead=(ahead_of(0),))
            assert time.monotonic() < end_s
            time.sleep(0.002)
    for frame in range(1, 4):  # what lies in memory is shown all the same
        stage.until({"a": frame}, ahead=(ahead_of(frame),))
    with plates_process(tmp_path):
        end_s = time.monotonic() + PATIENCE_S
        while not any(getattr(one, "code", "") == "plates_restarted" for one in stage.news):
            stage.draw({"a": 3}, ahead=(ahead_of(3),))
            assert time.monotonic() < end_s
            time.sleep(0.01)
        for frame in range(4, 40):
            stage.until({"a": frame}, ahead=(ahead_of(frame),))


@pytest.mark.parametrize("speed", [1.0, 0.5, 2.0])
def test_a_film_of_a_show_goes_on_as_was_foreseen_in_most_of_its_frames_also_round_its_loop(speed):
    show, shows = playing(film_stage(speed=speed)), ShownLayers()
    shown, coming, changes, renewed = None, {}, 0, 0
    for slot in range(1, 700):
        outcome = step(show, slot)
        frames, before = frames_shown(shows.of(outcome.plan)), shown
        shown = (frames, outcome.plates_ahead)
        if shown != before:
            on = gone_on(coming, frames, outcome.plates_ahead)
            coming = on or coming_frames(frames, outcome.plates_ahead, {FILM: known().facts}, PROMPT, {})
            changes, renewed = changes + 1, renewed + (on is None)
    assert changes > 100
    assert renewed < changes / 3
