"""The text of a show's cues: it reads back as it was written, says who wrote it last, and is refused in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.config.cue_reader import read_cues
from stage.config.cue_writer import head_of, pieces_of
from stage.config.findings import Findings
from stage.values.cues import MOST_BYTES, MOST_CUES, Cue, content_of, thousandths, with_values

PATHS = st.sampled_from(["/grade/tint", "/time/hour", "/world/active", '/layer/"odd" \u202e/tint', "/a\x7fb"])
VALUES = st.dictionaries(PATHS, st.booleans() | st.floats(-1e6, 1e6) | st.text(max_size=20), min_size=1, max_size=4)
NAMES = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=20).filter(str.isprintable)
TIMES = st.sampled_from([0.0, 0.25, 3600.0])
NUMBERS = st.lists(st.integers(1, 9_999_999), unique=True, max_size=6).map(sorted)


@st.composite
def cue_lists(draw):
    cues = []
    for number in draw(NUMBERS):
        cue = Cue(
            number=number,
            name=draw(NAMES),
            fade_s=draw(TIMES),
            delay_s=draw(TIMES),
            curve=draw(st.sampled_from(["linear", "ease"])),
            way=draw(st.sampled_from(["shorter", "forward", "backward"])),
            follow_on=draw(st.booleans()),
        )
        values = draw(VALUES | st.none())
        look = {"look": draw(NAMES.filter(bool)), "only": draw(st.sampled_from([(), ("sky", "light")]))}
        cues.append(with_values(cue, values) if values else Cue(**{**fields(cue), **look}))
    return tuple(cues)


def fields(cue):
    return {name: getattr(cue, name) for name in cue.__struct_fields__}


def text_of(cues, edition=3):
    pieces = list(pieces_of(cues))
    return head_of(pieces, edition) + "".join(pieces)


def read(text):
    findings = Findings("cues.toml")
    return read_cues(text, findings), "\n".join(findings.lines())


@given(cue_lists(), st.integers(0, 10**9))
def test_a_list_reads_back_as_it_was_written_with_its_edition(cues, edition):
    found, faults = read(text_of(cues, edition))
    assert not faults
    assert found == (cues, edition, False)


@given(cue_lists(), st.data())
def test_a_text_that_somebody_has_changed_is_by_hand(cues, data):
    text = text_of(cues)
    lines = text.splitlines(keepends=True)
    place = data.draw(st.integers(0, len(lines)))
    changed = "".join([*lines[:place], "# a remark\n", *lines[place:]])
    found, _ = read(changed)
    assert found is None or found.by_hand


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[cues]]\nlook = 'a'", "cues[0].number: missing, expected a number from 0.001 to 9999.999"),
        ("[[cues]]\nnumber = 1.2345\nlook = 'a'", "cues[0].number: found 1.2345"),
        ("[[cues]]\nnumber = 0\nlook = 'a'", "cues[0].number: found 0"),
        ("[[cues]]\nnumber = -1\nlook = 'a'", "cues[0].number: found -1"),
        ("[[cues]]\nnumber = true\nlook = 'a'", "cues[0].number: found True"),
        ("[[cues]]\nnumber = nan\nlook = 'a'", "cues[0].number: found nan"),
        ("[[cues]]\nnumber = 1", "cues[0].look: missing, expected the name of a look"),
        ("[[cues]]\nnumber = 1\nvalues = {}", "cues[0].values: missing"),
        ("[[cues]]\nnumber = 1\nlook = 'a'\nvalues = { '/b' = 1 }", "cues[0].values: found beside a look"),
        ("[[cues]]\nnumber = 1\nvalues = { '/b' = [1] }", "cues[0].values./b: found [1]"),
        ("[[cues]]\nnumber = 1\nvalues = { '/b' = inf }", "cues[0].values./b: found inf"),
        ("[[cues]]\nnumber = 1\nonly = ['sky']\nvalues = { '/b' = 1 }", "cues[0].only: found without a look"),
        ("[[cues]]\nnumber = 1\nlook = 'a'\nonly = ['skies']", "cues[0].only[0]: found 'skies'"),
        ("[[cues]]\nnumber = 1\nlook = 'a'\nfade_s = 1e9", "cues[0].fade_s: found 1000000000.0"),
        ("[[cues]]\nnumber = 1\nlook = 'a'\ncurve = 'soft'", "expected one of ease, linear"),
        ("[[cues]]\nnumber = 1\nlook = 'a'\nfade = 2", "cues[0].fade: unknown key; did you mean 'fade_s'?"),
        ('[[cues]]\nnumber = 1\nlook = "a"\nname = "two\\nlines"', "cues[0].name: found"),
        ("[[cues]]\nnumber = 1\nlook = 'a'\n[[cues]]\nnumber = 1.0\nlook = 'b'", "cues[1].number: found 1 again"),
        ("[cues]\nnumber = 1", "write [[cues]] before each cue"),
        ("cues = [3]", "cues[0]: found 3, expected a table"),
        ("[[cue]]\nnumber = 1", "cue: unknown key; did you mean 'cues'?"),
        ("[[cues]\n", "not valid TOML"),
        ("[[cues]]\n" * (MOST_CUES + 1), f"found {MOST_CUES + 1} [[cues]], expected at most {MOST_CUES}"),
        ("x = " + "[" * 5000, "not valid TOML"),
        ("[[cues]]\nnumber = " + "9" * 5000, "not valid TOML"),
        ("# " + "x" * (7 << 20), "expected a TOML file of at most"),
    ],
)
def test_a_broken_list_is_refused_with_the_place_what_was_found_and_what_was_expected(text, said):
    found, faults = read(text)
    assert found is None
    assert said in faults
    assert len(faults) < 20_000


def test_every_fault_of_a_list_is_found_at_once():
    text = "[[cues]]\nnumber = 1\n[[cues]]\nlook = 'a'\n[[cues]]\nnumber = 1\nlook = 'b'\nfade_s = 'x'\n"
    _, faults = read(text)
    assert len(faults.splitlines()) == 3


def test_values_of_more_bytes_than_a_show_keeps_are_refused():
    values = {f"/a{'x' * 190}{number}": "y" * 200 for number in range(1400)}
    cues = [with_values(Cue(number=1000 * number), values) for number in range(1, 5)]
    assert sum(len(cue.content) for cue in cues) > MOST_BYTES
    assert "bytes of values, expected at most" in read("".join(pieces_of(cues)))[1]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (1.1, 1100),
        ("1.10", 1100),
        ("1.1", 1100),
        (1, 1000),
        ("0.001", 1),
        (9999.999, 9_999_999),
        (1.100000023841858, 1100),
        (" 12 ", 12_000),
        *((wrong, None) for wrong in (0, -1, "0", "1.2345", 1.2344, "1e3", "", "one", 10_000, 1e300, float("nan"))),
        *((wrong, None) for wrong in (True, None, float("inf"), 10**40, "١")),
    ],
)
def test_a_number_is_kept_in_thousandths(written, number):
    assert thousandths(written) == number


def test_values_that_are_no_values_are_none():
    assert Cue(number=1, content=b"\xc1").values == {}
    assert Cue(number=1, content=content_of({"/a": 1.0})).values == {"/a": 1.0}
