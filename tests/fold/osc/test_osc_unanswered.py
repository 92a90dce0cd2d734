"""What OSC asked and nobody answered: sent again under its id, unless something newer replaced it, and told in the end."""

from __future__ import annotations

from stage.control.patience import AGAIN_S, ANSWER_S, LONG_ANSWER_S
from stage.osc.unanswered import MOST_PRESSES, MOST_PRESSES_OF_ONE, Asked, Unanswered
from stage.show.commands.answered import ANSWERS_OF_ONE
from stage.show.frame.requests import (
    BatchRequest,
    CueRequest,
    SetRequest,
    ShowRequest,
    TakeRequest,
    Target,
)

DESK, OTHER = "192.0.2.1", "192.0.2.2"
TINT, EXPOSURE = "/grade/tint", "/grade/exposure_stops"
START, GO = TakeRequest(id="start", action="start", name="1"), CueRequest(id="go", action="go")


def asked(*requests: ShowRequest, sender: str = DESK) -> Unanswered:
    """Requests that were sent at 0 s."""
    made = Unanswered()
    for request in requests:
        made.add(request, sender, 0.0)
    return made


def tint(request_id: str, value: float = 0.5) -> SetRequest:
    return SetRequest(id=request_id, path=TINT, value=value)


def ids(several: object) -> list[str | int]:
    assert not isinstance(several, Asked)
    return [one.request.id for one in several]


def test_presses_and_values_are_sent_again_in_their_order_until_they_are_answered():
    made = asked(START, tint("tint"), GO)
    assert ids(made.due_again(AGAIN_S - 0.01)) == []
    assert ids(made.due_again(AGAIN_S)) == ["start", "tint", "go"]
    assert ids(made.due_again(AGAIN_S + 0.1)) == []
    answered = made.pop("start")
    assert answered is not None
    assert (answered.sender, answered.address) == (DESK, "/take/start")
    assert made.pop("start") is None
    assert ids(made.due_again(2 * AGAIN_S)) == ["tint", "go"]


def test_what_nobody_answers_is_told_once_after_a_patience_that_is_longer_for_a_take():
    made = asked(START, tint("tint"))
    assert ids(made.overdue(ANSWER_S - 0.01)) == []
    assert ids(made.overdue(ANSWER_S)) == ["tint"]
    assert ids(made.overdue(LONG_ANSWER_S)) == ["start"]
    assert ids(made.overdue(1e9)) == ids(made.due_again(1e9)) == []


def test_an_older_value_never_comes_back_over_a_newer_one():
    made = asked(tint("old"), tint("new"))
    assert ids(made.due_again(AGAIN_S)) == ["new"]
    assert made.pop("new") is not None
    assert ids(made.due_again(9.0)) == ids(made.overdue(9.0)) == [], "whoever sent a newer one waits for that"
    replaced = made.pop("old")
    assert replaced is not None
    assert replaced.address == TINT


def test_several_values_of_which_one_was_replaced_are_not_sent_again_but_told():
    both = BatchRequest(id="both", items=(Target(path=TINT, value=1.0), Target(path=EXPOSURE, value=1.0)))
    made = asked(both, tint("new"))
    assert ids(made.due_again(AGAIN_S)) == ["new"]
    assert ids(made.overdue(ANSWER_S)) == ["both", "new"]
    made = asked(both, tint("new"), SetRequest(id="newer", path=EXPOSURE, value=0.0))
    assert ids(made.overdue(ANSWER_S)) == ["new", "newer"]


def test_a_start_whose_stop_was_pressed_since_is_not_sent_again_but_told():
    made = asked(START, TakeRequest(id="stop", action="stop"))
    assert ids(made.due_again(AGAIN_S)) == ["stop"]
    assert made.pop("stop") is not None
    assert ids(made.due_again(2 * AGAIN_S)) == []
    assert ids(made.overdue(LONG_ANSWER_S)) == ["start"]


def test_nothing_is_sent_again_that_the_stage_may_have_forgotten_to_have_answered():
    made = asked(GO, *(tint(f"tint {number}") for number in range(ANSWERS_OF_ONE - 1)))
    made.add(tint("of another"), OTHER, 0.0)
    assert "go" in ids(made.due_again(AGAIN_S))
    made.add(tint("one more"), DESK, 0.0)
    assert "go" not in ids(made.due_again(2 * AGAIN_S))
    assert ids(made.overdue(LONG_ANSWER_S))[0] == "go"


def test_presses_are_bounded_by_refusing_new_ones_and_values_by_their_paths():
    made = Unanswered()
    for number in range(MOST_PRESSES_OF_ONE):
        assert made.has_room(GO, DESK)
        made.add(CueRequest(id=f"go {number}", action="go"), DESK, 0.0)
    assert not made.has_room(START, DESK)
    assert made.has_room(tint("tint"), DESK)
    senders = MOST_PRESSES // MOST_PRESSES_OF_ONE
    for number in range(MOST_PRESSES_OF_ONE, MOST_PRESSES):
        assert made.has_room(GO, str(number % (senders - 1)))
        made.add(CueRequest(id=f"go {number}", action="go"), str(number % (senders - 1)), 0.0)
    assert not made.has_room(START, OTHER)
    assert made.pop("go 0") is not None
    assert made.has_room(START, OTHER)
    for number in range(5000):
        made.add(tint(f"tint {number}"), DESK, 0.0)
    assert made.pop("tint 3000") is None, "forgotten: too many newer ones"
    assert made.pop("tint 4900") is not None
    assert len(made.overdue(1e9)) == MOST_PRESSES


def test_nothing_is_kept_of_senders_whose_requests_were_answered_or_replaced():
    made = Unanswered()
    for number in range(300):
        sender = f"198.51.100.{number}"
        made.add(TakeRequest(id=f"start {number}", action="start", name="1"), sender, 0.0)
        made.add(tint(f"tint {number}"), sender, 0.0)
        made.pop(f"start {number}")
    made.pop("tint 299")
    for number in range(299):
        made.pop(f"tint {number}")
    assert not any(vars(made).values())
