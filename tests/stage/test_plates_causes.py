"""Why frames of films are late: each cause is told from the others, in virtual time."""

import itertools
import os
from contextlib import ExitStack

import msgspec
import pytest
from plates_core import SMALL, film

from render.worlds.shared.media import frame_bytes
from stage.plates.busy import Stood, worked_s
from stage.plates.causes import AFTER_S, GRAVEST_FIRST, Blame
from stage.plates.lateness import DrawnPlan, Lateness
from stage.plates.reception import Reception
from stage.plates.wire import Filled, FilmFailed, RoomChanged, RoomMade, Waits
from stage.run.shared_frames import WritableFrames, slot_bytes
from stage.show.frame.conditions import Cause
from stage.show.frame.plates import PlateShown
from stage.words.languages import LANGUAGES

FRAME_MS = 40.0
HEAVY = msgspec.structs.replace(SMALL, decode_ms=1e6)


@pytest.fixture
def reception(tmp_path):
    """Makes a film of these facts, which has memory, and of which these messages have come."""
    with ExitStack() as stack:

        def made(facts, messages):
            one, size = Reception(film("a", facts=facts)), slot_bytes(frame_bytes(SMALL))
            memory = WritableFrames(size, 2, tmp_path)
            stack.callback(memory.close)
            one.note_room(RoomMade(media="a", room=1, size=size, most=2, slots=2), os.dup(memory.descriptor))
            note = {Filled: one.note_filled, FilmFailed: one.note_failed, RoomChanged: one.note_change}
            for message in messages:
                note.get(type(message), one.note_waits)(message)
            return one

        yield made


def filled(frame, took_ms, waited_ms):
    return Filled(media="a", room=1, slot=0, frame=frame, took_ms=took_ms, waited_ms=waited_ms)


HAS_COME = filled(0, 1.0, 0.0)
FAILED = FilmFailed(media="a", cause=Cause(code="media_absent", values={}))
NO_ROOM = RoomChanged(media="a", slots=0, needs_mib=8.0, has_mib=1.0)
WAITS = Waits(media="a", frame=7, since_ms=300.0)


@pytest.mark.parametrize(
    ("facts", "messages", "decoder", "cause"),
    [
        (SMALL, [HAS_COME], None, "not_decoded"),
        (SMALL, [], None, "opening"),
        (SMALL, [], "decoder_stands", "opening"),
        (SMALL, [], "decoder_lost", "decoder_lost"),
        (HEAVY, [HAS_COME], None, "too_heavy"),
        (HEAVY, [filled(1, 5 * FRAME_MS, 1.0)], None, "too_heavy"),
        (HEAVY, [filled(1, 5 * FRAME_MS, 4 * FRAME_MS), WAITS], None, "too_heavy"),
        (SMALL, [HAS_COME, WAITS], None, "disk"),
        (SMALL, [filled(1, 2 * FRAME_MS, 1.5 * FRAME_MS)], None, "disk"),
        (SMALL, [filled(1, 2 * FRAME_MS, 0.5 * FRAME_MS)], None, "not_decoded"),
        (SMALL, [filled(1, 0.5 * FRAME_MS, 0.4 * FRAME_MS)], None, "not_decoded"),
        (SMALL, [HAS_COME, NO_ROOM], None, "no_room"),
        (SMALL, [HAS_COME, WAITS, FAILED], None, "failed"),
        (HEAVY, [HAS_COME, WAITS], "decoder_stands", "decoder_stands"),
    ],
)
def test_a_frame_is_late_of_what_is_gravest_of_what_goes_on(reception, facts, messages, decoder, cause):
    assert reception(facts, messages).why_late(7, decoder) == cause


def test_a_decoder_that_has_died_is_to_blame_until_the_next_one_has_read_a_frame(reception):
    one = reception(SMALL, [HAS_COME])
    one.lose_process()
    assert one.why_late(7, None) == "decoder_lost"
    one.note_filled(filled(1, 1.0, 0.0))
    assert one.why_late(7, None) == "not_decoded"


@pytest.mark.parametrize("before", ["disk", "decoder_lost", "decoder_stands", "seek", "opening"])
def test_what_has_just_been_is_to_blame_until_the_film_is_in_time_or_a_second_has_gone_by(before):
    blame = Blame()
    assert blame.of(before, 10.0) == before
    assert blame.of("not_decoded", 10.5) == before
    assert blame.of("failed", 10.5) == "failed"
    assert blame.of("not_uploaded", 10.0 + AFTER_S) == "not_uploaded"
    blame.of(before, 20.0)
    blame.is_over()
    assert blame.of("not_decoded", 20.1) == "not_decoded"


def test_a_stop_of_the_whole_process_is_told_from_a_thread_that_waits_for_a_processor():
    stood = Stood(0.1, now_s=5.0, busy_s=1.0)
    stood.note(5.1, 1.001)
    assert stood.so_far_s(5.2, 1.002) == 0.0
    assert stood.so_far_s(7.2, 1.002) == pytest.approx(2.1, abs=0.01)  # told by whoever runs first
    stood.note(7.2, 1.002)
    assert stood.so_far_s(7.25, 1.002) == pytest.approx(2.1, abs=0.01)
    stood.note(9.3, 3.1)  # nobody let it run
    assert stood.so_far_s(9.35, 3.1) == pytest.approx(2.1, abs=0.01)


def test_threads_that_end_take_no_work_with_them():
    assert worked_s({1: 5.0, 2: 90.0}, {1: 5.25, 3: 0.5}) == pytest.approx(0.75)


def test_films_of_a_set_are_late_of_the_one_that_is_worst_off():
    causes = {"a": "not_decoded", "b": "disk", "c": "disk"}
    layer, there = (("a", 4), ("b", 4), ("c", 4), ("d", 4)), {("d", 4)}
    lateness = Lateness()
    lateness.note_drawn(DrawnPlan(9, (layer,), there, (), is_late=True), lambda media, _: causes[media], 0.0)
    (told,) = lateness.reports()
    assert {one.media: one.cause for one in told.shown} == {"a": "set", "b": "disk", "c": "disk", "d": "set"}
    assert lateness.counts == {"disk": 1}
    assert told.shown[0] == PlateShown("a", 4, -1, "set")


def test_every_cause_has_its_words_in_every_language():
    for words, cause in itertools.product(LANGUAGES.values(), GRAVEST_FIRST):
        assert f"plate_{cause}" in words
