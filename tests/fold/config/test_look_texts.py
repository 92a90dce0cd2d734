"""The text of a look's file: read strictly, and fitted to a stage: what no look may hold is refused, what is not there named."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.config.findings import Findings
from stage.config.look_reader import read_look
from stage.config.starting_values import tree_of
from stage.values.looks import FittedLook, Look, fitted
from stage.words.sentences import refusal_line
from tests.building import camera, card, parsed, stage_text
from tests.examples import hostile
from tests.fold.show.air_stage import layer, world

TREE = tree_of(parsed(stage_text(camera("A"), card("key"), world("evening", layer("sky")), world("street"))))


def read(text: str) -> tuple[Look | None, tuple[str, ...]]:
    findings = Findings("dusk.toml")
    return read_look(text, findings, "dusk"), findings.lines()


def fit(**values: object) -> FittedLook:
    return fitted(values, TREE)  # type: ignore[arg-type]


def test_a_look_is_a_name_and_values_by_path() -> None:
    look, lines = read('name = "Last light"\n[values]\n"/time/hour" = 20\n"/sky/sun/source" = "manual"\n')
    assert lines == ()
    assert look == Look(name="Last light", values={"/time/hour": 20, "/sky/sun/source": "manual"})


def test_a_look_without_a_name_is_called_as_its_file() -> None:
    look, _ = read('[values]\n"/time/hour" = 20.0\n')
    assert look is not None
    assert look.name == "dusk"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("", "dusk.toml: values: missing, expected [values]"),
        ("values = 3", "dusk.toml: values: missing, expected [values]"),
        ("[values]", "dusk.toml: values: missing, expected [values]"),
        ('name = 3\n[values]\n"/time/hour" = 1', "dusk.toml: name: found 3, expected 1 to 64 printable"),
        ('name = "a\\nb"\n[values]\n"/time/hour" = 1', "dusk.toml: name: found 'a\\nb', expected 1 to 64 printable"),
        ('[vaules]\n"/time/hour" = 1', "dusk.toml: vaules: unknown key; did you mean 'values'?"),
        ("[values]\ntime.hour = 1", "dusk.toml: time: found a table, expected a value: write its path in quotes"),
        ('[values]\n"/time/hour" = [1]', "dusk.toml: /time/hour: found [1], expected a number, true, false or text"),
        ('[values]\n"/place/date" = 2026-01-01', "expected a number, true, false or text"),
        (f'[values]\n"/time/hour" = 0x{"f" * 6000}', "dusk.toml: /time/hour: found a number of 24000 bits"),
        ("[values]\n/time/hour = 1", "dusk.toml: not valid TOML"),
        ("[" * 2000, "dusk.toml: not valid TOML"),
        (
            f'[values]\n"/time/hour" = {"9" * 6000}',
            "found a number of more than 4300 digits, expected one of at most 18",
        ),
        ("x = 1\n" * 30_000, "found 30000 lines"),
        ("[values]\n" + "\n".join(f'"/a/{n}" = 1' for n in range(6000)), "expected at most 5000 keys"),
    ],
)
def test_what_is_no_look_is_refused_with_its_key(text: str, finding: str) -> None:
    look, lines = read(text)
    assert look is None
    assert any(finding in line for line in lines), lines


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
@hostile()
def test_no_text_breaks_the_reader(text: str) -> None:
    look, lines = read(f"[values]\n{text}")
    assert (look is None) == bool(lines)


@pytest.mark.parametrize("name", ["\N{WOMAN}\u200d\N{GIRL}", "می\u200cروم", "夜\u3000一"])
def test_letters_and_emoji_that_are_joined_are_a_name(name: str) -> None:
    look, lines = read(f'name = "{name}"\n[values]\n"/time/hour" = 1')
    assert (look is not None and look.name, lines) == (name, ())


def test_values_are_kept_as_the_stage_keeps_them() -> None:
    found = fit(**{"/time/hour": 24, "/sky/haze": 1, "/worlds/street/exposure_stops": -1.5, "/world/active": "street"})
    assert found == FittedLook(
        {"/time/hour": 0.0, "/sky/haze": 1.0, "/worlds/street/exposure_stops": -1.5, "/world/active": "street"},
        absent=(),
        refused={},
        of_worlds=("/worlds/street/exposure_stops",),
        roles=frozenset({"director"}),
    )


@pytest.mark.parametrize(
    "path",
    [
        "/place/latitude_deg",
        "/place/date",
        "/layer/street/turn_deg",
        "/layer/street/horizon",
        "/layer/nowhere/width_deg",
        "/wall/main/latency_ms",
        "/wall/other/latency_ms",
        "/camera/A/overscan_deg",
        "/output/blackout",
        "/outer/x_m",
        "/world/freeze_time",
        "/time/running",
    ],
)
def test_no_look_holds_place_geometry_delay_or_output(path: str) -> None:
    found = fit(**{path: 1.0})
    assert (found.values, found.absent) == ({}, ())
    assert refusal_line(found.refused[path]) == f"{path} is not part of any look: set it by itself"


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        ("/sky/haze", 1.5, "is 1.5, expected 0 to 1"),
        ("/sky/haze", float("nan"), "is nan, expected 0 to 1"),
        ("/sky/haze", True, "takes a number"),
        ("/sky/sun/source", "hand", "expected one of clock manual"),
        ("/sky/hase", 0.5, "no parameter '/sky/hase'"),
        ("/layer/nowhere/opacity", 2.0, "expected 0 to 1"),
        ("/layer/nowhere/opaque", 1.0, "no parameter"),
        ("/world/active", 3.0, "takes one of"),
        ("sky", 1.0, "no parameter"),
        ("", 1.0, "no parameter"),
    ],
)
def test_a_wrong_value_is_refused_even_of_a_layer_that_is_not_there(path: str, value: object, why: str) -> None:
    found = fit(**{path: value})
    assert (found.values, found.absent) == ({}, ())
    assert re.search(re.escape(why), refusal_line(found.refused[path])), refusal_line(found.refused[path])


def test_what_the_stage_has_not_got_is_named_and_the_rest_applies() -> None:
    found = fit(
        **{
            "/world/active": "beach",
            "/worlds/beach/exposure_stops": 1.0,
            "/layer/beach-2/opacity": 0.5,
            "/card/rim/exposure_stops": 1.0,
            "/light/rim/intensity": 0.5,
            "/card/key/exposure_stops": 1.0,
            "/grade/tint": 0.25,
        }
    )
    assert found.values == {"/card/key/exposure_stops": 1.0, "/grade/tint": 0.25}
    assert found.absent == (
        "/world/active",
        "/worlds/beach/exposure_stops",
        "/layer/beach-2/opacity",
        "/card/rim/exposure_stops",
        "/light/rim/intensity",
    )
    assert found.refused == {}
