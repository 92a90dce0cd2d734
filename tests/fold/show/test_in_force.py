"""What replaces what the film camera would see: declared, listed while it is in force, and named when a stage starts."""

import pytest

from stage.config.starting_values import tree_of
from stage.show.report.in_force import Override, in_force, overrides_of
from stage.words.sentences import health_lines
from tests.building import camera, codes, stage, step, tracker

STAGE = stage(tracker("t"), camera("A", tracker="t"), camera("B"), camera("C", parked=True))
TREE = tree_of(STAGE.config)
PUT = {
    "/output/blackout": True,
    "/output/freeze": True,
    "/world/freeze_time": True,
    "/world/guide": "floor",
    "/lights/blackout": True,
    "/outer/freeze": True,
    "/wall/main/pattern": "grid",
    "/camera/A/source": "still",
    "/camera/A/parked": True,
    "/camera/A/outline": True,
    "/camera/A/key/enabled": True,
    "/camera/A/focal_length_mm": 24.0,
    "/camera/B/source": "orbit",
    "/camera/C/parked": False,
}
MOMENTARY = [
    "/output/blackout",
    "/output/freeze",
    "/world/freeze_time",
    "/world/guide",
    "/lights/blackout",
    "/outer/freeze",
    "/wall/main/pattern",
]


def listed(show):
    return list(in_force(overrides_of(TREE), show.state.controls.values))


def test_a_stage_as_configured_has_nothing_in_force():
    assert listed(STAGE.show()) == []


@pytest.mark.parametrize(("path", "value"), PUT.items())
def test_what_the_camera_would_see_is_listed_with_what_is_normal(path, value):
    show = STAGE.show()
    step(show, 0, {path: value})
    assert listed(show) == [Override(path, value, TREE[path].default)]
    step(show, 1, {path: TREE[path].default})
    assert listed(show) == []


def test_looks_and_the_stages_geometry_are_not_in_force():
    show = STAGE.show()
    step(show, 0, {"/grade/exposure_stops": -1.0, "/wall/main/latency_ms": 20.0, "/tracker/t/offset/pan_deg": 3.0})
    assert listed(show) == []


def test_every_override_is_seen_and_no_look_stores_it():
    assert all(one.seen and one.look is None for one in overrides_of(TREE))
    assert [one.path for one in overrides_of(TREE) if one.override == "momentary"] == [
        *MOMENTARY,
        *(f"/camera/{name}/outline" for name in "ABC"),
    ]


def test_a_start_with_something_in_force_is_in_health_until_it_is_back_to_normal():
    show = STAGE.show(restored={"/output/freeze": True, "/camera/B/source": "orbit"})
    show.state.health.started_with = [one.path for one in listed(show)]
    lines = health_lines(step(show, 0).health)
    assert [line for line in lines if "started" in line] == [
        "the stage started with /output/freeze on, normally off: set it back, or acknowledge it",
        "the stage started with /camera/B/source orbit, normally manual: set it back, or acknowledge it",
    ]
    assert codes(step(show, 1, {"/output/freeze": False})).count("started_in_force") == 1
    assert codes(step(show, 2, {"/camera/B/source": "manual", "/output/blackout": True})) == ["tracker_never"]
