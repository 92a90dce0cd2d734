"""Worlds that a file in the library's folder describes, beside the pictures that they are made of."""

import msgspec
import pytest

from render.worlds.shared.facts import PictureFacts
from stage.show.air.state import standing_of
from stage.show.frame.inputs import TakeReport
from tests.building import set_to, start_take, step, stop_take, value_of
from tests.fold.show.air_stage import ACTIVE, everything_ready
from tests.fold.show.library_events import (
    FOLLOWING,
    STAGE,
    described,
    file,
    going,
    idle,
    key_of,
    listing,
    names,
    on_gpu,
)


def listed(*files):
    show = everything_ready(STAGE)
    for number, one in enumerate(files):
        step(show, 1 + number, observations=[listing(one)])
    idle(show, 10)
    return show


def shown(show, frame, **given):
    return [sha256[:2] for sha256, _ in step(show, frame, **given).plan.air.assets()]


@pytest.mark.parametrize("order", [1, -1])
def test_the_file_of_a_world_takes_the_place_of_the_picture_that_it_is_named_after(order):
    show = listed(*(file("dusk.png"), described("dusk", "dusk.png", exposure_stops=-1.5))[::order])
    assert names(show) == ("dusk",)
    assert value_of(show, f"/worlds/{key_of(show, 'dusk')}/exposure_stops") == -1.5


def test_saving_the_world_on_air_changes_nothing_on_the_wall_and_keeps_its_key_and_values():
    show = listed(file("dusk.png"))
    key = key_of(show, "dusk")
    step(show, 20, set_to(ACTIVE, "dusk"), observations=[on_gpu("dusk.png")])
    step(show, 21, set_to(f"/layer/{key}/opacity", 0.5), set_to(f"/layer/{key}/tint", 0.25))
    before = step(show, 22).plan.air
    saved = described("dusk", "dusk.png")
    after = step(show, 23, observations=[listing(saved)])
    assert (after.plan.air, after.air.on_air, key_of(show, "dusk")) == (before, "dusk", key)
    assert value_of(show, f"/layer/{key}/opacity") == 0.5
    assert names(show) == ("dusk",)
    back = step(show, 24, observations=[going("dusk.world.toml")])
    assert back.plan.air == before
    step(show, 25, set_to(ACTIVE, "valley"))
    idle(show, 26)
    assert (names(show), key_of(show, "dusk"), value_of(show, f"/layer/{key}/tint")) == (("dusk",), key, 0.25)


def test_a_world_of_several_pictures_stands_beside_them_and_waits_for_all():
    show = listed(file("plate.png"), file("actor.png"), described("scene", "plate.png", "actor.png"))
    assert sorted(names(show)) == ["actor", "plate", "scene"]
    step(show, 20, set_to(ACTIVE, "scene"), observations=[on_gpu("plate.png", sha256="aa" * 32)])
    assert step(show, 21).air.on_air == "valley"
    assert shown(show, 22, observations=[on_gpu("actor.png", sha256="bb" * 32)]) == ["aa", "bb"]


def test_another_description_of_the_world_on_air_waits_until_it_is_asked_for_and_whole():
    show = listed(file("plate.png"), file("actor.png"), described("scene", "plate.png"))
    step(show, 20, set_to(ACTIVE, "scene"), observations=[on_gpu("plate.png", sha256="aa" * 32)])
    step(show, 21, observations=[listing(described("scene", "plate.png", "actor.png", version="2"))])
    assert (standing_of(show.state.air, key_of(show, "scene")), shown(show, 22)) == ("newer", ["aa"])
    assert step(show, 23, set_to(ACTIVE, "scene")).answers[0].detail == "loading"
    assert shown(show, 24) == ["aa"]
    step(show, 25, observations=[on_gpu("actor.png", sha256="bb" * 32)])
    assert shown(show, 26) == ["aa", "bb"]
    step(show, 27, observations=[listing(described("scene", "actor.png", version="3"))])
    step(show, 28, set_to(ACTIVE, "valley"))
    idle(show, 29)
    key = key_of(show, "scene")
    assert [layer.file for layer in show.state.air.worlds[key].layers] == ["library/actor.png"]
    assert standing_of(show.state.air, key) == "ready"


def test_values_that_nobody_has_set_start_as_they_are_described_now():
    show = listed(file("a.png"), described("a", "a.png", exposure_stops=-1.0, turn_deg=10.0))
    key = key_of(show, "a")
    step(show, 20, set_to(f"/worlds/{key}/turn_deg", 45.0))
    step(show, 21, observations=[listing(described("a", "a.png", exposure_stops=2.0, turn_deg=20.0, version="2"))])
    assert value_of(show, f"/worlds/{key}/exposure_stops") == 2.0
    assert value_of(show, f"/worlds/{key}/turn_deg") == 45.0
    assert show.tree[f"/worlds/{key}/turn_deg"].default == 20.0


@pytest.mark.parametrize("on_air", [False, True])
def test_a_world_of_pictures_that_are_known_already_stands_where_they_do(on_air):
    """Nothing is reported of them again: they are on the GPU."""
    show = listed(file("plate.png"), file("actor.png"))
    hd = PictureFacts(columns=1920, rows=1080, horizon=0.38)
    known = [msgspec.structs.replace(on_gpu(name), facts=hd) for name in ("plate.png", "actor.png")]
    step(show, 20, set_to(ACTIVE, "plate"), observations=known)
    step(show, 21, observations=[listing(described("scene", "plate.png", "actor.png"))])
    plan = step(show, 22, *([set_to(ACTIVE, "scene")] if on_air else [])).plan
    layers = show.state.air.worlds[key_of(show, "scene")].layers
    assert [value_of(show, f"/layer/{layer.key}/projection") for layer in layers] == ["flat", "flat"]
    assert [value_of(show, f"/layer/{layer.key}/horizon") for layer in layers] == [0.38, 0.38]
    assert [layer.projection for layer in plan.air.world.layers] == ["flat"] * (2 if on_air else 1)


@pytest.mark.parametrize("on_air", [False, True])
def test_a_picture_that_is_renamed_away_from_its_world_and_back_is_no_other_world(on_air):
    show = listed(file("dusk.png"), described("dusk", "dusk.png"))
    key = key_of(show, "dusk")
    step(show, 20, set_to(f"/layer/{key}/opacity", 0.5), observations=[on_gpu("dusk.png")])
    step(show, 21, observations=[listing(file("night.png", was="library/dusk.png"))])
    assert sorted(names(show)) == ["dusk", "night"]
    if on_air:
        step(show, 22, set_to(ACTIVE, "night"), observations=[on_gpu("night.png")])
    step(show, 23, observations=[listing(file("dusk.png", was="library/night.png"))])
    if on_air:  # it stays until it is left
        assert step(show, 24).air.on_air == "night"
        step(show, 25, set_to(ACTIVE, "dusk"))
    idle(show, 26)
    assert (names(show), key_of(show, "dusk"), value_of(show, f"/layer/{key}/opacity")) == (("dusk",), key, 0.5)


def test_a_composition_that_goes_takes_nothing_from_a_picture_that_its_own_file_describes():
    show = listed(file("plate.png"), described("plate", "plate.png"), described("scene", "plate.png"))
    key = key_of(show, "scene")
    step(show, 20, set_to(f"/worlds/{key}/exposure_stops", 1.5))
    step(show, 21, observations=[going("scene.world.toml")])
    step(show, 22, observations=[listing(described("scene", "plate.png"))])
    idle(show, 23)
    assert (sorted(names(show)), key_of(show, "scene")) == (["plate", "scene"], key)
    assert value_of(show, f"/worlds/{key}/exposure_stops") == 1.5


@pytest.mark.parametrize("on_air", [FOLLOWING, STAGE], ids=["following", "asked"])
def test_other_values_in_the_file_of_the_world_on_air_wait_like_other_content_does(on_air):
    show = everything_ready(on_air)
    step(show, 1, observations=[listing(file("plate.png"), described("plate", "plate.png"))])
    idle(show, 2)
    step(show, 20, set_to(ACTIVE, "plate"), observations=[on_gpu("plate.png")])
    stops = f"/worlds/{key_of(show, 'plate')}/exposure_stops"
    if on_air is FOLLOWING:
        step(show, 21, start_take("one"))
        step(show, 22, observations=[TakeReport(name="one", state="recording", count=1)])
    step(show, 23, observations=[listing(described("plate", "plate.png", version="2", exposure_stops=-2.0))])
    step(show, 24)
    assert (value_of(show, stops), standing_of(show.state.air, key_of(show, "plate"))) == (0.0, "newer")
    if on_air is FOLLOWING:
        step(show, 25, stop_take())
        idle(show, 26)
        assert value_of(show, stops) == 0.0
    step(show, 30, set_to(ACTIVE, "plate"))
    step(show, 31)
    assert (value_of(show, stops), standing_of(show.state.air, key_of(show, "plate"))) == (-2.0, "ready")
