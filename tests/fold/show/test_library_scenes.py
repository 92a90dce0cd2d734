"""3D scenes in the library's folder: each is a world by itself, below the sky, until a file says otherwise."""

import msgspec

from render.worlds.configured import World
from render.worlds.model.record import MODEL_SPACE, ModelLayer
from render.worlds.sky.record import SkyLayer
from stage.show.air.state import failure_of, standing_of
from stage.show.frame.inputs import AssetExamined, AssetFailed, Cause, LibraryFile
from tests.building import set_to, step, value_of
from tests.fold.show.air_stage import ACTIVE, everything_ready
from tests.fold.show.library_events import STAGE, file, going, idle, key_of, listing, names, on_gpu


def scene_on_gpu(name, version="1"):
    return msgspec.structs.replace(on_gpu(name, version), colour_space=MODEL_SPACE)


def with_scene_on_air():
    """A show with a bare scene of the library on air; and the scene's key."""
    show = everything_ready(STAGE)
    step(show, 1, observations=[listing(file("square.glb"))])
    idle(show, 2)
    step(show, 10, set_to(ACTIVE, "square"), observations=[scene_on_gpu("square.glb")])
    return show, key_of(show, "square")


def scene_in(outcome):
    return outcome.plan.air.world.layers[-1].light


def test_a_bare_scene_is_a_world_that_stands_on_the_floor_below_the_sky():
    show, key = with_scene_on_air()
    assert names(show) == ("square",)
    sky, scene = show.state.air.worlds[key].layers
    assert (type(sky), type(scene), scene.key) == (SkyLayer, ModelLayer, key)
    shown = step(show, 11)
    assert [type(layer.light).__name__ for layer in shown.plan.air.world.layers] == ["SkyLight", "ModelPlan"]
    assert (scene_in(shown).asset[:2], scene_in(shown).origin_m, scene_in(shown).scale) == ("31", (0.0, 0.0, 0.0), 1.0)
    assert scene_in(step(show, 12, set_to(f"/layer/{key}/y_m", 3.0))).origin_m == (0.0, 3.0, 0.0)


def test_another_scene_under_the_name_of_the_one_on_air_waits_until_it_is_asked_for():
    show, key = with_scene_on_air()
    step(show, 20, observations=[listing(file("square.glb", "2")), scene_on_gpu("square.glb", "2")])
    assert standing_of(show.state.air, key) == "newer"
    assert scene_in(step(show, 21)).asset[:2] == "31"
    assert scene_in(step(show, 22, set_to(ACTIVE, "square"))).asset[:2] == "32"
    assert standing_of(show.state.air, key) == "ready"


def test_a_scene_that_is_renamed_on_air_stays_as_it_is_under_its_new_name():
    show, key = with_scene_on_air()
    before = scene_in(step(show, 20, set_to(f"/layer/{key}/x_m", 1.5)))
    renamed = msgspec.structs.replace(file("plaza.glb"), was="library/square.glb")
    after = scene_in(step(show, 21, observations=[listing(renamed)]))
    assert (after.asset, after.origin_m) == (before.asset, before.origin_m) == (before.asset, (1.5, 0.0, 0.0))
    assert (names(show), key_of(show, "plaza")) == (("plaza",), key)
    step(show, 22, set_to(ACTIVE, "valley"), observations=[listing(file("plaza.glb", "2"))])
    step(show, 23, set_to(ACTIVE, "plaza"), observations=[scene_on_gpu("plaza.glb", "2")])
    assert (scene_in(step(show, 24)).asset[:2], value_of(show, f"/layer/{key}/x_m")) == ("32", 1.5)


def test_a_scene_beside_a_picture_and_a_layer_of_its_name_has_keys_of_its_own():
    show = everything_ready(STAGE)
    for number, name in enumerate(("square-sky.png", "square.png", "square.glb")):
        step(show, 1 + number, observations=[listing(file(name))])
    idle(show, 10)
    assert sorted(names(show)) == ["square-sky", "square.glb", "square.png"]
    keys = [layer.key for world in show.state.air.worlds.values() for layer in world.layers]
    assert len(set(keys)) == len(keys)


def test_the_file_of_a_world_describes_the_scene_that_it_is_named_after_and_leaves_it_as_it_was():
    show, key = with_scene_on_air()
    step(show, 20, set_to(ACTIVE, "valley"))
    layers = (ModelLayer(file="library/square.glb", floor_m=-0.25),)
    told = LibraryFile(
        file="library/square.world.toml", stem="square", suffix=".world.toml", world=World(name="square", layers=layers)
    )
    step(show, 21, observations=[listing(told)])
    assert (names(show), key_of(show, "square")) == (("square",), key)
    step(show, 22, set_to(ACTIVE, "square"))
    shown = step(show, 23)
    assert (len(shown.plan.air.world.layers), scene_in(shown).origin_m[2]) == (1, -0.25)
    step(show, 24, set_to(ACTIVE, "valley"))
    step(show, 25, observations=[going("square.world.toml")])
    idle(show, 26)
    assert (names(show), len(show.state.air.worlds[key_of(show, "square")].layers)) == (("square",), 2)


def test_a_scene_that_nobody_wants_yet_says_what_is_wrong_with_it():
    show = everything_ready(STAGE)
    step(show, 1, observations=[listing(file("square.glb"), file("bad.glb"))])
    idle(show, 2)
    about = {"colour_space": MODEL_SPACE, "version": "1"}
    odd, bad = Cause(code="model_empty"), Cause(code="asset_refused", values={"found": "nodes[0]: found 7"})
    read = AssetExamined(file="library/square.glb", facts=None, notes=(odd,), **about)
    step(show, 10, observations=[read, AssetFailed(file="library/bad.glb", cause=bad, **about)])
    air = show.state.air
    assert air.assets[f"library/square.glb\n{MODEL_SPACE}"].notes == (odd,)
    assert failure_of(air, key_of(show, "bad")).values == {"file": "library/bad.glb", "found": "nodes[0]: found 7"}
    assert (standing_of(air, key_of(show, "square")), standing_of(air, key_of(show, "bad"))) == ("unloaded", "failed")
