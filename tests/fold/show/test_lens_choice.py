"""Lenses that are changed between: which is on the camera, what it sees then, and what a take keeps from changing."""

import json

import pytest

from stage.show.state import encode_state
from stage.words.sentences import refusal_line
from tests.building import camera, digest, freed, inputs_at, set_to, stage, step, tracker, view_of, wall
from tests.fold.config.stage_texts import GOOD, findings

LENS = "/camera/A/lens"
FILE = "lens/50.json"
FILES = {FILE: {"nodes": [{"focal_length_mm": 50.0, "radial": [2e-4], "entrance_pupil_m": 0.12}]}}


def staged(**keys):
    return stage(wall(), tracker("t"), camera("A", tracker="t", **keys), lenses=FILES)


def with_keys(keys):
    return GOOD.replace("focal_length_mm = 35", f"focal_length_mm = 35\n{keys}")


CHOICE = staged(lenses=["24", "35", FILE])


def seen(show, frame, *requests):
    outcome = step(show, frame, *requests, datagrams=[freed(frame)])
    return outcome, view_of(outcome.plan)


def focal_mm(view):
    """What a pinhole's frame tells of its focal length."""
    return 18.0 / view.frame.right


def on_camera(show):
    return show.state.controls.values.camera["A"].lens


@pytest.mark.parametrize(
    ("keys", "lens", "focal_mm"),
    [
        ({}, "24", 24.0),
        ({"focal_length_mm": 35.0}, "35", 35.0),
        ({"focal_length_mm": 80.0}, "own", 80.0),
        ({"zoom": [[0, 20], [100, 60]]}, "own", 35.0),
    ],
)
def test_a_camera_begins_with_what_is_configured_or_with_the_first_of_its_lenses(keys, lens, focal_mm):
    show = staged(lenses=["24", "35", FILE], **keys).show()
    assert on_camera(show) == lens
    assert show.state.cameras["A"].lens.focal_length_mm == focal_mm


def test_a_changed_lens_is_what_the_camera_sees_with_in_the_frame_of_its_acknowledgement():
    show = CHOICE.show()
    assert focal_mm(seen(show, 1)[1]) == pytest.approx(24.0)
    outcome, view = seen(show, 2, set_to(LENS, "35"))
    assert outcome.answers[0].refusal is None
    assert focal_mm(view) == pytest.approx(35.0)


def test_a_lens_file_brings_its_pupil_and_takes_it_away_again():
    show = CHOICE.show()
    _, before = seen(show, 1)
    _, filed = seen(show, 2, set_to(LENS, FILE))
    assert show.state.cameras["A"].lens.focal_length_mm == 50.0
    moved_m = filed.eye_m[1] - before.eye_m[1]
    assert moved_m == pytest.approx(0.12, abs=2e-3)
    _, after = seen(show, 3, set_to(LENS, "24"))
    assert show.state.cameras["A"].lens.entrance_pupil_m == 0.0
    assert after.frame == before.frame


def test_a_focal_length_set_by_hand_stays_over_every_lens():
    show = CHOICE.show()
    seen(show, 1, set_to("/camera/A/focal_length_mm", 80.0))
    assert focal_mm(seen(show, 2, set_to(LENS, "35"))[1]) == pytest.approx(80.0)


def test_a_lens_that_is_not_listed_is_refused_with_those_that_are():
    outcome = CHOICE.show().step(inputs_at(1, set_to(LENS, "28"), datagrams=[freed(1)]))
    assert "own 24 35 lens/50.json" in refusal_line(outcome.answers[0].refusal)
    assert focal_mm(view_of(outcome.plan)) == pytest.approx(24.0)


def test_a_state_goes_on_with_the_lens_that_is_on_the_camera():
    show = CHOICE.show()
    seen(show, 1, set_to(LENS, FILE))
    restored = CHOICE.show(show.snapshot())
    assert encode_state(restored.state) == encode_state(show.state)
    assert digest(seen(restored, 2)[0]) == digest(seen(show, 2)[0])


@pytest.mark.parametrize(
    ("lenses", "finding"),
    [
        (["24", "24"], "cameras[0].lenses[1]: found '24' again"),
        (["0.2"], "cameras[0].lenses[0]: found '0.2', expected a focal length from 1 to 5000 mm"),
        (["nan"], "cameras[0].lenses[0]: found 'nan'"),
        (["wide"], "or a lens file (.json)"),
    ],
)
def test_what_is_no_lens_is_found_before_the_first_frame(lenses, finding):
    assert any(finding in line for line in findings(with_keys(f"lenses = {json.dumps(lenses)}")))


@pytest.mark.parametrize("lines", ["9:16", "2.39:1"])
def test_frame_lines_are_shapes(lines):
    assert staged(frame_lines=[lines]).config.cameras[0].frame_lines == (lines,)
