"""Looks in the fold: what they hold, and what recalling one sets, fades, names and leaves."""

from __future__ import annotations

import msgspec
import pytest

from stage.config.look_reader import name_of_look
from stage.show.frame.inputs import FrameInputs, LookFile, LooksListed
from stage.show.frame.outcome import Answer, LookOutcome, Outcome
from stage.show.frame.requests import LookRequest, SetRequest
from stage.show.looks.shelf import MOST_LOOKS, KeptLook
from stage.show.show import Show
from stage.show.state import decode_state, encode_state
from stage.values.looks import GROUPS, LOOK_PARTS, groups_of_parts, packed
from tests.building import (
    RATE_HZ,
    UNNAMED,
    camera,
    card,
    digest,
    inputs_at,
    light,
    stage,
    start_take,
    step,
    stop_take,
    value_of,
)
from tests.building import tracker as tracker_table
from tests.fold.show.air_stage import ACTIVE, everything_ready, stage_of_worlds
from tests.fold.show.cue_stage import cue, fields, show_with

TINT, KELVIN, HOUR = "/grade/tint", "/grade/temperature_k", "/time/hour"
STAGE = stage(tracker_table("t"), camera("A", tracker="t"), card("key"), light("key", groups=("back",)))
WORLDS = stage_of_worlds()
PLACED = {"/layer/valley/tilt_deg": 2.0, "/layer/valley/horizon": 0.4}


def asked(action: str, name: str = "look", **fields: object) -> LookRequest:
    return LookRequest(id=0, action=action, name=name, **fields)


def answer(outcome: Outcome) -> Answer:
    (one,) = outcome.answers
    return one


def done(show: Show, frame: int, request: LookRequest) -> LookOutcome:
    """What came of a look that may be asked for."""
    found = answer(step(show, frame, request)).look
    assert isinstance(found, LookOutcome)
    return found


def refused(show: Show, frame: int, request: LookRequest) -> str:
    refusal = answer(show.step(inputs_at(frame, request))).refusal
    assert refusal is not None
    return refusal.reason


def held(show: Show, name: str = "look") -> dict[str, object]:
    return show.state.looks.looks[name].values


def test_a_look_holds_what_looks_may_hold_and_nothing_that_the_crew_has_set_up() -> None:
    show = STAGE.show()
    done(show, 0, asked("save"))
    world = value_of(show, ACTIVE)
    wanted = {
        one.path
        for one in show.tree
        if one.in_looks and (one.path.split("/")[1] not in ("worlds", "layer") or world in one.path)
    }
    assert set(held(show)) == wanted
    families = {path.split("/")[1] for path in wanted}
    assert families == {
        *("world", "grade", "time", "sky", "weather", "light", "lights", "outer", "worlds", "layer", "card")
    }


@pytest.mark.parametrize("action", ["save", "update", "take"])
def test_a_look_holds_what_values_move_to_and_where_cues_are_held_what_is_seen(action: str) -> None:
    show = show_with(fields(1, {TINT: 1.0}, fade_s=10.0))
    if action == "update":
        done(show, 2, asked("save"))
    step(show, 3, cue("go"), SetRequest(id=UNNAMED, path=KELVIN, value=3000.0, fade_s=10.0))
    step(show, 33)

    def kept(frame: int) -> tuple[object, object]:
        if action == "take":
            step(show, frame, start_take(f"take {frame}"))
            values = show.state.looks.of_takes[f"take {frame}"].values
            show.step(inputs_at(frame + 1, stop_take()))
        else:
            done(show, frame, asked(action))
            values = held(show)
            if action == "save":
                done(show, frame + 1, asked("delete"))
        return values[TINT], values[KELVIN]

    assert kept(34) == (1.0, 3000.0)
    assert 0.0 < value_of(show, TINT) < 1.0
    step(show, 40, cue("hold"))
    assert kept(45) == (value_of(show, TINT), 3000.0)
    assert 0.0 < value_of(show, TINT) < 1.0


@pytest.mark.parametrize("part", LOOK_PARTS)
def test_a_part_of_a_look_is_its_groups_and_light_is_cards_lights_and_outer(part: str) -> None:
    show = STAGE.show()
    done(show, 0, asked("save", only=(part,)))
    assert show.state.looks.looks["look"].look.parts == (part,)
    assert {show.tree[path].look for path in held(show)} == set(GROUPS[part])
    assert ("/outer/exposure_stops" in held(show)) == ("/outer/saturation" in held(show)) == (part == "light")


def test_a_look_has_values_of_the_world_that_it_names_alone_and_no_placement() -> None:
    show = everything_ready(WORLDS)
    step(show, 1, {"/layer/office/tint": 0.5, **PLACED})
    done(show, 2, asked("save"))
    of_worlds = {path for path in held(show) if path.startswith(("/worlds/", "/layer/"))}
    assert held(show)[ACTIVE] == "valley"
    assert {path.split("/")[2] for path in of_worlds} == {"valley"}
    assert not of_worlds & PLACED.keys()
    done(show, 3, asked("save", "sky alone", only=("sky",)))
    assert not {path for path in held(show, "sky alone") if path.startswith(("/worlds/", "/layer/", "/world/"))}


def test_an_older_look_does_not_undo_a_corrected_horizon() -> None:
    show = everything_ready(WORLDS)
    done(show, 1, asked("save"))
    step(show, 2, {**PLACED, TINT: 0.5})
    done(show, 3, asked("recall"))
    assert {path: value_of(show, path) for path in PLACED} == PLACED
    assert value_of(show, TINT) == 0.0


def test_recalling_sets_everything_in_one_frame() -> None:
    show = STAGE.show()
    done(show, 0, asked("save"))
    moved = {TINT: 0.4, KELVIN: 3000.0, HOUR: 20.0, "/card/key/opacity": 0.2, "/sky/sun/source": "manual"}
    step(show, 1, moved)
    sequence = show.state.controls.sequence
    outcome = done(show, 2, asked("recall"))
    assert {path: value_of(show, path) for path in moved} == {path: held(show)[path] for path in moved}
    assert show.state.controls.sequence == sequence + 1
    assert set(show.state.controls.changed) == moved.keys()
    assert outcome == LookOutcome(count=len(held(show)))


def test_a_recalled_look_fades_each_value_by_its_own_rule_over_one_time() -> None:
    show = STAGE.show()
    done(show, 0, asked("import", values={KELVIN: 2500.0, HOUR: 22.0, "/card/key/azimuth_deg": -170.0}))
    step(show, 1, {KELVIN: 10_000.0, HOUR: 2.0, "/card/key/azimuth_deg": 170.0})
    done(show, 2, asked("recall", fade_s=2.0))
    step(show, 2 + RATE_HZ)
    assert value_of(show, KELVIN) == pytest.approx(4000.0)
    assert value_of(show, HOUR) == pytest.approx(0.0)
    assert abs(value_of(show, "/card/key/azimuth_deg")) == pytest.approx(180.0)
    step(show, 2 + 2 * RATE_HZ)
    assert (value_of(show, KELVIN), value_of(show, HOUR)) == (2500.0, 22.0)
    assert not show.state.controls.fades


def test_the_world_dissolves_over_the_same_time_and_comes_as_the_look_has_it() -> None:
    show = everything_ready(WORLDS)
    step(show, 1, {ACTIVE: "office", "/layer/office/tint": 0.5, TINT: 0.5})
    done(show, 2, asked("save"))
    step(show, 3, {ACTIVE: "valley", "/layer/office/tint": 0.0, TINT: 0.0})
    done(show, 4, asked("recall", fade_s=1.0))
    assert value_of(show, "/layer/office/tint") == 0.5
    air = step(show, 4 + RATE_HZ // 2).air
    assert (air.on_air, air.coming, air.share) == ("valley", "office", pytest.approx(0.5))
    assert value_of(show, TINT) == pytest.approx(0.25)
    assert step(show, 4 + RATE_HZ).air.on_air == "office"


def test_only_some_parts_are_recalled() -> None:
    show = STAGE.show()
    done(show, 0, asked("save"))
    group = "/lights/group/back/intensity"
    step(show, 1, {TINT: 0.5, HOUR: 3.0, "/card/key/opacity": 0.5, "/light/key/intensity": 0.5, group: 0.5})
    done(show, 2, asked("recall", only=("light",)))
    assert (value_of(show, TINT), value_of(show, HOUR)) == (0.5, 3.0)
    assert (value_of(show, "/card/key/opacity"), value_of(show, "/light/key/intensity")) == (1.0, 1.0)
    assert value_of(show, group) == 1.0


def test_what_the_stage_has_not_got_is_named_and_kept_and_the_rest_is_set() -> None:
    show = STAGE.show()
    strange = {ACTIVE: "beach", "/layer/beach/tint": 0.1, "/layer/beach/contrast": 1.1, "/card/rim/opacity": 0.5}
    strange |= {"/light/fill/intensity": 0.2, "/lights/group/front/intensity": 0.3}
    done(show, 0, asked("import", values={**strange, TINT: 0.3}))
    assert done(show, 1, asked("recall")) == LookOutcome(
        count=1, absent=(ACTIVE, "/layer/beach", "/card/rim", "/light/fill", "/lights/group/front")
    )
    assert value_of(show, TINT) == 0.3
    assert strange.items() <= held(show).items()


def test_what_cannot_be_set_is_named_with_why_and_the_rest_is_set() -> None:
    show = everything_ready(WORLDS)
    done(show, 1, asked("import", values={ACTIVE: "valley", TINT: 0.3, "/layer/valley/tint": 0.2}))
    values = {**held(show), "/layer/office/tint": 0.9, "/camera/A/parked": True, "/nowhere": 1.0, KELVIN: 5.0}
    show.state.looks.looks["look"] = KeptLook(look=packed(values))
    show.state.looks.note_change()
    outcome = done(show, 2, asked("recall"))
    assert outcome.count == 3
    assert {path: refusal.reason for path, refusal in outcome.refused.items()} == {
        "/layer/office/tint": "not_of_its_world",
        "/camera/A/parked": "not_in_looks",
        "/nowhere": "no_parameter",
        KELVIN: "number_out_of_range",
    }
    assert (value_of(show, TINT), value_of(show, "/layer/office/tint")) == (0.3, 0.0)


def test_a_look_is_updated_in_its_own_parts_and_keeps_what_this_stage_lacks() -> None:
    show = STAGE.show()
    done(show, 0, asked("import", values={"/card/rim/opacity": 0.5, "/card/key/opacity": 0.1, TINT: 0.3}))
    step(show, 1, {"/card/key/opacity": 0.7, TINT: 0.9, HOUR: 3.0})
    done(show, 2, asked("update", only=("light",)))
    assert held(show)["/card/rim/opacity"] == 0.5
    assert (held(show)["/card/key/opacity"], held(show)[TINT]) == (0.7, 0.3)
    done(show, 3, asked("update"))
    assert held(show)[TINT] == 0.9
    assert HOUR not in held(show)


def test_an_updated_look_lets_go_of_the_world_that_it_named() -> None:
    show = everything_ready(WORLDS)
    done(show, 1, asked("save"))
    step(show, 2, {ACTIVE: "office"})
    done(show, 3, asked("update"))
    assert held(show)[ACTIVE] == "office"
    assert {path.split("/")[2] for path in held(show) if path.startswith(("/worlds/", "/layer/"))} == {"office"}


def test_names_are_the_same_in_any_case_and_form_and_no_two_looks_share_one() -> None:
    show = STAGE.show()
    done(show, 0, asked("save", "Caf\u00e9 "))
    assert list(show.state.looks.looks) == ["Caf\u00e9"]
    assert refused(show, 1, asked("save", "cafe\u0301")) == "look_name_taken"
    done(show, 2, asked("recall", "CAFE\u0301"))
    done(show, 3, asked("save", "other"))
    assert refused(show, 4, asked("rename", "other", to="caf\u00e9")) == "look_name_taken"
    done(show, 5, asked("rename", "Caf\u00e9", to="caf\u00e9"))
    done(show, 6, asked("delete", "other"))
    assert list(show.state.looks.looks) == ["caf\u00e9"]


def test_files_are_named_after_looks_and_those_that_must_go_are_remembered() -> None:
    show = STAGE.show()
    for frame, name in enumerate(("dusk", "a/b", "..", "x" * 64, "\N{SNOWMAN}" * 64)):
        done(show, frame, asked("save", name))
    files = [kept.file for kept in show.state.looks.looks.values()]
    assert files[0] == "dusk.toml"
    assert len({file.casefold() for file in files}) == 5
    assert not [file for file in files if "/" in file or file.startswith(".") or len(file.encode()) > 255]
    done(show, 9, asked("rename", "dusk", to="dawn"))
    assert show.state.looks.dropped == {"dusk.toml": "dawn.toml"}
    done(show, 10, asked("save", "dusk"))
    assert show.state.looks.dropped == {}


def take_looks(show: Show) -> list[str]:
    return list(show.state.looks.of_takes)


def test_a_take_keeps_a_look_of_its_first_frame_named_after_it() -> None:
    show = STAGE.show()
    step(show, 0, start_take("Sc 12/3"), {TINT: 0.5})
    assert take_looks(show) == ["Sc 12/3"]
    assert show.state.looks.of_takes["Sc 12/3"].values[TINT] == 0.5
    step(show, 1, {TINT: -0.5})
    done(show, 2, asked("recall", "Sc 12/3", takes=True))
    assert value_of(show, TINT) == 0.5
    assert refused(show, 3, asked("update", "Sc 12/3")) == "look_is_of_a_take"
    done(show, 4, asked("rename", "Sc 12/3", to="kept", takes=True))
    assert (take_looks(show), list(show.state.looks.looks)) == ([], ["kept"])


def test_a_slate_that_turns_text_around_names_a_look_that_its_file_can_be_read_by() -> None:
    show = STAGE.show()
    step(show, 0, start_take("Sc \u202e12"))
    assert take_looks(show) == ["Sc \N{REPLACEMENT CHARACTER}12"]
    assert name_of_look(take_looks(show)[0]) is not None


def test_of_more_takes_the_newest_keep_their_looks() -> None:
    show = STAGE.show()
    for number in range(MOST_LOOKS + 2):
        show.step(inputs_at(2 * number, start_take(f"t{number}")))
        show.step(inputs_at(2 * number + 1, stop_take()))
    assert take_looks(show) == [f"t{number}" for number in range(2, MOST_LOOKS + 2)]
    assert list(show.state.looks.dropped) == ["takes/t0.toml", "takes/t1.toml"]


def test_looks_are_state_and_continue_alike_from_any_snapshot() -> None:
    show = STAGE.show()
    step(show, 0, {TINT: 0.4}, start_take("one"))
    done(show, 1, asked("save"))
    again = STAGE.show(decode_state(encode_state(show.snapshot())))
    for one in (show, again):
        one.step(inputs_at(2, {TINT: -0.4}))
    for frame, asks in ((3, (asked("recall", fade_s=0.5),)), (9, ())):
        outcomes = [one.step(inputs_at(frame, *asks)) for one in (show, again)]
        assert digest(outcomes[0]) == digest(outcomes[1])
    assert encode_state(show.state) == encode_state(again.state)


def test_a_take_replays_looks_without_their_files() -> None:
    file = LookFile(file="dusk.toml", name="dusk", look=packed({TINT: 0.5, HOUR: 20.0}))
    frames = [
        inputs_at(0, start_take("one"), observations=[LooksListed(kind="show", files=(file,))]),
        inputs_at(1, asked("recall", "dusk", fade_s=0.1), asked("save")),
        inputs_at(2, asked("delete", "dusk"), asked("recall", "one", takes=True)),
        inputs_at(9),
    ]
    recorded = [msgspec.msgpack.encode(inputs) for inputs in frames]
    live, replayed = STAGE.show(), STAGE.show()
    for inputs, encoded in zip(frames, recorded, strict=True):
        again = replayed.step(msgspec.msgpack.decode(encoded, type=FrameInputs))
        assert digest(live.step(inputs)) == digest(again)
    assert encode_state(live.state) == encode_state(replayed.state)


def test_every_look_group_is_in_one_part() -> None:
    groups = [group for part in LOOK_PARTS for group in GROUPS[part]]
    assert len(groups) == len(set(groups))
    assert {one.look for one in STAGE.show().tree if one.look} == groups_of_parts(LOOK_PARTS)
