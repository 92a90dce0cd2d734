"""What is said of what layers name: animations that a file which is there lacks, and lenses that nothing reads."""

import pytest

from render.worlds.configured import World
from render.worlds.model.record import ModelLayer
from render.worlds.plate.record import PlateFilm, PlateLayer
from stage.show.air.remarks import movement_remarks, name_remarks
from stage.show.air.state import AirState, AssetState
from stage.words.sentences import sentence


def said(layer, movements=("Walk", "Run"), sha256="a" * 64):
    asset = AssetState(sha256=sha256, movements=movements)
    picture = layer.picture()
    assets = {} if picture is None else {picture.asset_key: asset}
    air = AirState(worlds={}, on_air="w", asked="w", assets=assets)
    return list(movement_remarks(air, World(name="w", layers=(layer,))))


def test_an_animation_that_the_file_lacks_is_named_with_those_that_it_has():
    (remark,) = said(ModelLayer(file="fox.glb", movement="Jump"))
    line = sentence(remark.code, remark.values)
    assert line == "fox.glb has no animation Jump, so it stands still; it has: Walk, Run"


@pytest.mark.parametrize(
    "layer",
    [
        ModelLayer(file="fox.glb", movement="Run"),
        ModelLayer(file="fox.glb", movement=""),
        ModelLayer(file="fox.glb"),
        ModelLayer(scene="street", movement="Jump"),
    ],
)
def test_nothing_is_said_where_nothing_is_wrong(layer):
    assert said(layer) == []


def test_nothing_is_said_of_a_file_that_is_not_there_yet():
    assert said(ModelLayer(file="fox.glb", movement="Jump"), sha256="") == []


@pytest.mark.parametrize("in_library", [True, False])
def test_a_lens_is_told_where_the_world_comes_from_the_library_and_it_is_not_read(in_library):
    films = (PlateFilm(file="left.mov", lens="35.json"), PlateFilm(file="right.mov"))
    air = AirState(worlds={"w": World(name="w", layers=(PlateLayer(plates=films),))}, on_air="w", asked="w")
    air.library.full.update({"w": "library/w.world.toml"} if in_library else {})
    told = [(remark.code, remark.values["file"]) for remark in name_remarks(air, "w")]
    assert told == ([("film_lens_unread", "left.mov")] if in_library else [])
