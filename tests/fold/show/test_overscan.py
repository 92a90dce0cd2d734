"""The margin around the film frame: what an error costs on each side, how it adapts to motion, latency and misses."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from render.views.edges import Tangents
from stage.show.camera import turn_trust
from stage.show.camera.margin import MOST_FORECASTS, Forecast, MarginLearner, MarginState, growth_of, margins, missing
from stage.show.camera.turn_trust import TrustState
from stage.show.state import encode_state
from stage.words.sentences import health_lines
from tests.building import camera, digest, freed, inputs_at, stage, step, tracker
from tests.examples import costly
from tracking.records import Pose
from tracking.rotation import IDENTITY, quat_from_pan_tilt_roll, quat_from_rotation_vector, quat_multiply

FRAME = Tangents(left=-0.5, right=0.5, bottom=-0.28, top=0.28)
REST = Pose(position_m=(0.0, 0.0, 0.0), rotation=IDENTITY)


def tracked_camera(**keys):
    return stage(tracker("t"), camera("A", tracker="t", focal_length_mm=35.0, **keys))


STAGE = tracked_camera(overscan="follow")
FIXED = tracked_camera(overscan="fixed", overscan_deg=1.0)


def forecast(pose=REST, *, distance_m=4.0, margins_rad=(0.0,) * 4):
    return Forecast(
        target_ns=0,
        growth=1.0,
        tracker_from_pupil=pose,
        held=pose.rotation,
        turn=(0.0, 0.0, 0.0),
        frame=FRAME,
        margins_rad=margins_rad,
        floor_rad=0.0,
        followed=True,
        distance_m=distance_m,
    )


def panned(show, frame, pan_deg, *asked):
    """The outcome of one frame in which the camera at (0, 0, 1.5) points to `pan_deg`."""
    return step(show, frame, *asked, datagrams=[freed(frame, pan_deg)])


def margin_deg(outcome):
    inner = outcome.plan.inners[0]
    return math.degrees(math.atan(inner.view.right) - math.atan(inner.frame.right))


def whip(frame):
    """Still for two seconds, then 40 degrees to and fro in a third of a second each, once a second."""
    if frame < 120:
        return 0.0
    share = min(1.0, (frame % 60) / 20.0)
    eased = share * share * (3.0 - 2.0 * share)
    return 40.0 * (eased if (frame // 60) % 2 == 0 else 1.0 - eased)


@given(st.floats(-20.0, 20.0), st.floats(-12.0, 12.0))
def test_a_turned_camera_misses_by_its_turn_on_the_side_that_it_turns_to(pan_deg, tilt_deg):
    """Pan + turns left, tilt + up."""
    panned = Pose(position_m=(0.0, 0.0, 0.0), rotation=quat_from_pan_tilt_roll(pan_deg, 0, 0))
    tilted = Pose(position_m=(0.0, 0.0, 0.0), rotation=quat_from_pan_tilt_roll(0, tilt_deg, 0))
    left, right, _, _ = missing(forecast(), panned)
    _, _, bottom, top = missing(forecast(), tilted)
    pan, tilt = math.radians(pan_deg), math.radians(tilt_deg)
    assert (left, right) == (pytest.approx(pan, abs=1e-12), pytest.approx(-pan, abs=1e-12))
    assert (bottom, top) == (pytest.approx(-tilt, abs=1e-12), pytest.approx(tilt, abs=1e-12))


@given(st.floats(-0.3, 0.3), st.floats(0.5, 20.0))
def test_a_camera_aside_misses_by_the_angle_at_the_wall(aside_m, distance_m):
    truth = Pose(position_m=(aside_m, 0.0, 0.0), rotation=IDENTITY)
    left, right, bottom, top = missing(forecast(distance_m=distance_m), truth)
    moved = aside_m / distance_m
    assert left == pytest.approx(math.atan(0.5 - moved) - math.atan(0.5), abs=1e-12)
    assert right == pytest.approx(math.atan(0.5 + moved) - math.atan(0.5), abs=1e-12)
    assert (bottom, top) == (pytest.approx(0.0, abs=1e-12), pytest.approx(0.0, abs=1e-12))


@settings(deadline=None)
@given(
    st.tuples(*[st.floats(-0.2, 0.2)] * 3),
    st.tuples(*[st.floats(-0.2, 0.2)] * 3),
    st.tuples(*[st.floats(-1.0, 1.0)] * 3),
)
def test_no_point_of_the_frame_lies_beyond_what_is_said_to_be_missing(turn, moved_m, drawn_turn):
    """Against points of the border on a wall square to the true camera, by matrices."""
    drawn = quat_from_rotation_vector(drawn_turn)
    truth = Pose(position_m=moved_m, rotation=quat_multiply(drawn, quat_from_rotation_vector(turn)))
    lacked = missing(forecast(pose=Pose(position_m=(0.0, 0.0, 0.0), rotation=drawn)), truth)
    side = np.linspace(-1.0, 1.0, 41)
    border = np.concatenate([[(x, z) for x in side for z in (-1, 1)], [(x, z) for z in side for x in (-1, 1)]])
    rays = np.stack([border[:, 0] * 0.5, np.ones(len(border)), border[:, 1] * 0.28], 1)
    points = np.array(moved_m) + 4.0 * rays @ matrix(truth.rotation).T
    seen = points @ matrix(drawn)
    x, z = seen[:, 0] / seen[:, 1], seen[:, 2] / seen[:, 1]
    x, z = np.arctan(x), np.arctan(z)
    beyond = (
        -x.min() - math.atan(0.5),
        x.max() - math.atan(0.5),
        -z.min() - math.atan(0.28),
        z.max() - math.atan(0.28),
    )
    assert lacked == pytest.approx(beyond, abs=1e-9)


def matrix(q):
    x, y, z, w = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


@given(st.lists(st.floats(0.0, 0.1), min_size=20, max_size=80), st.floats(0.01, 0.2))
def test_a_longer_latency_widens_the_margin_at_once(errors_rad, horizon_s):
    learner, state = MarginLearner(60.0), MarginState()
    for error in errors_rad:
        truth = Pose(position_m=(0.0, 0.0, 0.0), rotation=quat_from_rotation_vector((0.0, 0.0, error)))
        learner.judge(state, forecast(), truth)
    now, later = (margins(state, FRAME, growth_of(seconds), 0.0) for seconds in (horizon_s, 1.2 * horizon_s))
    assert all(wide > 1.2 * narrow for wide, narrow in zip(later, now, strict=True))


def test_in_the_long_run_misses_are_as_rare_as_wanted_whatever_the_errors():
    """Errors that no recent one foretells: the stretch alone keeps the rate."""
    random = np.random.default_rng(1)
    learner, state = MarginLearner(60.0), MarginState()
    missed = 0
    for _ in range(20_000):
        margins_rad = margins(state, FRAME, 1.0, 0.0)
        error = 0.002 * float(random.standard_t(3))
        truth = Pose(position_m=(0.0, 0.0, 0.0), rotation=quat_from_rotation_vector((0.0, 0.0, error)))
        learner.judge(state, forecast(margins_rad=margins_rad), truth)
        left, right, _, _ = margins_rad
        missed += error > left or -error > right
    assert state.missed == missed
    assert 1 <= missed <= 20


def test_a_side_that_misses_more_is_given_more():
    """A prediction that always lags behind a turn to the left."""
    learner, state = MarginLearner(60.0), MarginState()
    truth = Pose(position_m=(0.0, 0.0, 0.0), rotation=quat_from_rotation_vector((0.0, 0.0, 0.02)))
    for _ in range(600):
        learner.judge(state, forecast(margins_rad=margins(state, FRAME, 1.0, 0.0)), truth)
    left, right, bottom, top = margins(state, FRAME, 1.0, 0.0)
    assert left > 1.3 * right
    assert right > 1.05 * top
    assert bottom == top


def test_the_margin_opens_towards_the_turn_and_covers_half_the_exposure_on_both_sides():
    state = MarginState(towards=[0.5, 0.0, 0.0, 0.25])
    instant, exposed = (margins(state, FRAME, 1.0, half_s) for half_s in (0.0, 0.01))
    assert instant[0] > instant[1]
    assert instant[3] > instant[2]
    gained = [wide - narrow for wide, narrow in zip(exposed, instant, strict=True)]
    assert gained == pytest.approx([0.005, 0.005, 0.0025, 0.0025])


def test_an_unpredictable_turn_is_not_trusted_and_a_steady_one_is():
    random = np.random.default_rng(2)
    kept = turn_trust.kept_each_frame(60.0)
    steady, nervous = TrustState(), TrustState()
    for _ in range(600):
        turn = (0.0, 0.0, 0.02)
        turn_trust.judge(steady, IDENTITY, turn, quat_from_rotation_vector(turn), kept)
        guess, came = ((0.0, 0.0, float(value)) for value in random.normal(0.0, 0.02, 2))
        turn_trust.judge(nervous, IDENTITY, guess, quat_from_rotation_vector(came), kept)
    assert turn_trust.shares(steady)[2] == pytest.approx(1.0, abs=1e-9)
    assert turn_trust.shares(nervous)[2] < 0.15


def test_a_margin_opens_for_a_whip_and_closes_after_it():
    show = STAGE.show()
    seen = [margin_deg(panned(show, frame, whip(frame))) for frame in range(130)]
    rest_deg = seen[119]
    seen += [margin_deg(panned(show, frame, whip(frame))) for frame in range(130, 180)]
    assert rest_deg < 2.0
    assert max(seen[125:145]) > 6.0
    for frame in range(180, 1500):
        outcome = panned(show, frame, 40.0)
    assert margin_deg(outcome) < rest_deg + 0.5


def test_floor_and_ceiling_bound_the_margin_and_fixed_means_fixed():
    show = STAGE.show()
    commands = {
        0: [{"/camera/A/overscan_floor_deg": 1.5, "/camera/A/overscan_ceiling_deg": 4.0}],
        300: [{"/camera/A/overscan_mode": "fixed", "/camera/A/overscan_deg": 3.0}],
    }
    seen = [margin_deg(panned(show, frame, whip(frame), *commands.get(frame, ()))) for frame in range(360)]
    assert min(seen[:300]) == pytest.approx(1.5)
    assert max(seen[:300]) == pytest.approx(4.0)
    assert seen[300:] == pytest.approx([3.0] * 60)


def test_misses_are_counted_live_and_reported():
    show = FIXED.show()
    for frame in range(300):
        outcome = panned(show, frame, whip(frame))
    margin = show.state.cameras["A"].overscan.margin
    assert 20 < margin.missed < margin.judged < 300
    assert margin.worst_deg > 2.0
    assert any("camera A saw beyond its inner picture" in line for line in health_lines(outcome.health))


def test_a_hand_driven_camera_has_the_fixed_margin_and_nothing_to_learn():
    show = STAGE.show()
    panned(show, 0, 0.0, {"/camera/A/source": "manual", "/camera/A/overscan_deg": 5.0})
    assert margin_deg(panned(show, 1, 30.0)) == pytest.approx(5.0)
    assert not show.state.cameras["A"].overscan.margin.forecasts


def test_a_lost_tracker_leaves_a_bounded_memory_and_learns_nothing_from_its_return():
    show = STAGE.show()
    for frame in range(120):
        panned(show, frame, 0.1 * frame)
    judged = show.state.cameras["A"].overscan.margin.judged
    for frame in range(120, 420):
        step(show, frame)
    margin = show.state.cameras["A"].overscan.margin
    assert len(margin.forecasts) == MOST_FORECASTS
    panned(show, 420, -30.0)
    assert margin.judged <= judged + 8
    assert margin.missed == 0


WHIPS = [inputs_at(frame, datagrams=[freed(frame, whip(frame), 0.2 * (frame % 7))]) for frame in range(300)]


@pytest.fixture(scope="module")
def whole():
    """A show that ran through all the whips, and the digest of each frame."""
    show = STAGE.show()
    return show, [digest(show.step(inputs)) for inputs in WHIPS]


@costly(full=8, quick=3)
@given(st.integers(1, 290))
def test_a_show_restored_in_the_middle_of_learning_continues_identically(whole, cut):
    begun = STAGE.show()
    for inputs in WHIPS[:cut]:
        begun.step(inputs)
    resumed = STAGE.show(begun.snapshot())
    assert [digest(resumed.step(inputs)) for inputs in WHIPS[cut:]] == whole[1][cut:]
    assert encode_state(resumed.state) == encode_state(whole[0].state)


@pytest.mark.parametrize("mode", ["fixed", "follow"])
def test_a_camera_at_rest_unlearns_nothing(mode):
    """An hour of rest proves nothing about the next move, neither at the floor nor behind a fixed margin."""
    show = STAGE.show()
    panned(show, 0, 0.0, {"/camera/A/overscan_mode": mode, "/camera/A/overscan_floor_deg": 5.0})
    for frame in range(1, 1500):
        panned(show, frame, 0.0)
    margin = show.state.cameras["A"].overscan.margin
    assert margin.judged > 1400
    assert [side.stretch for side in margin.sides] == [1.0] * 4


def test_health_stays_silent_where_nothing_is_missed():
    show = STAGE.show()
    for frame in range(200):
        outcome = panned(show, frame, 0.05 * frame)
    assert outcome.health == ()
