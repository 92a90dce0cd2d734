"""The core's end of films: frames go from the process to the GPU in time, and what is late is counted with its cause."""

from __future__ import annotations

import collections
import os
import signal
import time

import msgspec
import pytest
from plates_core import PATIENCE_S, SMALL, ProcessByHand, film, plates_process
from plates_walls import walls_in

from render.worlds.shared.media import frame_bytes
from stage.plates.uploads import PIECE_BYTES, steps_of
from stage.plates.wanted import GPU_AHEAD, Lead, coming_frames, in_reading_order
from stage.plates.wire import SlotBack
from stage.show.frame.outcome import FilmAhead
from stage.show.frame.plates import PlateShown

LARGE = msgspec.structs.replace(SMALL, columns=1280, rows=720)


@pytest.fixture
def walls(context, tmp_path):
    with walls_in(context, tmp_path) as opened:
        yield opened


def test_a_film_that_plays_has_every_frame_in_its_frame(walls, tmp_path):
    stage = walls(film("a"))
    with plates_process(tmp_path):
        stage.until({"a": 0})
        late = stage.late.total()
        for frame in range(100):
            end_s = time.monotonic() + PATIENCE_S
            while ("a", frame + 1) not in stage.textures:  # it is read and uploaded before it is due
                assert time.monotonic() < end_s
                assert stage.draw({"a": frame}) == {"a": frame}
                time.sleep(0.001)
        assert stage.late.total() == late
    assert len(stage.woken) == 1


def test_a_film_that_is_too_heavy_waits_for_room_while_slots_are_lost_and_comes_at_last(walls, tmp_path):
    stage = walls(film("a", facts=msgspec.structs.replace(LARGE, decode_ms=1e6)))
    with plates_process(tmp_path):
        stands, pieces = (FilmAhead(media="a", file="a", frames=(0,)),), frame_bytes(LARGE) / PIECE_BYTES
        slots, end_s = 0, time.monotonic() + PATIENCE_S
        while stage.draw({"a": 0}, left_ns=0, ahead=stands) != {"a": 0}:
            slots += stage.textures.in_use_mib > 0.0  # it is on its way
            stage.lost = slots
            assert time.monotonic() < end_s
            time.sleep(0.002)
        assert slots > 2 * pieces


def test_graphics_memory_holds_what_is_shown_and_what_comes_next_and_no_more(walls, tmp_path):
    stage = walls(film("a"))
    with plates_process(tmp_path):
        for frame in range(0, 60, 3):
            stage.until({"a": frame})
            assert len(stage.textures.numbers("a")) <= GPU_AHEAD + 2
    assert stage.textures.in_use_mib < (GPU_AHEAD + 3) * frame_bytes(SMALL) / (1 << 20)


def test_films_of_a_set_change_in_the_same_frame_or_none_does(walls, tmp_path):
    stage = walls(film("a"), film("b", "slow=0.05"))
    with plates_process(tmp_path):
        stage.until({"a": 0, "b": 0})
        for frame in range(1, 12):
            for _ in range(3):
                drawn = stage.draw({"a": frame, "b": frame})
                assert drawn["a"] == drawn["b"]
                time.sleep(0.004)
        assert stage.late.total() > 0


def test_films_of_a_set_that_are_read_slower_than_they_play_still_change_now_and_then(walls, tmp_path):
    stage = walls(film("a", "slow=0.11"), film("b", "slow=0.14"))
    with plates_process(tmp_path):
        stage.until({"a": 0, "b": 0})
        begun_s, seen = time.monotonic(), set()
        while time.monotonic() - begun_s < 3.0:
            frame = int((time.monotonic() - begun_s) * 25)
            ahead = tuple(FilmAhead(media=media, file=media, frames=tuple(range(frame, frame + 24))) for media in "ab")
            drawn = stage.draw({"a": frame, "b": frame}, ahead=ahead)
            assert drawn["a"] == drawn["b"]
            seen.add(drawn["a"])
            time.sleep(0.004)
    assert len(seen) >= 7  # each for itself, they meet in three to six


def test_a_film_that_stands_asks_for_nothing_and_is_there_at_once_for_what_comes_then(walls, tmp_path):
    stage, ahead = walls(film("a")), (FilmAhead(media="a", file="a", frames=(1, 2, 3, 4, 5, 6)),)
    stage.draw({"a": 0}, ahead=ahead)
    process = ProcessByHand(tmp_path)
    stage.stack.callback(process.close)
    stage.draw({"a": 0}, ahead=ahead)
    process.make_room()
    stage.draw({"a": 0}, ahead=ahead)
    for frame in range(3):
        process.fill(frame, frame)
    assert [stage.draw({"a": 0}, ahead=ahead) for _ in range(3)][-1] == {"a": 0}
    process.heard()
    late = stage.late.total()
    for _ in range(10):
        assert stage.draw({"a": 0}, ahead=ahead) == {"a": 0}
    assert process.heard() == []
    process.fill(3, 3)
    stage.draw({"a": 0}, ahead=ahead)
    assert ("a", 3) in stage.textures
    assert [one.back for one in process.heard()] == [(SlotBack(1, 3),)]
    assert stage.late.total() == late
    process.link.close()
    stage.draw({"a": 0}, ahead=ahead)
    assert stage.draw({"a": 9}, ahead=ahead) == {"a": 3}
    assert stage.late["decoder_lost"] == 1


def test_what_is_ahead_is_on_the_gpu_before_it_is_shown(walls, tmp_path):
    stage = walls(film("a"), film("b"))
    with plates_process(tmp_path):
        ahead = (
            FilmAhead(media="a", file="a", frames=(1, 2, 3)),
            FilmAhead(media="b", file="b", frames=(5000, 5001), waits=True),
        )
        stage.until({"a": 0}, ahead=ahead)
        end_s = time.monotonic() + PATIENCE_S
        while ("b", 5000) not in stage.textures:
            assert time.monotonic() < end_s
            stage.draw({"a": 0}, ahead=ahead)
        assert stage.draw({"b": 5000}) == {"b": 5000}


def test_a_film_that_is_sent_elsewhere_goes_up_whole_before_it_is_drawn_in_frames_that_leave_no_time(walls, tmp_path):
    stage = walls(film("a", facts=LARGE))
    with plates_process(tmp_path):
        stage.until({"a": 0}, left_ns=0, ahead=(FilmAhead(media="a", file="a", frames=(0,)),))
        elsewhere = (FilmAhead(media="a", file="a", frames=(5000,)),)
        stage.draw({"a": 5000}, left_ns=0, ahead=elsewhere)
        time.sleep(0.2)  # it is read meanwhile
        drawn = 1
        while stage.draw({"a": 5000}, left_ns=0, ahead=elsewhere) != {"a": 5000}:
            drawn += 1
            assert drawn < 60
    assert drawn <= 3  # it has six pieces: the fastest machine needs one frame for them, the slowest three


def test_a_film_that_has_left_the_walls_plays_when_it_comes_again(walls, tmp_path):
    stage = walls(film("a"))
    with plates_process(tmp_path):
        for frame in (0, 5):
            stage.until({"a": frame})
            stage.draw({})


def test_what_was_on_its_way_does_not_hold_up_a_film_that_is_sent_elsewhere(walls, tmp_path):
    stage = walls(film("a", "slow=0.03", facts=msgspec.structs.replace(SMALL, columns=3840, rows=2160)), mib=256.0)
    ahead = (FilmAhead(media="a", file="a", frames=tuple(range(12))),)
    with plates_process(tmp_path, 512.0):
        stage.until({"a": 0}, ahead=ahead)
        end_s = time.monotonic() + PATIENCE_S
        while not stage.edge.in_memory("a"):  # more than one piece of it is left after a frame without time
            assert time.monotonic() < end_s
            stage.draw({"a": 0}, left_ns=0, ahead=ahead)
        stage.draw({"a": 1}, left_ns=0, ahead=ahead)
        before = set(stage.textures.numbers("a"))
        stage.until({"a": 5000})
        assert set(stage.textures.numbers("a")) <= before | {5000}


def test_the_next_frame_is_uploaded_before_it_is_late_in_frames_that_leave_no_time(walls, tmp_path):
    larger = msgspec.structs.replace(SMALL, columns=3072, rows=1728, rate=(4, 1))  # none uploads two of them in a slot
    stage, number = walls(film("a", facts=larger), mib=256.0), 0
    with plates_process(tmp_path, 256.0):
        stage.until({"a": 0}, left_ns=0, ahead=(FilmAhead(media="a", file="a", frames=tuple(range(8))),))
        late = stage.late.total()
        for number in range(1, 6):
            ahead = (FilmAhead(media="a", file="a", frames=tuple(range(number - 1, number + 7))),)
            slots, end_s = 0, time.monotonic() + PATIENCE_S
            while ("a", number) not in stage.textures:
                assert time.monotonic() < end_s
                slots += number in stage.edge.in_memory("a")
                assert stage.draw({"a": number - 1}, left_ns=0, ahead=ahead) == {"a": number - 1}
                time.sleep(0.002)
            assert ("a", number + 1) not in stage.textures  # that can wait for a frame that leaves time
            assert slots <= len(steps_of(larger))
    assert stage.late.total() == late


def test_a_film_that_is_read_as_fast_as_it_plays_is_read_in_order_and_a_slower_one_in_strides():
    def order(each_s):
        coming = coming_frames({"a": (10,)}, (), {"a": SMALL}, Lead(each_s=each_s), {})["a"]
        return in_reading_order(coming.frames, coming.stride)[:6]

    assert order(0.042) == (10, 11, 12, 13, 14, 15)  # at 25 a second
    assert order(0.06) == (10, 12, 14, 16, 11, 13)


def test_a_killed_decoder_is_counted_told_and_followed_by_the_next(walls, tmp_path):
    stage = walls(film("a"))
    with plates_process(tmp_path) as process:
        stage.until({"a": 0})
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    for frame in range(1, 80):
        drawn = stage.draw({"a": frame})
    assert 0 <= drawn["a"] < 79  # the newest that had been read is held
    assert stage.late["decoder_lost"] > 0
    with plates_process(tmp_path):
        stage.until({"a": 80})
    assert [one.code for one in stage.news if getattr(one, "code", "")] == ["plates_restarted"]


def test_a_decoder_that_is_stopped_is_counted_as_one_that_stands_still_and_not_as_a_slow_disk(walls, tmp_path):
    stage = walls(film("a", "slow=0.01,busy=0.005"))

    def plays(seconds, begun_s):
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            frame = int((time.monotonic() - begun_s) * 25)
            ahead = (FilmAhead(media="a", file="a", frames=tuple(range(frame, frame + 24))),)
            stage.draw({"a": frame}, ahead=ahead)
            time.sleep(0.008)

    with plates_process(tmp_path) as process:
        stage.until({"a": 0})
        begun_s = time.monotonic()
        plays(1.0, begun_s)
        before = dict(stage.late)
        os.kill(process.pid, signal.SIGSTOP)
        plays(2.0, begun_s)
        os.kill(process.pid, signal.SIGCONT)
        plays(1.0, begun_s)
        late = stage.late - collections.Counter(before)
    assert late["decoder_stands"] > 20
    assert late["decoder_stands"] > late["disk"]
    assert not late.keys() & {"opening", "decoder_lost"}


def test_a_film_that_is_sent_elsewhere_is_late_because_of_that(walls, tmp_path):
    stage = walls(film("a", "slow=0.01"))
    with plates_process(tmp_path):
        stage.until({"a": 0})
        before = dict(stage.late)
        stage.until({"a": 5000})
    assert (stage.late - collections.Counter(before))["seek"] > 0


def test_what_differs_from_the_plan_is_observed_with_its_cause_and_the_rest_once_a_second(walls, tmp_path):
    stage = walls(film("a", "broken=3"))
    with plates_process(tmp_path):
        stage.until({"a": 2})
        stage.until_seen(PlateShown("a", 2, 2, ""), {"a": 2})
        stage.until_seen(PlateShown("a", 3, 2, "failed"), {"a": 3})


def test_a_film_without_room_in_graphics_memory_is_told_and_the_loop_goes_on(walls, tmp_path):
    stage = walls(film("a", facts=LARGE), film("b"), mib=1.0)
    with plates_process(tmp_path):
        end_s = time.monotonic() + PATIENCE_S
        while not any(one.code == "plate_no_gpu_room" for one in stage.edge.conditions().values()):
            assert time.monotonic() < end_s
            stage.draw({"a": 0})
        stage.until({"b": 0})
        assert not stage.edge.conditions()


def test_storage_of_a_film_is_made_beside_the_loop_before_its_first_frame_is_shown(walls, tmp_path):
    stage = walls(film("a", facts=LARGE))
    assert stage.textures.storages.make_beside()
    stage.stack.callback(stage.textures.storages.close)
    asked = []
    made = stage.textures.storages.make
    stage.textures.storages.make = lambda shape: asked.append(stage.number) or made(shape)
    with plates_process(tmp_path):
        for frame in range(12):
            stage.until({"a": frame})
    assert asked == [1] * len(asked)  # all in the first frame that wants the film; later ones use it again
    assert len(asked) == GPU_AHEAD + 3
