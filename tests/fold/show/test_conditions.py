"""What the edges report as missing stands in health; what lasts stands until somebody has acknowledged it."""

from __future__ import annotations

import pytest

from stage.live.salvage import Salvage
from stage.show.frame.inputs import Condition
from stage.show.frame.requests import AcknowledgeRequest
from stage.show.report.conditions import MOST_STANDING
from stage.show.state import encode_state
from stage.show.values.changes import STEPS_OF_ONE, ChangeHistory, newest_change
from tests.building import camera, inputs_at, set_to, stage, step, tracker

STAGE = stage(tracker("t"), camera("A", tracker="t"))
MISSING = Condition(code="source_missing", values={"source": "udp://127.0.0.1:5", "why": "in_use"})
RESTARTED = Condition(code="core_restarted", severity="warning", values={"count": 1, "exit": "signal 9"}, lasts=True)


def found(outcome, code):
    return [finding for finding in outcome.health if finding.code == code]


def acknowledge(code):
    return AcknowledgeRequest(id=f"ack {code}", code=code)


def over(condition):
    return Condition(code=condition.code, values=condition.values, present=False)


def test_a_condition_stands_from_its_report_until_it_is_over():
    show = STAGE.show()
    step(show, 0, observations=[MISSING])
    (finding,) = found(step(show, 5), "source_missing")
    assert (finding.since_frame, finding.severity, finding.values) == (0, "alarm", MISSING.values)
    assert not found(step(show, 6, observations=[over(MISSING)]), "source_missing")


def test_a_source_that_is_missing_for_another_reason_is_the_same_condition():
    show = STAGE.show()
    step(show, 0, observations=[MISSING])
    again = Condition(code="source_missing", values={**MISSING.values, "why": "no_permission"})
    (finding,) = found(step(show, 1, observations=[again]), "source_missing")
    assert finding.values["why"] == "no_permission"


def test_what_lasts_is_over_when_it_is_acknowledged_and_what_passes_is_marked_until_it_ends():
    show = STAGE.show()
    step(show, 0, observations=[MISSING, RESTARTED])
    outcome = step(show, 1, acknowledge("core_restarted"), acknowledge("source_missing"))
    assert [answer.refusal for answer in outcome.answers] == [None, None]
    assert not found(outcome, "core_restarted")
    assert [finding.acknowledged for finding in found(outcome, "source_missing")] == [True]
    step(show, 2, observations=[over(MISSING)])
    (again,) = found(step(show, 3, observations=[MISSING]), "source_missing")
    assert not again.acknowledged


def test_a_code_that_is_not_in_health_cannot_be_acknowledged():
    show = STAGE.show()
    step(show, 0)
    (answer,) = show.step(inputs_at(1, acknowledge("core_restarted"))).answers
    assert (answer.refusal.code, answer.refusal.reason) == ("conflict", "no_such_finding")


def test_conditions_are_bounded_and_passing_ones_make_room_before_lasting_ones():
    show = STAGE.show()
    flood = [Condition(code="source_missing", values={"source": str(number), "why": "in_use"}) for number in range(200)]
    outcome = step(show, 0, observations=[RESTARTED, *flood])
    assert len(found(outcome, "source_missing")) == MOST_STANDING - 1
    assert found(outcome, "core_restarted")


def history_of(*asked):
    """The change history of a show in which each command came in a frame two seconds after the one before."""
    show = STAGE.show()
    for number, request in enumerate(asked):
        step(show, number * 120, request)
    return show.state.controls.history


def test_changes_are_taken_back_newest_first_but_never_the_emergency_switches():
    tint, blackout, exposure = "/grade/tint", "/output/blackout", "/grade/exposure_stops"
    history = history_of({tint: 0.5}, {blackout: True, exposure: 1.0}, {blackout: False})
    assert newest_change(history, None).before == {exposure: 0.0}
    assert newest_change(history, None).before == {tint: 0.0}
    assert newest_change(history, None) is None


def test_a_change_after_the_first_death_is_not_the_one_to_take_back():
    history = history_of({"/grade/tint": 0.5}, {"/grade/exposure_stops": 1.0})
    assert newest_change(history, 60).before == {"/grade/tint": 0.0}


def test_a_fader_that_is_moved_is_one_change():
    show = STAGE.show()
    step(show, 0, {"/grade/exposure_stops": 1.5})
    for frame in range(1, 100):
        show.step(inputs_at(frame, set_to("/grade/tint", frame / 100.0)))
    history = show.state.controls.history
    assert newest_change(history, None).before == {"/grade/tint": 0.0}
    assert newest_change(history, None) is None, "what came before the movement has made room for it"


def test_the_history_is_bounded_and_a_command_that_changes_nothing_is_not_in_it():
    history = history_of(*({"/grade/tint": (number % 5) / 10.0} for number in range(60)), {"/grade/tint": 0.4})
    steps = history.by_client["test"].steps
    assert list(steps) == list(range(60 - STEPS_OF_ONE, 60))


def test_values_are_salvaged_one_by_one_with_the_targets_of_running_fades():
    show = STAGE.show()
    step(show, 0, set_to("/grade/exposure_stops", 2.0, fade_s=60.0), set_to("/camera/A/parked", value=True))
    other = stage(tracker("t"), camera("B", tracker="t")).show()
    salvage = Salvage(encode_state(show.state), other.tree)
    assert salvage.values["/grade/exposure_stops"] == 2.0
    assert "/camera/A/parked" in salvage.refused
    assert salvage.frame == 0


@pytest.mark.parametrize("damaged", [b"", b"\xc1", b"\x93\x01\x02\x03", b"\x81\xa8controls\x01", bytes(100)])
def test_what_is_no_state_salvages_nothing_and_raises_nothing(damaged):
    salvage = Salvage(damaged, STAGE.show().tree)
    assert (salvage.values, salvage.refused, salvage.frame) == ({}, [], -1)
    assert salvage.history == ChangeHistory()
