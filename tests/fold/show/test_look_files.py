"""The files of looks in the fold: listed, changed by hand, renamed, gone, broken, beside what is done over the wire."""

from __future__ import annotations

from stage.show.frame.inputs import Cause, LookFile, LooksGone, LooksListed
from stage.show.frame.requests import LookRequest
from stage.show.looks.shelf import LookShelf
from stage.show.show import Show
from stage.values.looks import packed
from tests.building import camera, codes, digest, stage, step

TINT = "/grade/tint"
STAGE = stage(camera("A"))


def file(name: str, tint: float = 0.0, look: str = "") -> LookFile:
    return LookFile(file=f"{name}.toml", name=look or name, look=packed({TINT: tint}))


def broken(name: str) -> LookFile:
    return LookFile(file=f"{name}.toml", cause=Cause(code="file_not_toml", values={"parser": "toml_value"}))


def listing(*files: LookFile) -> LooksListed:
    return LooksListed(kind="show", files=files)


def going(*names: str, **given: int) -> LooksGone:
    return LooksGone(kind="show", files=tuple(f"{name}.toml" for name in names), **given)


def shelf_of(show: Show) -> LookShelf:
    return show.state.looks


def tints(show: Show) -> dict[str, object]:
    return {name: kept.values[TINT] for name, kept in shelf_of(show).looks.items()}


def saved(show: Show) -> list[str]:
    return [name for name, kept in shelf_of(show).looks.items() if kept.saved]


def asked(action: str, name: str, **fields: object) -> LookRequest:
    return LookRequest(id=0, action=action, name=name, **fields)


def test_files_are_looks_and_a_changed_file_is_read_again() -> None:
    show = STAGE.show()
    step(show, 0, observations=[listing(file("dusk", 0.1), file("dawn", 0.2))])
    assert tints(show) == {"dusk": 0.1, "dawn": 0.2}
    step(show, 1, observations=[listing(file("dusk", 0.5))])
    assert tints(show) == {"dusk": 0.5, "dawn": 0.2}
    step(show, 2, observations=[going("dawn")])
    assert tints(show) == {"dusk": 0.5}
    assert saved(show) == ["dusk"]


def test_a_file_that_breaks_leaves_the_look_as_it_was_and_health_names_it() -> None:
    show = STAGE.show()
    step(show, 0, observations=[listing(file("dusk", 0.1))])
    plain = step(show, 1)
    outcome = step(show, 2, observations=[listing(broken("dusk"))])
    assert tints(show) == {"dusk": 0.1}
    assert codes(outcome) == [*codes(plain), "look_unreadable"]
    assert outcome.health[-1].values == {"parser": "toml_value", "file": "dusk.toml", "why": "file_not_toml"}
    assert codes(step(show, 3, observations=[listing(file("dusk", 0.3))])) == codes(plain)
    assert tints(show) == {"dusk": 0.3}


def test_a_name_is_changed_in_a_file_or_by_renaming_it() -> None:
    show = STAGE.show()
    step(show, 0, observations=[listing(file("dusk", 0.1))])
    step(show, 1, observations=[listing(file("dusk", 0.1, look="Evening"))])
    assert tints(show) == {"Evening": 0.1}
    step(show, 2, observations=[going("dusk"), listing(file("late", 0.1, look="Evening"))])
    assert shelf_of(show).looks["Evening"].file == "late.toml"


def test_two_files_cannot_be_the_same_look() -> None:
    show = STAGE.show()
    outcome = step(show, 0, observations=[listing(file("a", 0.1, look="dusk"), file("b", 0.2, look="dusk"))])
    assert tints(show) == {"dusk": 0.1}
    assert outcome.health[-1].values["why"] == "look_named_twice"


def test_neither_case_nor_form_makes_another_look_of_a_file() -> None:
    show = STAGE.show()
    first, others = (
        file("a", 0.1, look="Caf\u00e9"),
        [file("b", 0.2, look="CAF\u00c9"), file("c", 0.3, look="Cafe\u0301")],
    )
    outcome = step(show, 0, observations=[listing(first, *others)])
    assert tints(show) == {"Caf\u00e9": 0.1}
    assert [fault.values["why"] for fault in outcome.health[-2:]] == ["look_named_twice"] * 2
    step(show, 1, observations=[listing(file("a", 0.4, look="CAF\u00c9"))])
    assert tints(show) == {"CAF\u00c9": 0.4}, "its own name may be written otherwise"
    step(show, 2, observations=[listing(file("a", 0.4, look="Bar"), file("b", 0.2, look="CAF\u00c9"))])
    assert tints(show) == {"Bar": 0.4, "CAF\u00c9": 0.2}
    takes = [file(name, look=name) for name in ("Sc 1", "SC 1")]
    step(show, 3, observations=[LooksListed(kind="take", files=tuple(takes))])
    assert list(shelf_of(show).of_takes) == ["Sc 1", "SC 1"]


def test_a_look_is_unsaved_until_its_file_has_it_and_counts_more_than_an_older_file() -> None:
    show = STAGE.show()
    step(show, 0, observations=[listing(file("dusk", 0.1))])
    step(show, 1, asked("update", "dusk", only=("grade",)), {TINT: 0.9})
    assert saved(show) == []
    step(show, 2, observations=[listing(file("dusk", 0.1))])
    assert (saved(show), tints(show)) == ([], {"dusk": 0.0})
    written = LookFile(file="dusk.toml", name="dusk", look=shelf_of(show).looks["dusk"].look)
    step(show, 3, observations=[listing(written)])
    assert (saved(show), shelf_of(show).looks["dusk"].frame) == (["dusk"], 1)


def test_a_deleted_look_does_not_come_back_before_its_file_is_gone() -> None:
    show = STAGE.show()
    step(show, 0, observations=[listing(file("dusk", 0.1))])
    step(show, 1, asked("delete", "dusk"))
    step(show, 2, observations=[listing(file("dusk", 0.1))])
    assert (tints(show), shelf_of(show).dropped) == ({}, {"dusk.toml": ""})
    step(show, 3, observations=[going("dusk")])
    step(show, 4, observations=[listing(file("dusk", 0.4))])
    assert (tints(show), shelf_of(show).dropped) == ({"dusk": 0.4}, {})


def test_a_file_removed_while_its_look_is_written_anew_takes_nothing_with_it() -> None:
    show = STAGE.show()
    step(show, 0, observations=[listing(file("dusk", 0.1))])
    step(show, 1, asked("update", "dusk"), observations=[])
    step(show, 2, observations=[going("dusk")])
    assert list(tints(show)) == ["dusk"]


def test_a_new_look_is_not_written_over_a_file_that_nobody_could_read() -> None:
    show = STAGE.show()
    step(show, 0, observations=[listing(broken("dusk"))])
    step(show, 1, asked("save", "dusk"))
    assert shelf_of(show).looks["dusk"].file == "dusk 2.toml"


def test_files_of_looks_change_nothing_on_the_walls() -> None:
    files = [listing(*(file(f"look {number}", 0.5) for number in range(40))), going("look 1", left_out=0)]
    outcomes = []
    for observations in ([], files):
        show = STAGE.show()
        step(show, 0)
        outcomes.append(digest(step(show, 1, observations=observations)))
    assert outcomes[0] == outcomes[1]
