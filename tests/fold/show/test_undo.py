"""Undo: each client takes back what it did itself, all of it or nothing, and never what another has changed since."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.show.frame.requests import BatchRequest, LeaseRequest, SetRequest, Target, UndoRequest
from stage.show.values.changes import MOST_VALUES, STEPS_OF_ONE, ChangeHistory
from stage.words.sentences import refusal_line
from tests.examples import costly
from tests.fold.show.people_refusals import ANNA, BEN, REDO, UNDO, Desk, lease
from tests.fold.small_show import TREE, SmallControls, command

EXPOSURE, TINT, HOUR, DATE = "/grade/exposure_stops", "/grade/tint", "/time/hour", "/place/date"
OVERSCAN, MODE = "/camera/A/overscan_deg", "/camera/A/overscan_mode"
PATHS = (EXPOSURE, TINT, "/card/key/opacity", "/camera/A/manual/x_m", "/wall/main/latency_ms")
KNOWN = tuple(path for path in PATHS if path in SmallControls().values)

CLIENTS = st.sampled_from(["anna", "ben", "cleo"])
SETS = st.dictionaries(st.sampled_from(KNOWN), st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=1, max_size=3)
DEEDS = st.tuples(CLIENTS, SETS | st.sampled_from(["undo", "redo", "forget"]), st.sampled_from([0.0, 2.0]))


class Model:
    """What undo promises, in few words: a stack of changes for each client."""

    def __init__(self, values):
        self.values = dict(values)
        self.done, self.undone = {}, {}

    def set(self, client, values):
        before = {path: self.values[path] for path, value in values.items() if self.values[path] != value}
        self.values |= values
        if before:
            self.done.setdefault(client, []).append((before, {path: values[path] for path in before}))
            self.done[client] = self.done[client][-STEPS_OF_ONE:]
            self.undone[client] = []

    def back(self, client, done, undone, wanted):
        """Whether the newest of `done` could be put back; its values `wanted` (0 before, 1 after) are in force then."""
        steps = done.get(client, [])
        if not steps or any(self.values[path] != value for path, value in steps[-1][1 - wanted].items()):
            return False
        self.values |= steps[-1][wanted]
        undone.setdefault(client, []).append(steps.pop())
        return True

    def does(self, client, deed):
        if isinstance(deed, dict):
            self.set(client, deed)
            return True
        if deed == "forget":
            return bool(self.done.get(client) and self.done[client].pop())
        return self.back(client, *((self.done, self.undone, 0) if deed == "undo" else (self.undone, self.done, 1)))


def asked(number, client, deed, fade_s):
    if isinstance(deed, dict):
        items = tuple(Target(path=path, value=value, fade_s=fade_s) for path, value in deed.items())
        return command(BatchRequest(id=number, items=items), sender=client)
    return command(UndoRequest(id=number, action=deed, fade_s=fade_s), sender=client)


@costly(60, 12)
@given(st.lists(DEEDS, max_size=60))
def test_undo_restores_exactly_what_its_own_request_changed_or_nothing(deeds):
    controls, model = SmallControls(), Model(SmallControls().values)
    for number, (client, deed, fade_s) in enumerate(deeds):
        answer = controls.apply(asked(number, client, deed, fade_s), number)
        assert (answer.refusal is None) == model.does(client, deed)
        targets = {path: controls.controls.target_of(path) for path in controls.values}
        assert targets == model.values
        controls.advance(number)


@costly(60, 10)
@given(st.lists(DEEDS, max_size=40), st.lists(DEEDS, max_size=20))
def test_a_restored_snapshot_undoes_what_the_running_show_would(before, after):
    running = SmallControls()
    for number, deed in enumerate(before):
        running.apply(asked(number, *deed), number)
    encoded = msgspec.msgpack.encode(running.state)
    restored = SmallControls(msgspec.msgpack.decode(encoded, type=type(running.state)))
    for number, deed in enumerate(after, start=len(before)):
        own, other = (one.apply(asked(number, *deed), number) for one in (running, restored))
        assert own == other
    assert msgspec.msgpack.encode(restored.state) == msgspec.msgpack.encode(running.state)


@costly(40, 10)
@given(st.lists(st.tuples(CLIENTS, st.integers(1, 5), st.sampled_from(["set", "set", "undo"])), max_size=150))
def test_what_can_be_undone_is_bounded_and_counted(deeds):
    controls = SmallControls()
    for number, (client, count, deed) in enumerate(deeds):
        values = dict.fromkeys(KNOWN[:count], number % 7 / 8.0)
        controls.apply(asked(number, client, values if deed == "set" else deed, 0.0), number * 100)
    history = controls.state.history
    for client, own in history.by_client.items():
        assert len(own.steps) + len(own.undone) <= STEPS_OF_ONE, client
    assert history.values == values_in(history) <= MOST_VALUES


def values_in(history: ChangeHistory) -> int:
    return sum(len(change.before) for own in history.by_client.values() for change in all_of(own))


def all_of(own):
    return (*own.steps.values(), *own.undone.values())


def test_of_very_large_changes_the_oldest_of_all_make_room():
    numbers = [one.path for one in TREE if one.kind == "float" and one.check(0.25) == 0.25 and one.check(0.5) == 0.5]
    controls = SmallControls()
    for number in range(STEPS_OF_ONE * 6):
        deed = dict.fromkeys(numbers, 0.25 + 0.25 * (number % 2))
        assert controls.apply(asked(number, f"client {number % 6}", deed, 0.0), number).refusal is None
    history = controls.state.history
    steps = sorted(number for own in history.by_client.values() for number in own.steps)
    assert len(steps) == MOST_VALUES // len(numbers) < STEPS_OF_ONE * 6
    assert steps == list(range(history.number - len(steps) + 1, history.number + 1))
    assert history.values == values_in(history)


def test_the_newest_step_is_undone_first_and_redone_last():
    controls = SmallControls()
    for number, value in enumerate((0.1, 0.2, 0.3)):
        controls.apply(command(SetRequest(id=number, path=TINT, value=value)), number)
    seen = []
    for number, action in enumerate(["undo"] * 4 + ["redo"] * 4, start=10):
        answer = controls.apply(command(UndoRequest(id=number, action=action)), number)
        seen.append(answer.refusal.reason if answer.refusal else controls.value(TINT))
    assert seen == [0.2, 0.1, 0.0, "nothing_to_undo", 0.1, 0.2, 0.3, "nothing_to_redo"]


def test_a_drag_under_one_lease_is_one_step_and_the_next_drag_another():
    desk = Desk()
    for end in (0.5, 0.9):
        desk.does(ANNA, lease(TINT, EXPOSURE))
        for share in range(1, 40):
            desk.does(ANNA, SetRequest(id=0, path=(TINT, EXPOSURE)[share % 2], value=end * share / 40.0))
        desk.does(ANNA, lease(TINT, EXPOSURE, action="drop"))
    last = values(desk)
    assert last == (0.9 * 38 / 40.0, 0.9 * 39 / 40.0)
    assert done(desk.does(ANNA, UNDO))
    assert values(desk) == (0.5 * 38 / 40.0, 0.5 * 39 / 40.0)
    assert done(desk.does(ANNA, UNDO))
    assert values(desk) == (0.0, 0.0)
    assert refused(desk.does(ANNA, UNDO)) == "there is nothing that you could undo"
    assert done(desk.does(ANNA, REDO), desk.does(ANNA, REDO))
    assert values(desk) == last


def test_what_another_has_set_since_is_not_undone_and_it_is_said_who_did_that():
    desk = Desk()
    desk.does(ANNA, BatchRequest(id=0, items=(Target(path=TINT, value=0.5), Target(path=EXPOSURE, value=1.0))))
    desk.does(BEN, SetRequest(id=0, path=EXPOSURE, value=2.0), person="Ben")
    line = refused(desk.does(ANNA, UNDO))
    assert line == "Ben has set /grade/exposure_stops to 2.0, it is no longer 1.0: this is not undone"
    assert values(desk) == (0.5, 2.0)
    assert done(desk.does(BEN, UNDO))
    assert done(desk.does(ANNA, UNDO))
    assert values(desk) == (0.0, 0.0)


def test_a_step_that_cannot_be_undone_can_be_forgotten_so_that_those_before_it_can():
    desk = Desk()
    desk.does(ANNA, SetRequest(id=0, path=EXPOSURE, value=1.0))
    desk.does(ANNA, SetRequest(id=0, path=TINT, value=0.5))
    desk.does(BEN, SetRequest(id=0, path=TINT, value=0.25))
    assert "no longer 0.5" in refused(desk.does(ANNA, UNDO))
    assert done(desk.does(ANNA, UndoRequest(id=0, action="forget")), desk.does(ANNA, UNDO))
    assert values(desk) == (0.25, 0.0)


def test_undo_needs_the_role_of_each_value_and_is_kept_from_a_lease():
    desk = Desk()
    desk.does(ANNA, SetRequest(id=0, path=OVERSCAN, value=5.0))
    assert "needs role operator" in refused(desk.does(ANNA, UNDO, role="director"))
    desk.does(BEN, lease(OVERSCAN))
    assert "another tablet is moving this" in refused(desk.does(ANNA, UNDO))
    assert done(desk.does(ANNA, UndoRequest(id=0, force=True)))
    assert (desk.value(OVERSCAN), desk.value(MODE)) == (2.0, "follow")


def test_undo_fades_where_that_is_asked_for():
    desk = Desk()
    desk.does(ANNA, SetRequest(id=0, path=EXPOSURE, value=4.0))
    desk.does(ANNA, UndoRequest(id=0, fade_s=1.0))
    desk.idle(30)
    assert 0.0 < desk.value(EXPOSURE) < 4.0
    desk.idle(31)
    assert desk.value(EXPOSURE) == 0.0


@pytest.mark.parametrize("after_frames", [10, 200])
def test_an_hour_that_fades_over_midnight_is_undone_with_its_date_before_and_after_it(after_frames):
    desk = Desk()
    desk.does(BEN, SetRequest(id=0, path=HOUR, value=23.0))
    date = desk.value(DATE)
    desk.does(ANNA, SetRequest(id=0, path=HOUR, value=1.0, fade_s=2.0, way="forward"))
    desk.idle(after_frames)
    assert (desk.value(DATE) == date) == (after_frames == 10)
    assert done(desk.does(ANNA, UNDO))
    assert (desk.value(HOUR), desk.value(DATE)) == (23.0, date)


def test_an_hour_that_ran_on_since_is_not_undone():
    desk = Desk()
    desk.does(ANNA, SetRequest(id=0, path=HOUR, value=6.0))
    desk.does(BEN, SetRequest(id=0, path="/time/running", value=True), person="Ben")
    desk.idle(10)
    assert refused(desk.does(ANNA, UNDO)).startswith("/time/hour is 6.0")


def test_takes_are_not_undone():
    desk = Desk()
    desk.does(ANNA, LeaseRequest(id=0, action="take", paths=(TINT,)))
    desk.does(ANNA, SetRequest(id=0, path=TINT, value=0.5))
    desk.starts_take(ANNA)
    assert done(desk.does(ANNA, UNDO))
    assert desk.take.recording
    assert values(desk) == (0.0, 0.0)


def values(desk):
    return desk.value(TINT), desk.value(EXPOSURE)


def done(*outcomes):
    return all(answer.refusal is None for outcome in outcomes for answer in outcome.answers)


def refused(outcome):
    (answer,) = outcome.answers
    return refusal_line(answer.refusal)
