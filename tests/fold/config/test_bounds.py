"""Configurations that no stage has: refused at once by their size, before their parts are compared with each other."""

import re

import jsonschema
import msgspec
import pytest

from stage.control.requests import SavedName
from stage.show.frame.requests import TakeRequest
from tests.building import parsed, stage_text, wall
from tests.fold.config.stage_texts import GOOD
from tracking.records import ConfigError, Name


def findings_of(text):
    with pytest.raises(ConfigError) as refused:
        parsed(text)
    return refused.value.findings


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("".join(f"key_{n} = 1\n" for n in range(200_000)), "found .* characters, expected a TOML file of at most"),
        ("\n" * 30_000, "found 30000 lines, expected a TOML file of at most 20000"),
        (
            "x = {" + ", ".join(f"k{n} = 1" for n in range(60_000)) + "}",
            "found 60001 keys and more, expected at most 5000",
        ),
        ("walls = [" + "{}, " * 20_000 + "]", r"walls: found 20000 \[\[walls\]\], expected at most 256"),
        ("x = [[" + "0, " * 60_000 + "]]", "found 60002 values and more"),
        ("x = " + "[" * 100_000, "nested too deep, expected at most 16 levels"),
        ("x = " + "{x = " * 100_000, "nested too deep, expected at most 16 levels"),
        ("x = " + "[" * 100 + "]" * 100, "nested more than 16 deep, expected at most 16 levels"),
        ("\nx" + ".x" * 100_000 + " = 1", "found a key of more than 16 parts in line 2, expected at most 16"),
        ("[" + "'x' . " * 100_000 + '"x"]', "found a key of more than 16 parts in line 1"),
        (f"{'x' * 300} = 1", "found the key 'x.* of 300 characters, expected 200 at most"),
        ("\n".join(f"camera{n} = 1" for n in range(4900)), "camera0: unknown section; did you mean 'cameras'"),
        (GOOD.replace("[stage]", "[stage]\n" + "\n".join(f"x{n} = 1" for n in range(4900))), "stage.x0: unknown key"),
    ],
    ids=lambda text: text[:12],
)
def test_what_is_too_large_for_a_configuration_is_refused_at_once(text, finding):
    found = findings_of(text)
    assert re.search(finding, found[0])
    assert all(len(line) < 400 for line in found)


def test_as_many_walls_as_any_stage_has_are_read():
    assert len(parsed(stage_text(*(wall(f"w{n}") for n in range(60)))).walls) == 60


def test_a_byte_order_mark_is_passed_over():
    assert parsed("\ufeff" + GOOD) == parsed(GOOD)


@pytest.mark.parametrize("name", ["A\n", "\nA", "A\r", "A\n\n", ""])
@pytest.mark.parametrize("kind", [Name, SavedName])
def test_a_name_that_ends_in_a_newline_is_refused_by_records_and_schemas_alike(kind, name):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(name, kind)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(name, msgspec.json.schema(kind))
    jsonschema.validate("A-1_b", msgspec.json.schema(kind))
    assert msgspec.convert("A-1_b", kind) == "A-1_b"


def test_a_take_is_not_named_with_a_newline():
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"action": "start", "name": "morning\n"}, TakeRequest)
