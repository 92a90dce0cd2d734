"""Films in the fold: how they play, are sent to places, begin with takes, change together, and come back the same."""

from __future__ import annotations

import msgspec
import pytest

from stage.show.frame.inputs import Cause, LibraryFile, LibraryListed, TakeReport
from stage.show.frame.outcome import Outcome
from stage.show.frame.plates import MediaFailed, PlateShown, PlatesShown
from stage.show.frame.requests import LookRequest, UndoRequest
from stage.show.state import decode_state, encode_state
from tests.building import UNNAMED, codes, digest, inputs_at, set_to, start_take, step, stop_take, value_of
from tests.fold.show.cue_stage import cue, fields
from tests.fold.show.library_events import file, names
from tests.fold.show.plate_stage import (
    FILM,
    PLAY,
    POSITION,
    SPEED,
    film_stage,
    frame_of,
    known,
    parts_of,
    plan_of,
    playing,
    valley,
)

ACTIVE = "/world/active"


def test_a_film_is_black_and_its_world_waits_until_it_is_known() -> None:
    show = film_stage().show()
    unknown = step(show, 0)
    assert (parts_of(unknown)[0].media, unknown.plan.air.is_ready()) == ("", False)
    step(show, 1, set_to(ACTIVE, "valley"), observations=[valley()])
    assert step(show, 2, set_to(ACTIVE, "street")).air.on_air == "valley"
    first = step(show, 3, observations=[known()])
    assert (first.air.on_air, parts_of(first)[0].media) == ("street", FILM)


def test_a_film_that_cannot_be_played_is_given_up_and_named() -> None:
    show = film_stage().show()
    step(show, 0, set_to(ACTIVE, "valley"), observations=[valley()])
    step(show, 1, set_to(ACTIVE, "street"))
    failed = MediaFailed(file="street.mov", cause=Cause(code="media_without_film"))
    outcome = step(show, 2, observations=[failed])
    assert (outcome.air.target, outcome.air.on_air) == ("valley", "valley")
    assert "world_unreadable" in codes(outcome)


def test_a_film_runs_on_show_time_and_skipped_frames_leave_no_trace() -> None:
    steady, skipping = playing(film_stage()), playing(film_stage())
    seen = [frame_of(step(steady, frame)) for frame in range(1, 601)]
    assert seen == [frame * 25 // 60 % 250 for frame in range(1, 601)]
    assert frame_of(step(skipping, 600)) == seen[-1]
    assert frame_of(step(skipping, 60 * 86_400 * 7)) == 0


def test_a_film_that_is_sent_to_a_place_is_there_in_that_frame_also_the_second_time() -> None:
    show = playing(film_stage())
    assert frame_of(step(show, 20, set_to(POSITION, 4.0))) == 100
    assert frame_of(step(show, 32)) == 105
    assert frame_of(step(show, 33, set_to(POSITION, 4.0))) == 100
    assert frame_of(step(show, 36, {POSITION: 4.0, SPEED: 2.0})) == 100
    assert frame_of(step(show, 60)) == 120


def test_speed_pause_and_frozen_time_keep_the_place() -> None:
    show = playing(film_stage())
    assert frame_of(step(show, 60, set_to(SPEED, 0.5))) == 25
    assert frame_of(step(show, 120, set_to(PLAY, value=False))) == 37
    assert frame_of(step(show, 999, set_to(PLAY, value=True))) == 37
    assert frame_of(step(show, 1059, set_to("/world/freeze_time", value=True))) == 50
    assert frame_of(step(show, 2000, set_to("/world/freeze_time", value=False))) == 50
    assert frame_of(step(show, 2060)) == 62


def test_in_and_out_and_the_end_are_kept() -> None:
    show = playing(film_stage(in_s=2.0, out_s=4.0, end="hide"))
    seen = {frame: plan_of(step(show, frame)) for frame in (1, 119, 120)}
    assert [(plan.parts[0].frame, plan.is_hidden) for plan in seen.values()] == [(50, False), (99, False), (99, True)]
    held = step(show, 121, {"/layer/street/end": "hold", "/layer/street/in_s": 1.0})
    assert (frame_of(held), plan_of(held).is_hidden) == (99, False)
    assert frame_of(step(show, 122, {"/layer/street/in_s": 4.0, "/layer/street/out_s": 0.0})) == 100


def test_a_loop_dissolves_and_its_crop_and_colour_are_in_the_plan() -> None:
    show = playing(film_stage(loop_frames=5.0, crop_left=0.1, matrix="bt2020", range="full"))
    part = parts_of(step(show, 60 * 10 - 12))[0]
    assert (part.frame, part.coming, part.share) == (245, 0, pytest.approx(1 / 6))
    assert (part.matrix, part.full_range, part.colour_space) == ("bt2020", True, "rec709")
    assert part.crop == (0.1, 0.0, 0.0, 0.0)


def test_undo_sends_a_film_back_to_where_it_was_and_it_goes_on_from_there() -> None:
    show = playing(film_stage())
    step(show, 60, set_to(POSITION, 8.0))
    undo = UndoRequest(id=UNNAMED, action="undo")
    assert frame_of(step(show, 70, undo)) == 25
    assert frame_of(step(show, 82)) == 30
    assert frame_of(step(show, 83, UndoRequest(id=UNNAMED, action="redo"))) == 200


def test_a_cue_sends_a_film_each_time_it_is_played_and_back_returns() -> None:
    show = playing(film_stage())
    step(show, 1, cue("add", cues=(fields(1, {POSITION: 4.0}), fields(2, {POSITION: 4.0}))))
    waiting = [one for one in step(show, 30).plates_ahead if one.waits]
    assert [one.frames[:2] for one in waiting] == [(100, 101)]
    assert frame_of(step(show, 60, cue("go"))) == 100
    assert frame_of(step(show, 90)) == 112
    assert frame_of(step(show, 120, cue("go"))) == 100
    assert frame_of(step(show, 150, cue("back"))) == 125


def test_a_delayed_cue_that_was_due_in_a_skipped_frame_sends_its_film_as_of_that_frame() -> None:
    show = playing(film_stage())
    step(show, 1, cue("add", cues=(fields(1, {POSITION: 4.0}, delay_s=1.0),)))
    step(show, 2, cue("go"))
    assert frame_of(step(show, 122)) == 100 + 25


def test_looks_hold_how_fast_a_film_runs_but_never_where_it_is() -> None:
    show = playing(film_stage())
    step(show, 1, {POSITION: 4.0, SPEED: 2.0})
    step(show, 2, LookRequest(id=UNNAMED, action="save", name="fast"))
    held = show.state.looks.looks["fast"].look.values if "fast" in show.state.looks.looks else {}
    assert held[SPEED] == 2.0
    assert POSITION not in held
    before = frame_of(step(show, 30, set_to(SPEED, 1.0)))
    after = step(show, 31, LookRequest(id=UNNAMED, action="recall", name="fast"))
    assert frame_of(after) - before in (0, 1)
    assert value_of(show, SPEED) == 2.0


def test_a_film_that_starts_with_takes_begins_with_the_first_recorded_frame_of_each() -> None:
    show = playing(film_stage(start="take", in_s=1.0, offset_s=0.5))
    assert frame_of(step(show, 100)) == 25
    step(show, 101, start_take("one"))
    shown = [step(show, frame) for frame in range(102, 200)]
    assert show.state.take.first_frame == 102
    assert [frame_of(one) for one in shown] == [25 + max(0, frame - 30) * 25 // 60 for frame in range(98)]
    late = TakeReport(name="one", state="recording", count=1, frame=150)
    assert frame_of(step(show, 200, observations=[late])) == 25 + 20 * 25 // 60
    step(show, 300, stop_take())
    step(show, 301, start_take("two"))
    assert frame_of(step(show, 302)) == 25
    assert frame_of(step(show, 302 + 90)) == 25 + 25


def test_all_films_of_a_set_change_in_the_same_frame_and_none_is_shown_before_all_are_known() -> None:
    rig = film_stage(rig=("left.mov", "right.mov"))
    show = rig.show()
    assert {part.media for part in parts_of(step(show, 0, observations=[known("left.mov")]))} == {""}
    both = step(show, 1, observations=[known("right.mov", "cd" * 32, frames=100)])
    assert [part.media for part in parts_of(both)] == [FILM, "cd" * 32]
    assert [part.place.turn_deg for part in parts_of(both)] == [0.0, 60.0]
    for frame in range(2, 400):
        numbers = {part.frame for part in parts_of(step(show, frame))}
        assert numbers == {frame * 25 // 60 % 100}


def test_films_of_a_set_with_other_rates_are_refused_with_the_reason() -> None:
    show = film_stage(rig=("left.mov", "right.mov")).show()
    outcome = step(show, 0, observations=[known("left.mov"), known("right.mov", "cd" * 32, rate=(24, 1))])
    assert not outcome.plan.air.is_ready()
    (finding,) = [one for one in outcome.health if one.code == "world_unreadable"]
    assert (finding.values["why"], finding.values["file"]) == ("plate_rates_differ", "right.mov")


def test_new_content_of_a_film_on_the_walls_waits_until_its_world_is_asked_for() -> None:
    show = playing(film_stage())
    newer = known(identity="cd" * 32, version="2")
    assert parts_of(step(show, 1, observations=[newer]))[0].media == FILM
    assert (
        parts_of(step(show, 2, observations=[MediaFailed(file="street.mov", cause=Cause(code="x"))]))[0].media == FILM
    )
    assert parts_of(step(show, 3, set_to(ACTIVE, "street")))[0].media == "cd" * 32
    step(show, 4, set_to(ACTIVE, "valley"))
    step(show, 5, observations=[known(identity="ef" * 32)])
    assert parts_of(step(show, 6, set_to(ACTIVE, "street")))[0].media == "ef" * 32


def test_new_content_of_a_film_comes_by_itself_where_it_is_to_follow_but_never_in_a_take_or_after_it() -> None:
    built = film_stage()
    library = msgspec.structs.replace(built.config.library, follow=True)
    show = playing(built._replace(config=msgspec.structs.replace(built.config, library=library)))
    assert parts_of(step(show, 1, observations=[known(identity="cd" * 32)]))[0].media == "cd" * 32
    step(show, 2, start_take("one"))
    written = TakeReport(name="one", state="recording", count=1, frame=2)
    step(show, 3, observations=[written, known(identity="ef" * 32)])
    step(show, 4, stop_take())
    assert parts_of(step(show, 9))[0].media == "cd" * 32
    assert parts_of(step(show, 10, set_to(ACTIVE, "street")))[0].media == "ef" * 32


def test_a_film_in_the_librarys_folder_is_a_world_with_values_that_come_and_go_with_it() -> None:
    show = playing(film_stage())
    folder = LibraryFile(file="library/frames", stem="frames", version="1")
    step(show, 1, observations=[LibraryListed(files=(file("drive.mov"), folder))])
    step(show, 2)
    assert names(show) == ("drive", "frames")
    assert value_of(show, "/layer/drive/play") is True
    step(show, 3, set_to("/layer/drive/speed", 2.0), observations=[known("library/drive.mov", "cd" * 32)])
    assert frame_of(step(show, 4, {ACTIVE: "drive", "/layer/drive/position_s": 1.0})) == 25
    renamed = LibraryListed(files=(file("road.mov", was="library/drive.mov"),))
    assert parts_of(step(show, 5, observations=[renamed]))[0].media == "cd" * 32
    restored = film_stage().show(decode_state(encode_state(show.snapshot())))
    assert frame_of(step(restored, 34)) == frame_of(step(show, 34)) == 50


def test_late_frames_are_told_and_change_no_plan() -> None:
    plain, late = playing(film_stage()), playing(film_stage())
    told = PlatesShown(
        frame=1, shown=(PlateShown(FILM, 3, 2, "disk"), PlateShown(FILM, 3, 3), PlateShown(FILM, 4, 2, "?"))
    )
    outcome = step(late, 2, observations=[told])
    assert outcome.plan == step(plain, 2).plan
    (finding,) = [one for one in outcome.health if one.code == "plate_late"]
    assert finding.values["count"] == 2
    assert late.state.plates.late[FILM].counts == {"disk": 1, "other": 1}
    assert "plate_late" not in codes(step(late, 600))


def test_what_plays_is_read_ahead_round_its_loop_and_what_comes_from_where_it_begins() -> None:
    show = playing(film_stage())
    (ahead,) = step(show, 60 * 10 - 3).plates_ahead
    assert ahead.frames[:4] == (248, 249, 0, 1)
    step(show, 600, set_to(ACTIVE, "valley"))
    step(show, 601, cue("add", cues=(fields(1, {ACTIVE: "street"}),)))
    coming = step(show, 660).plates_ahead
    assert [(one.waits, one.frames[0], len(one.frames)) for one in coming] == [(True, 25, 12)]


@pytest.mark.parametrize(
    ("rate", "hz", "speed"),
    [((60, 1), 24, 1.0), ((50, 1), 24, 1.0), ((60, 1), 50, 1.0), ((25, 1), 60, 4.0), ((24000, 1001), 24, 2.5)],
)
def test_of_a_film_with_more_frames_than_slots_those_are_read_ahead_that_are_shown(rate, hz, speed) -> None:
    """Which are left out changes with where it is in its cadence: the next slots show what was read, and no other."""
    show = playing(film_stage(hz=hz, speed=speed), known(rate=rate))
    seen = [step(show, slot) for slot in range(1, 300)]
    for at, outcome in enumerate(seen[:-8]):
        shown = dict.fromkeys(frame_of(one) for one in seen[at : at + 8])
        assert outcome.plates_ahead[0].frames[: len(shown)] == tuple(shown)


def test_a_take_of_films_replays_to_the_same_outcomes_from_any_snapshot() -> None:
    events = {
        3: [set_to(POSITION, 4.0)],
        20: [set_to(SPEED, 0.37), start_take("t")],
        40: [set_to(PLAY, value=False)],
        55: [set_to(PLAY, value=True), set_to("/layer/street/loop_frames", 12.0)],
        70: [set_to(ACTIVE, "valley", fade_s=0.5), set_to(POSITION, 9.9)],
        90: [set_to(ACTIVE, "street", fade_s=0.5)],
    }
    frames = [
        inputs_at(frame, *events.get(frame, ()), observations=[known(), valley()] if frame == 0 else ())
        for frame in range(140)
    ]
    show = film_stage().show()
    straight = [digest(show.step(one)) for one in frames]
    for at in (1, 4, 21, 56, 91):
        begun = film_stage().show()
        before = [digest(begun.step(one)) for one in frames[:at]]
        resumed = film_stage().show(decode_state(encode_state(begun.snapshot())))
        assert before + [digest(resumed.step(one)) for one in frames[at:]] == straight


def test_a_plan_of_films_is_read_back_as_it_was() -> None:
    outcome: Outcome = step(playing(film_stage(loop_frames=9.0, crop_top=0.2)), 597)
    encoded = msgspec.msgpack.encode(outcome.plan)
    assert msgspec.msgpack.decode(encoded, type=type(outcome.plan)) == outcome.plan
