"""Touch leases: they never block their holder, always the others, and end by themselves."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from stage.show.frame.requests import LeaseRequest, SetRequest
from stage.show.people.leases import LEASE_S, MOST_LEASES, Leases, holding, lease_of, take_lease
from stage.words.sentences import refusal_line
from tests.building import RATE_HZ, set_to
from tests.examples import costly, hostile
from tests.fold.show.people_refusals import ANNA, BEN, Desk, lease
from tests.fold.small_show import SmallControls, command
from tracking.settable import ROLES

TINT, EXPOSURE, HOUR, OVERSCAN = "/grade/tint", "/grade/exposure_stops", "/time/hour", "/camera/A/overscan_deg"
FRAMES = math.ceil(LEASE_S * RATE_HZ)
DEEDS = st.tuples(
    st.sampled_from(["anna", "ben"]),
    st.sampled_from(["take", "renew", "drop", "set", "set by force"]),
    st.sampled_from([TINT, EXPOSURE]),
    st.sampled_from(["director", "operator"]),
    st.integers(0, 2 * FRAMES // 3),
)


def asked(number, client, deed, path, role):
    if deed.startswith("set"):
        request = SetRequest(id=number, path=path, value=(number % 9) / 10.0, force=deed != "set")
    else:
        request = LeaseRequest(id=number, action=deed, paths=(path,))
    return command(request, sender=client, role=role)


@costly(80, 15)
@given(st.lists(DEEDS, max_size=60))
def test_a_lease_never_blocks_its_holder_and_always_the_others_until_it_ends(deeds):
    controls, held, frame = SmallControls(), {}, 0
    for number, (client, deed, path, role, gap) in enumerate(deeds):
        frame += gap
        holder, until = held.get(path, ("", 0))
        holder = holder if frame < until else ""
        answer = controls.apply(asked(number, client, deed, path, role), frame)
        forced = deed == "set by force" and role == "operator"
        if holder and holder != client and not forced:
            assert answer.refusal.code == ("forbidden" if deed == "set by force" else "busy")
            continue
        assert answer.refusal is None or (deed == "renew" and not holder)
        if deed == "take" or (holder == client and deed != "drop"):
            held[path] = client, frame + FRAMES
        elif deed == "drop" or forced:
            held.pop(path, None)


def test_it_ends_after_a_second_and_a_half_of_show_time_whatever_frames_are_skipped():
    for frames, free in ((FRAMES - 2, False), (FRAMES - 1, True)):
        desk = Desk()
        desk.does(ANNA, lease(TINT))
        desk.frame += frames
        answer = desk.does(BEN, set_to(TINT, 0.5)).answers[0]
        assert (answer.refusal is None) == free


def test_it_holds_while_its_holder_drags():
    desk = Desk()
    desk.does(ANNA, lease(TINT))
    for share in range(10):
        desk.idle(FRAMES - 3)
        assert desk.does(ANNA, set_to(TINT, share / 10.0)).answers[0].refusal is None
        assert desk.does(BEN, set_to(TINT, 1.0)).answers[0].refusal.code == "busy"


def test_the_fader_of_a_tablet_that_dies_stays_where_it_was():
    desk = Desk()
    desk.does(ANNA, lease(TINT))
    desk.does(ANNA, set_to(TINT, 0.7))
    desk.idle(5 * RATE_HZ)
    assert desk.value(TINT) == 0.7
    assert desk.does(BEN, set_to(TINT, 0.1)).answers[0].refusal is None


def test_another_is_told_that_a_tablet_is_moving_this_and_whose():
    desk = Desk()
    for who, line in (("", "another tablet is moving this: /grade/tint"), ("Anna", "moving this: Anna, /grade/tint")):
        desk.does(ANNA, lease(TINT), person=who)
        (answer,) = desk.does(BEN, set_to(TINT, 0.5)).answers
        assert line in refusal_line(answer.refusal)
        assert (answer.refusal.code, answer.path, answer.value) == ("busy", TINT, 0.0)


def test_a_batch_with_one_value_that_another_moves_is_refused_whole():
    desk = Desk()
    desk.does(ANNA, lease(TINT))
    desk.does(BEN, set_to(EXPOSURE, 1.0))
    assert desk.does(BEN, lease(EXPOSURE, TINT)).answers[0].refusal.code == "busy"
    assert desk.does(ANNA, lease(EXPOSURE)).answers[0].refusal is None, "none of the two was leased"


def test_an_operator_breaks_a_lease_by_force_and_a_director_cannot():
    desk = Desk()
    desk.does(ANNA, lease(TINT))
    (answer,) = desk.does(BEN, set_to(TINT, 0.5, force=True), role="director").answers
    assert (answer.refusal.code, answer.refusal.values["needed"]) == ("forbidden", "operator")
    assert desk.does(BEN, set_to(TINT, 0.5, force=True)).answers[0].refusal is None
    assert not list(holding(desk.show.state.leases, desk.frame))
    desk.does(ANNA, lease(TINT))
    assert desk.does(BEN, lease(TINT, force=True)).answers[0].refusal is None
    assert desk.does(ANNA, set_to(TINT, 0.1)).answers[0].refusal.code == "busy"


def test_a_value_is_leased_only_to_who_may_set_it():
    for role in ROLES:
        (answer,) = Desk().does(ANNA, lease(OVERSCAN), role=role).answers
        assert (answer.refusal is None) == (role in ("operator", "admin"))
    (answer,) = Desk().does(ANNA, lease("/nothing")).answers
    assert answer.refusal.code == "unknown_path"


def test_a_fade_goes_on_under_a_lease_until_its_holder_sets_the_value():
    desk = Desk()
    desk.does(BEN, set_to(EXPOSURE, 6.0, fade_s=1.0))
    desk.does(ANNA, lease(EXPOSURE))
    desk.idle(10)
    moved = desk.value(EXPOSURE)
    assert moved > 0.0
    desk.does(ANNA, set_to(EXPOSURE, 1.0))
    desk.idle(100)
    assert desk.value(EXPOSURE) == 1.0


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 64), st.integers(0, 30)), max_size=40))
@hostile()
def test_leases_are_bounded_and_the_newest_always_holds(taken):
    leases, frame = Leases(), 0
    for client, count, gap in taken:
        frame += gap
        paths = [f"/{client}/{number}" for number in range(count)]
        take_lease(leases, paths, str(client), "", frame=frame, rate=SmallControls().controls.rate)
        assert len(leases.by_path) <= MOST_LEASES
        assert all(lease_of(leases, path, frame) for path in paths)
