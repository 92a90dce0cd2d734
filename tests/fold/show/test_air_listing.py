"""Worlds that come and go while the show runs: their values, the choices, and what stays as long as it is on the walls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.worlds.configured import MOST_WORLDS, World
from render.worlds.coordinates.record import CoordinatesLayer
from render.worlds.panorama.record import PanoramaLayer
from stage.show.frame.inputs import WorldGone, WorldListed
from stage.show.state import decode_state, encode_state
from stage.values.tree import snapshot_of
from stage.words.sentences import health_lines
from tests.building import codes, digest, inputs_at, set_to, step, value_of
from tests.examples import costly
from tests.fold.show.air_stage import ACTIVE, SHA256, everything_ready, ready, stage_of_worlds

STAGE = stage_of_worlds()


def new_world(name="Küche", key=None, file="kitchen.exr", **keys):
    return World(name=name, key=key, layers=(PanoramaLayer(file=file),), **keys)


def listed(show, frame, world=None, *asked):
    return step(show, frame, *asked, observations=[WorldListed(world=world or new_world())])


def gone(show, frame, key):
    return step(show, frame, observations=[WorldGone(key=key)])


def key_of(show, name="Küche"):
    (key,) = [key for key, world in show.state.air.worlds.items() if world.name == name]
    return key


def test_a_world_that_comes_brings_its_values_and_can_be_put_on_air():
    show = everything_ready(STAGE)
    before = show.tree.version
    listed(show, 1, new_world(exposure_stops=-1.5), set_to(ACTIVE, "Küche"))
    key = key_of(show)
    assert show.tree.version > before
    assert value_of(show, f"/worlds/{key}/exposure_stops") == -1.5
    assert show.tree[f"/worlds/{key}/exposure_stops"].default == -1.5
    assert f"/layer/{key}/opacity" in show.state.controls.changed
    assert show.tree[ACTIVE].choices == ("valley", "office", "street", "pattern", "Küche")
    kitchen = ready("valley")[0]
    outcome = step(show, 2, observations=[type(kitchen)(file="kitchen.exr", sha256="d4" * 32)])
    assert outcome.air.on_air == "Küche"
    assert outcome.plan.air.world.exposure_stops == -1.5


def test_a_world_that_goes_takes_its_values_fades_and_choice_with_it():
    show = everything_ready(STAGE)
    values = snapshot_of(show.state.controls.values)
    paths = [parameter.path for parameter in show.tree]
    listed(show, 1)
    key = key_of(show)
    step(show, 2, set_to(f"/layer/{key}/opacity", 0.0, fade_s=5.0))
    version = show.tree.version
    gone(show, 3, key)
    assert show.tree.version > version
    assert snapshot_of(show.state.controls.values) == values
    assert [parameter.path for parameter in show.tree] == paths
    assert show.tree[ACTIVE].choices == ("valley", "office", "street", "pattern")
    assert not show.state.controls.fades
    (answer,) = show.step(inputs_at(4, set_to(f"/layer/{key}/opacity", 1.0))).answers
    assert answer.refusal.code == "unknown_path"


def test_a_configured_world_can_go_too():
    show = everything_ready(STAGE)
    gone(show, 1, "street")
    assert "/layer/street/opacity" not in show.tree
    assert "street.exr" not in show.state.air.assets


def test_a_world_on_air_stays_until_it_is_left_and_health_says_so():
    show = everything_ready(STAGE)
    assert codes(gone(show, 1, "valley")) == ["world_gone"]
    assert step(show, 2).plan.air.is_ready()
    assert "valley" in show.tree[ACTIVE].choices
    half = step(show, 3, set_to(ACTIVE, "office", fade_s=1.0))
    assert codes(half) == ["world_gone"]
    assert "/layer/valley/opacity" in show.tree
    left = step(show, 63)
    assert (left.air.on_air, codes(left)) == ("office", [])
    assert "/layer/valley/opacity" not in show.tree


def test_a_world_that_is_dissolved_to_stays():
    show = everything_ready(STAGE)
    step(show, 1, set_to(ACTIVE, "office", fade_s=1.0))
    gone(show, 2, "office")
    assert step(show, 61).air.on_air == "office"
    step(show, 62, set_to(ACTIVE, "valley"))
    assert "office" not in show.tree[ACTIVE].choices


@pytest.mark.parametrize("switch", ["/outer/freeze", "/output/freeze"])
def test_a_world_in_a_frozen_picture_stays_until_that_moves_again(switch):
    show = everything_ready(STAGE)
    step(show, 1, {switch: True})
    step(show, 2, set_to(ACTIVE, "office"))
    assert codes(gone(show, 3, "valley")).count("world_gone") == 1
    assert "/layer/valley/opacity" in show.tree
    step(show, 4, {switch: False})
    step(show, 5)
    assert "/layer/valley/opacity" not in show.tree


def test_a_target_that_waits_and_goes_gives_way_to_what_is_on_air():
    show = STAGE.show()
    step(show, 0, observations=ready("valley"))
    step(show, 1, set_to(ACTIVE, "office", fade_s=1.0))
    outcome = gone(show, 2, "office")
    assert (outcome.air.target, outcome.air.on_air) == ("valley", "valley")
    assert "world_withdrawn" in codes(outcome)
    assert "office" not in show.tree[ACTIVE].choices


def test_a_target_that_waits_for_a_dissolve_and_goes_lets_the_dissolve_end():
    show = everything_ready(STAGE)
    step(show, 1, set_to(ACTIVE, "office", fade_s=1.0))
    step(show, 2, set_to(ACTIVE, "street", fade_s=1.0))
    assert gone(show, 3, "street").air.target == "office"
    assert step(show, 90).air.on_air == "office"


def test_a_world_that_comes_back_before_it_was_left_stays_as_it_was():
    show = everything_ready(STAGE)
    listed(show, 1)
    key = key_of(show)
    step(show, 2, set_to(f"/layer/{key}/opacity", 0.5))
    known = show.state.air.worlds[key]
    gone(show, 3, "valley")
    step(show, 4, observations=[WorldListed(world=show.state.air.worlds["valley"])])
    listed(show, 5)
    assert show.state.air.worlds[key] == known
    assert value_of(show, f"/layer/{key}/opacity") == 0.5
    assert not show.state.air.going
    assert codes(step(show, 6)) == []


def test_a_world_that_has_changed_replaces_the_one_with_its_key_unless_that_is_on_air():
    show = everything_ready(STAGE)
    changed = new_world("office", "office", "office-2.exr")
    listed(show, 1, changed)
    assert show.state.air.worlds["office"].layers[0].file == "office-2.exr"
    assert "office.exr" not in show.state.air.assets
    refused = listed(show, 2, new_world("valley", "valley", "valley-2.exr"))
    assert codes(refused) == ["world_left_out"]
    assert show.state.air.worlds["valley"].layers[0].file == "valley.exr"


@pytest.mark.parametrize(
    ("world", "key", "rule"),
    [
        (new_world("office", "other"), "name", "world_name_again"),
        (new_world("two\nlines"), "name", "world_name_not_text"),
        (new_world("x" * 101), "name", "world_name_not_text"),
        (new_world("new", file="x.txt"), "layers[0].file", "panorama_file_ending"),
        (
            World(name="new", layers=(CoordinatesLayer(), PanoramaLayer(file="x.exr"))),
            "layers[0].kind",
            "raw_layer_not_alone",
        ),
        (World(name="new", layers=(PanoramaLayer(key="valley", file="x.exr"),)), "layers[0].key", "world_key_again"),
    ],
)
def test_a_world_that_breaks_a_rule_is_left_out_with_the_reason(world, key, rule):
    show = everything_ready(STAGE)
    before = show.tree.version
    (finding,) = listed(show, 1, world).health
    told = finding.values
    assert (finding.code, told["why"], told["key"], told["cause"]) == ("world_left_out", "world_rule_broken", key, rule)
    assert show.tree.version == before
    assert len(show.state.air.worlds) == 4


def test_the_sentence_of_a_world_that_is_left_out_says_the_key_and_what_was_found():
    (line,) = health_lines(listed(everything_ready(STAGE), 1, new_world("new", file="x.txt")).health)
    assert line.startswith(
        "world new cannot stand ready: layers[0].file: found 'x.txt', expected a file that ends in .e"
    )


def test_there_are_never_more_worlds_than_can_be_kept():
    show = everything_ready(STAGE)
    many = [WorldListed(world=new_world(f"world {number}", file="a.exr")) for number in range(MOST_WORLDS)]
    outcome = step(show, 1, observations=many)
    assert len(show.state.air.worlds) == MOST_WORLDS
    assert set(codes(outcome)) == {"world_left_out"}


NAMES = st.sampled_from(["valley", "office", "street", "a", "b", "ü", "ö"])
EVENTS = st.lists(st.tuples(st.sampled_from(["list", "go", "air", "fade"]), NAMES), max_size=25)


def inputs_of(show, frame, event):
    kind, name = event
    keys = [key for key, world in show.state.air.worlds.items() if world.name == name]
    match kind:
        case "list":
            return inputs_at(frame, observations=[WorldListed(world=new_world(name, file=f"{name}.exr"))])
        case "go":
            return inputs_at(frame, observations=[WorldGone(key=key) for key in keys or ["none"]])
        case "air":
            return inputs_at(frame, set_to(ACTIVE, name, fade_s=0.2))
        case _:
            return inputs_at(frame, *(set_to(f"/layer/{key}/opacity", 0.3, fade_s=9.0) for key in keys))


@costly(full=60, quick=10)
@given(EVENTS, st.integers(0, 25))
def test_values_tree_and_choices_always_agree_and_a_snapshot_continues_alike(events, at):
    show, restored = everything_ready(STAGE), None
    for frame, event in enumerate(events):
        if frame == at:
            restored = STAGE.show(decode_state(encode_state(show.snapshot())))
        inputs = inputs_of(show, 1 + 5 * frame, event)
        outcome = show.step(inputs)
        air, values = show.state.air, show.state.controls.values
        assert {parameter.path for parameter in show.tree} == set(snapshot_of(values))
        assert show.tree[ACTIVE].choices == tuple(world.name for world in air.worlds.values())
        assert values.worlds.keys() == air.worlds.keys()
        assert values.world.active in show.tree[ACTIVE].choices
        assert outcome.air.on_air in show.tree[ACTIVE].choices
        if restored is not None:
            assert digest(restored.step(inputs)) == digest(outcome)
            assert {one.path for one in restored.tree} == {one.path for one in show.tree}


def test_every_asset_that_is_remembered_is_one_that_a_world_needs():
    show = everything_ready(STAGE)
    step(show, 1, observations=[*ready("valley"), type(ready("valley")[0])(file="other.exr", sha256="00" * 32)])
    assert set(show.state.air.assets) == {f"{name}.exr" for name in SHA256}
