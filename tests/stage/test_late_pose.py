"""Late pose in the fold: what is drawn when, how wide, and that a snapshot knows all of it."""

import math
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tooled_stage import CALIBRATION, CONFIG, PERIOD_NS, inputs_at, new_show, ready, step, view_of

from render.plan.frame import refuse_impossible
from stage.show.frame.inputs import Presented
from stage.show.plan.reprojection import MODES, covers
from stage.show.plan.tile_governor import CALM_FRAMES, LEAST_PATIENCE, MOST_TILES, DrawLoad, note_presented
from stage.show.show import Show
from stage.show.state import decode_state, encode_state
from stage.takes.digest import digest_of, encode_plan

LASTING = {"2": 2, "3": 3, "4": 4, "6": 6, "8": 8}


def run(show, first, count, **first_settings):
    """Plans of an orbiting camera."""
    settings = {"camera__A__source": "orbit", "camera__B__source": "orbit", **first_settings}
    plans = [step(show, first, ready(), **settings)]
    return plans + [step(show, frame) for frame in range(first + 1, first + count)]


@pytest.mark.parametrize("mode", sorted(LASTING))
def test_a_picture_lasts_as_many_frames_as_asked_and_the_pose_stays_new(mode):
    plans = run(new_show(), 0, 41, camera__A__late_pose=mode)
    views = [view_of(plan) for plan in plans]
    assert [view.picture.frame for view in views] == [frame - frame % LASTING[mode] for frame in range(41)]
    newest = [view_of(plan) for plan in run(new_show(), 0, 41)]
    assert [(view.eye_m, view.ahead, view.view) for view in views] == [
        (view.eye_m, view.ahead, view.view) for view in newest
    ]
    for plan, view in zip(plans, views, strict=True):
        assert covers(view.picture, view)
        refuse_impossible(plan, 8192)


@pytest.mark.parametrize("tiles", [2, 4, 8])
def test_tiles_are_drawn_in_turn_and_shown_with_the_last(tiles):
    views = [view_of(plan) for plan in run(new_show(), 0, 60, camera__A__late_pose=f"tiles_{tiles}")]
    begun = next(number for number, view in enumerate(views) if view.picture is not None)
    assert begun <= tiles
    views = views[begun:]
    for before, now in pairwise(views):
        assert now.picture.frame <= before.picture.frame + tiles
        if now.coming is not None and now.coming.part:
            assert now.coming.picture == before.coming.picture
            assert now.coming.part == before.coming.part + 1
            assert now.picture == before.picture
        if before.coming is not None and before.coming.part == tiles - 2:
            assert (now.picture, now.coming) == (before.coming.picture, None)
    ages = [frame - view.picture.frame for frame, view in enumerate(views, start=begun)][2 * tiles :]
    assert (min(ages), max(ages)) == (tiles - 1, 2 * tiles - 2)


def test_off_adds_nothing_to_plan_or_state():
    show = new_show()
    plans = run(show, 0, 5, camera__B__late_pose="off")
    assert all(view.picture is None and view.coming is None for plan in plans for view in plan.inners)
    assert b"picture" not in encode_plan(plans[-1])
    assert not show.state.late_pose.pictures


def test_held_stands_still_between_drawings_for_comparison():
    views = [view_of(plan) for plan in run(new_show(), 0, 12, camera__A__late_pose="held_4")]
    newest = [view_of(plan) for plan in run(new_show(), 0, 12)]
    for frame, view in enumerate(views):
        assert (view.eye_m, view.ahead) == (newest[frame - frame % 4].eye_m, newest[frame - frame % 4].ahead)
        assert view.light_ns == newest[frame].light_ns


def test_the_configuration_may_choose_it():
    assert view_of(step(new_show(), 0), "B").picture is not None


def drawn_at(plan):
    """The frame whose drawing camera A looks into."""
    picture = view_of(plan).picture
    return plan.frame if picture is None else picture.frame


def test_a_jump_is_drawn_at_once():
    show = new_show()
    settings = {"camera__A__source": "manual", "camera__A__late_pose": "8"}
    step(show, 0, ready(), **settings)
    assert drawn_at(step(show, 1)) == 0
    assert drawn_at(step(show, 2, camera__A__manual__pan_deg=40.0)) == 2
    assert drawn_at(step(show, 3, camera__A__focal_length_mm=14.0)) == 3
    assert drawn_at(step(show, 4, ready("cd" * 32))) == 4
    for frame in range(5, 60):
        step(show, frame)
    assert drawn_at(step(show, 60)) > 60 - 8
    assert len({drawn_at(step(show, frame)) for frame in range(61, 77)}) <= 3


def test_a_turning_camera_gets_wider_pictures_and_a_still_one_hardly():
    def growth(pan_step_deg):
        show = new_show()
        step(show, 0, ready(), camera__A__source="manual", camera__A__late_pose="4")
        for frame in range(1, 31):
            view = view_of(step(show, frame, camera__A__manual__pan_deg=pan_step_deg * frame))
        return math.degrees(math.atan(view.picture.drawn.right) - math.atan(view.drawn.right))

    still, slow, fast = growth(0.0), growth(0.2), growth(1.0)
    assert 0.0 < still < 0.5
    assert still < slow < fast
    assert slow > 3 * 0.2
    assert fast > 3 * 1.0


@pytest.mark.parametrize("pan_step_deg", [0.5, 3.0, 6.0, 12.0])
@pytest.mark.parametrize("focal_length_mm", [8.0, 24.0, 85.0])
@pytest.mark.parametrize("mode", ["2", "4", "8", "tiles_4"])
def test_late_pose_never_draws_more_than_every_frame_would(mode, focal_length_mm, pan_step_deg):
    show = new_show()
    chosen = {"camera__A__late_pose": mode, "camera__A__focal_length_mm": focal_length_mm}
    step(show, 0, ready(), camera__A__source="manual", **chosen)
    drawn = wanted = 0
    before = None
    for frame in range(1, 61):
        view = view_of(step(show, frame, camera__A__manual__pan_deg=pan_step_deg * frame % 360.0))
        own = view.size_px[0] * view.size_px[1]
        wanted += own
        parts = 0 if view.coming is None else view.coming.picture.size_px[0] * view.coming.picture.size_px[1] / 4
        fresh = (
            0 if view.picture is None or view.picture == before else view.picture.size_px[0] * view.picture.size_px[1]
        )
        whole = fresh if mode != "tiles_4" or view.coming is None else 0
        drawn += (own if view.picture is None else whole) + parts
        before = view.picture
    assert drawn <= 1.15 * wanted


@settings(max_examples=25, deadline=None)
@given(
    turns=st.lists(st.tuples(st.floats(-8.0, 8.0), st.floats(-4.0, 4.0), st.floats(-9.0, 9.0)), max_size=12),
    mode=st.sampled_from([mode for mode in MODES if not mode.startswith("held")]),
)
def test_what_is_looked_into_always_covers_the_view(turns, mode):
    show = new_show()
    pan = tilt = roll = 0.0
    step(show, 0, ready(), camera__A__source="manual", camera__A__late_pose=mode)
    for frame, (pan_step, tilt_step, roll_step) in enumerate(turns, start=1):
        pan, tilt, roll = pan + pan_step, max(-60.0, min(60.0, tilt + tilt_step)), roll + roll_step
        places = {"pan_deg": pan, "tilt_deg": tilt, "roll_deg": roll}
        plan = step(show, frame, **{f"camera__A__manual__{name}": value for name, value in places.items()})
        refuse_impossible(plan, 8192)
        for view in plan.inners:
            assert view.picture is None or covers(view.picture, view)


def test_walls_of_different_latency_have_pictures_of_their_own():
    show = new_show()
    plan = run(show, 0, 3, camera__A__late_pose="4")[-1]
    main, side = view_of(plan, wall=0), view_of(plan, wall=1)
    assert main.light_ns != side.light_ns
    own = [memory.shown for key, memory in show.state.late_pose.pictures.items() if key.startswith("A@")]
    assert own == [main.picture, side.picture]


def test_pictures_of_cameras_that_went_away_are_forgotten():
    show = new_show()
    run(show, 0, 3, camera__A__late_pose="4")
    assert len(show.state.late_pose.pictures) == 4
    step(show, 3, camera__A__parked=True)
    assert len(show.state.late_pose.pictures) == 2
    step(show, 4, wall__side__latency_ms=16.0)
    assert len(show.state.late_pose.pictures) == 1


def eventful(show, first, count):
    events = {
        5: {"camera__A__late_pose": "tiles_4"},
        23: {"camera__A__late_pose": "auto"},
        40: {"camera__B__late_pose": "held_4"},
        55: {"camera__A__late_pose": "tiles_8", "camera__B__late_pose": "3"},
        70: {"output__freeze": True},
        80: {"output__freeze": False, "card__key__azimuth_deg": 3.0, "outer__freeze": True},
    }
    digests = []
    for frame in range(first, first + count):
        observed = (late(frame) if 10 <= frame < 60 else in_time(frame),)
        start = {"camera__A__source": "orbit", "camera__B__source": "orbit"} if frame == 0 else {}
        plan = show.step(inputs_at(frame, (*observed, *ready()), **start, **events.get(frame, {})))
        digests.append(digest_of(encode_plan(plan)))
    return digests


def late(frame):
    return presented(frame, 1.2, missed=True)


def in_time(frame, share=0.3):
    return presented(frame, share, missed=False)


def presented(frame, share, missed):
    return Presented(frame=frame, stepped_ns=0, drawn_ns=1, presented_ns=round(share * PERIOD_NS), missed=missed)


@settings(max_examples=10, deadline=None)
@given(at=st.integers(0, 99))
def test_a_restored_snapshot_goes_on_identically(at):
    straight = new_show()
    expected = eventful(straight, 0, 100)
    show = new_show()
    eventful(show, 0, at)
    encoded = encode_state(show.snapshot())
    restored = Show(CONFIG, CALIBRATION, decode_state(encoded))
    assert encode_state(restored.state) == encoded
    assert eventful(restored, at, 100 - at) == expected[at:]


def test_frame_numbers_that_begin_anew_draw_anew():
    show = new_show()
    run(show, 100, 6, camera__A__late_pose="8")
    view = view_of(step(show, 3))
    assert view.picture.frame == 3


def note(load, frame, share, *, missed):
    note_presented(load, presented(frame, share, missed), PERIOD_NS)


def test_auto_spreads_drawing_while_it_makes_frames_late_and_gathers_it_when_there_is_room():
    load = DrawLoad()
    for frame in range(200):
        note(load, frame, 1.3, missed=True)
    assert load.tiles == MOST_TILES
    for frame in range(4 * CALM_FRAMES + 500):
        note(load, frame, 0.2, missed=False)
    assert load.tiles == 1


def test_auto_does_not_blame_drawing_for_other_delays():
    load = DrawLoad()
    for frame in range(500):
        note(load, frame, 0.3, missed=True)
    assert load.tiles == 1


def test_auto_tries_less_and_less_often_what_has_failed():
    """On a display that waits for its own clock, drawing always seems to last a whole slot."""
    load, changes, tiles = DrawLoad(), [], 1
    for frame in range(40_000):
        too_much = load.tiles < 4
        note(load, frame, 1.2 if too_much else 0.98, missed=too_much)
        if load.tiles != tiles:
            tiles = load.tiles
            if tiles == 2 and load.calm == 0 and frame > 100:
                changes.append(frame)
    waits = [after - before for before, after in pairwise(changes)]
    assert len(waits) >= 3
    assert all(after >= before for before, after in pairwise(waits))
    assert waits[-1] > 4 * LEAST_PATIENCE
    assert load.tiles in {2, 4}


def test_auto_without_trouble_is_off():
    show = new_show()
    plans = run(show, 0, 10, camera__A__late_pose="auto")
    assert all(view_of(plan).picture is None for plan in plans)
    for frame in range(10, 100):
        plan = show.step(inputs_at(frame, (late(frame),)))
    assert view_of(plan).picture is not None


def test_every_record_of_it_encodes_to_the_same_bytes():
    show = new_show()
    plan = run(show, 0, 7, camera__A__late_pose="tiles_4")[-1]
    assert encode_plan(msgspec.msgpack.decode(encode_plan(plan), type=type(plan))) == encode_plan(plan)
