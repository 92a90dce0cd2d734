"""What a start makes of the journal: what the state lacks is carried out again, and numbers never come twice."""

from __future__ import annotations

from pathlib import Path

from stage.live.journal_keeper import JournalKeeper
from stage.show.show import Show
from stage.show.state import decode_state, encode_state
from tests.building import command, inputs_at, set_to, stage

STAGE = stage()
TINT = "/grade/tint"


def served(show: Show, folder: Path, *numbers: int) -> None:
    """A core that carries out a command a frame, and keeps the journal."""
    keeper = JournalKeeper(folder, lambda: 0)
    for number in numbers:
        inputs = inputs_at(number, command(set_to(TINT, number / 100), request_id=number))
        keeper.keep(inputs, show.step(inputs), lambda: ())
    keeper.close()


def test_a_start_carries_out_what_the_state_lacks_and_goes_on_with_the_next_number(tmp_path: Path) -> None:
    show = STAGE.show()
    served(show, tmp_path, 1, 2, 3)
    kept = decode_state(encode_state(show.state))
    served(show, tmp_path, 4, 5)
    keeper = JournalKeeper(tmp_path, lambda: 0)
    redone = keeper.redone(kept)
    keeper.close()
    assert ([one.number for one in redone], kept.entries) == ([4, 5], 3)


def test_a_new_show_carries_out_nothing_and_its_numbers_follow_those_of_earlier_runs(tmp_path: Path) -> None:
    served(STAGE.show(), tmp_path, 1, 2, 3)
    fresh = STAGE.show().state
    keeper = JournalKeeper(tmp_path, lambda: 0)
    assert (keeper.redone(fresh), fresh.entries) == ((), 3)
    keeper.close()
    served(STAGE.show(fresh), tmp_path, 4)
    later = JournalKeeper(tmp_path, lambda: 0)
    assert later.newest == 4
    later.close()


def test_a_doubted_state_carries_out_nothing_since_a_command_may_be_what_kills_the_cores(tmp_path: Path) -> None:
    show = STAGE.show()
    served(show, tmp_path, 1)
    kept = decode_state(encode_state(show.state))
    served(show, tmp_path, 2)
    keeper = JournalKeeper(tmp_path, lambda: 0)
    assert (keeper.redone(kept, doubted=True), kept.entries) == ((), 2)
    keeper.close()


def test_an_entry_that_this_version_cannot_read_ends_what_is_carried_out_but_not_the_numbers(tmp_path: Path) -> None:
    show = STAGE.show()
    served(show, tmp_path, 1)
    kept = decode_state(encode_state(show.state))
    served(show, tmp_path, 2)
    keeper = JournalKeeper(tmp_path, lambda: 0)
    keeper._journal.add([(3, b"\xc1")])
    redone = keeper.redone(kept)
    assert ([one.number for one in redone], kept.entries) == ([2], 3)
    keeper.close()
