"""What the core makes of what it is told of films, whatever comes late, twice, spoilt or never; and what it says."""

from __future__ import annotations

import msgspec
import pytest
from plates_core import SMALL, PlatesCore, ProcessByHand, film

from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.plate.record import PlatePart, PlatePlan
from render.worlds.shared.media import frame_bytes, levels_from
from stage.plates.uploads import PIECE_BYTES, steps_of
from stage.plates.wanted import Coming, ShownLayers, layers_shown
from stage.plates.wire import FilmFailed, RoomMade, SlotBack
from stage.show.frame.conditions import Cause
from tests.building import stage, step


@pytest.fixture
def core(tmp_path):
    made = PlatesCore(tmp_path)
    made.want([film("a")], {"a": list(range(8))})
    yield made
    made.close()


@pytest.fixture
def process(core, tmp_path):
    made = ProcessByHand(tmp_path)
    made.make_room()
    listen(core)
    (first, *_) = made.heard()
    assert [one.media for one in first.films] == ["a"]
    made.heard()
    yield made
    made.close()


def listen(core, *frames, sent=False):
    """The core hears, wants these frames from then on if there are any, and says what is new."""
    core.receiving.hear()
    if frames or core.receiving.has_news:
        core.receiving.has_news = False
        wanted = Coming(frames or core.receiving.films["a"].wanted)
        core.receiving.want({"a": wanted}, ("a",), ("a",) if sent else ())
    core.receiving.ask()


def test_what_has_come_is_not_told_as_missing_no_more_before_its_memory_is_given_back(core, process):
    reception = core.receiving.films["a"]
    assert reception.asked.frames == (0, 1, 2, 3)
    for frame in range(3):
        process.fill(frame, frame)
        listen(core)
    assert sorted(reception.held) == [0, 1, 2]
    assert process.heard() == []
    core.step()  # all are read
    (wishes,) = process.heard()
    assert set(wishes.back) == {SlotBack(1, 0), SlotBack(1, 1), SlotBack(1, 2)}
    assert [(one.frames, one.after) for one in wishes.wanted] == [((3, 4, 5, 6), 3)]


def test_what_else_is_wanted_is_told_at_once_although_all_that_was_asked_for_has_come(core, process):
    for frame in range(4):
        process.fill(frame, frame)
    listen(core)
    listen(core, 20, 21)
    wishes = process.heard()[-1]
    assert [one.frames for one in wishes.wanted] == [(20, 21)]
    assert wishes.back == ()  # what was wanted a moment ago is better than what is older still
    listen(core, 30, 31, sent=True)
    assert len(process.heard()[-1].back) == 4


def test_a_frame_that_comes_twice_is_held_once_and_its_other_memory_given_back(core, process):
    process.fill(0, 0)
    process.fill(0, 3)
    listen(core)
    assert core.receiving.films["a"].held[0].back == SlotBack(1, 0)
    (wishes,) = process.heard()
    assert (wishes.back, wishes.wanted) == ((SlotBack(1, 3),), ())


def test_a_frame_that_comes_late_is_kept_for_want_of_a_better_one_and_not_where_the_film_has_gone(core, process):
    listen(core, 1, 2, 3)
    process.fill(0, 0)
    listen(core)
    assert 0 in core.receiving.films["a"].held
    listen(core, 50, sent=True)
    process.fill(1, 1)
    listen(core)
    assert not core.receiving.films["a"].held
    assert {back for one in process.heard() for back in one.back} == {SlotBack(1, 0), SlotBack(1, 1)}


def test_spoilt_messages_and_frames_in_memory_of_others_change_nothing(core, process):
    process.link._end.send(b"\xc1 nothing that was ever meant")
    process.fill(0, 0, room=7)
    process.fill(1, 1)
    listen(core)
    assert sorted(core.receiving.films["a"].held) == [1]
    (wishes,) = process.heard()
    assert wishes.back == (SlotBack(7, 0),)


@pytest.mark.parametrize("size", [64, 1 << 40])
def test_memory_that_is_too_small_for_a_frame_or_cannot_be_mapped_is_none(core, process, size):
    process.link.tell(RoomMade(media="a", room=2, size=size, most=4, slots=4), process.memory.descriptor)
    process.fill(0, 0, room=2)
    listen(core)
    assert not core.receiving.films["a"].held
    assert core.receiving.films["a"].too_little is not None
    assert process.heard()[-1].back == (SlotBack(2, 0),)


def test_a_frame_that_cannot_be_read_is_late_because_of_that_until_it_comes(core, process):
    reception = core.receiving.films["a"]
    process.link.tell(FilmFailed(media="a", cause=Cause(code="plate_unreadable"), frame=0))
    listen(core)
    assert reception.why_late(0, None) == "failed"
    process.fill(0, 0)
    listen(core)
    assert reception.failure is None
    assert reception.has(0)


def test_what_a_process_owes_that_has_died_is_asked_of_the_next_one(core, process, tmp_path):
    process.fill(0, 0)
    listen(core)
    process.link.close()
    listen(core)
    assert core.receiving.films["a"].why_late(1, core.receiving.decoder_trouble(0.0)) == "decoder_lost"
    successor = ProcessByHand(tmp_path)
    try:
        successor.make_room(room=2)
        listen(core)
        wanted = [one.frames for wishes in successor.heard() for one in wishes.wanted]
        assert wanted[-1] == (1, 2, 3)  # frame 0 came before
    finally:
        successor.close()


def test_layers_are_looked_up_only_where_films_show_something_else():
    plan = step(stage().show(), 0).plan
    shows = ShownLayers()

    def shown(number, **keys):
        light = PlatePlan(parts=(PlatePart(media="a", frame=number),), is_hidden=keys.pop("is_hidden", False))
        layers = (LayerPlan(light=light, **keys),)
        made = msgspec.structs.replace(plan, frame=number + 100, air=AirPlan(world=WorldPlan(key="w", layers=layers)))
        assert shows.of(made) == layers_shown(made)
        return shows.of(made)

    assert shown(5) == ((("a", 5),),)
    assert shown(5) is shown(5)
    assert shown(6) == ((("a", 6),),)
    assert shown(6, opacity=0.0) == ()
    assert shown(6) == ((("a", 6),),)
    assert shown(6, is_hidden=True) == ()


@pytest.mark.parametrize("first", [0, 1, 3, 40])
@pytest.mark.parametrize("columns", [1, 64, 1920, 200_000])
def test_the_steps_of_a_frame_are_all_its_rows_once_and_none_is_larger_than_a_piece_or_a_row(columns, first):
    facts = msgspec.structs.replace(SMALL, columns=columns, rows=7 if columns > 4096 else 1080, bits=10)
    steps = steps_of(facts, first)
    written = [piece for pieces in steps for piece in pieces]
    for level in levels_from(facts, first):
        rows = [piece for piece in written if piece.level == level]
        row_bytes = level.columns * level.texel_bytes
        assert rows[0].first == level.offset
        assert [one.last for one in rows] == [*(one.first for one in rows[1:]), level.offset + level.bytes]
        assert all(one.first == level.offset + one.top * row_bytes for one in rows)
    assert {piece.level for piece in written} == set(levels_from(facts, first))
    assert max(piece.last for piece in written) <= frame_bytes(facts)
    for pieces in steps:
        assert len(pieces) == 1 or sum(one.last - one.first for one in pieces) <= PIECE_BYTES
        rows = [max(PIECE_BYTES, one.level.columns * one.level.texel_bytes) for one in pieces]
        assert all(one.last - one.first <= most for one, most in zip(pieces, rows, strict=True))
