"""The text of a world's file: read strictly, every fault with its key; written so that it reads back as the same."""

from __future__ import annotations

import tomllib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.worlds.configured import World
from render.worlds.kinds import Layer
from render.worlds.panorama.record import PanoramaLayer
from render.worlds.shared.file_names import mask_name
from render.worlds.shared.values import LayerValues, WorldLook
from stage.config.findings import Findings
from stage.config.world_reader import fault_of_name, read_world
from stage.config.world_writer import with_values, world_file_text, worlds_table_text
from tests.building import parsed, stage_text
from tracking.settable import declarations_of

PLATE = '[[layers]]\nkind = "panorama"\nfile = "plate.png"\n'
TOP = '[[layers]]\nkind = "panorama"\nfile = "Vor der T\u00fcr.png"\nopacity = 0.5\n'


def read(text: str, name: str = "street") -> tuple[World | None, tuple[str, ...]]:
    findings = Findings("street.world.toml")
    return read_world(text, findings, name), findings.lines()


def findings_of(text: str) -> tuple[str, ...]:
    world, lines = read(text)
    assert world is None
    return lines


def test_a_file_is_one_world_with_its_pictures_and_values() -> None:
    world, lines = read(f'exposure_stops = -1.0\nlicence = "ours"\n{PLATE}{TOP}')
    assert lines == ()
    assert world is not None
    assert (world.name, world.exposure_stops, world.licence) == ("street", -1.0, "ours")
    assert [(layer.file, layer.opacity) for layer in world.layers] == [
        ("plate.png", 1.0),
        ("Vor der T\u00fcr.png", 0.5),
    ]


def test_a_key_that_only_another_kind_has_names_that_kind() -> None:
    [found] = findings_of(f'{PLATE}plates = [{{ file = "left.mov" }}]\n')
    assert found == 'street.world.toml: layers[0].plates: unknown key, which only kind = "plate" has'
    [misspelt] = findings_of(f"{PLATE}plats = []\n")
    assert misspelt == "street.world.toml: layers[0].plats: unknown key; did you mean 'plates'?"


def test_a_name_in_the_file_is_the_worlds_name() -> None:
    world, _ = read(f'name = "Street at dusk"\n{PLATE}')
    assert world is not None
    assert world.name == "Street at dusk"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("", "street.world.toml: layers: missing, expected a list of 1 to 4"),
        (PLATE * 5, "street.world.toml: layers: found [{.*, expected a list of 1 to 4"),
        ("layers = 3", "street.world.toml: layers: found 3, expected a list of 1 to 4"),
        (f"nam = 'x'\n{PLATE}", "street.world.toml: nam: unknown key; did you mean 'name'?"),
        (f"exposure_stops = nan\n{PLATE}", "street.world.toml: exposure_stops: found nan, expected a finite number"),
        (f"exposure_stops = 90\n{PLATE}", "street.world.toml: exposure_stops: found 90, expected a number from -12 to"),
        (f"{PLATE}opacity = '1'", "street.world.toml: layers[0].opacity: found '1', expected a number from 0 to 1"),
        (f"{PLATE}opacity = 1\nopacity = 1", "street.world.toml: not valid TOML: Cannot overwrite a value"),
        ("x = " + "[" * 100_000, "street.world.toml: not valid TOML: found tables or lists nested too deep"),
        ("\nx" + ".x" * 9_000 + " = 1", "street.world.toml: found a key of more than 16 parts in line 2"),
        (f'name = "\\u200b"\n{PLATE}', "street.world.toml: name: found '.*', expected 1 to 100 printable"),
        (PLATE.replace("panorama", "panoram"), "street.world.toml: layers[0].kind: found 'panoram', expected one of"),
        ('[[layers]]\nkind = "panorama"', "street.world.toml: layers[0].file: missing, expected the panorama's"),
        (f"{PLATE}{PLATE.replace('panorama', 'coordinates')}", "found 'coordinates' beside other layers"),
    ],
)
def test_each_fault_has_its_key_what_was_found_and_what_was_expected(text: str, finding: str) -> None:
    start, _, rest = finding.partition(".*")
    assert [line for line in findings_of(text) if start in line and rest in line], findings_of(text)


@pytest.mark.parametrize(
    "file",
    [
        "../plate.png",
        "/etc/plate.png",
        "sub/plate.png",
        "sub\\plate.png",
        ".plate.png",
        "..",
        "",
        "street.world.toml",
        "other.world.toml",
        "plate.mask.png",
        "x" * 300 + ".png",
        "a\nb.png",
    ],
)
def test_a_file_names_only_pictures_of_its_own_folder(file: str) -> None:
    (line,) = findings_of(f'[[layers]]\nkind = "panorama"\nfile = {msgspec.json.encode(file).decode()}\n')
    assert line.startswith("street.world.toml: layers[0].file: found ")
    assert ", expected " in line


def test_a_mask_is_named_after_its_picture() -> None:
    assert mask_name("street.jpg") == "street.mask.png"
    assert mask_name("worlds/at night.2.exr") == "worlds/at night.2.mask.png"
    assert fault_of_name("street.mask.exr") is None


def values_of(group: type[WorldLook | LayerValues]) -> st.SearchStrategy[dict[str, object]]:
    """Some of the settable values of a group, each within its declared range."""
    each = {}
    for one in declarations_of(group):
        if one.kind == "float":
            least = one.setting.least
            each[one.name] = st.floats(one.low if least is None else least, one.high) | st.just(one.default)
        elif one.kind == "boolean":
            each[one.name] = st.booleans()
        else:
            each[one.name] = st.sampled_from(one.choices)
    return st.fixed_dictionaries({}, optional=each)


def printable(most: int, least: int = 0) -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=("C", "Z")), min_size=least, max_size=most)


LAYERS: st.SearchStrategy[Layer] = st.builds(
    lambda stem, space, values: PanoramaLayer(
        file=f"x{stem}.png".replace("\\", "_").replace("/", "_"), colour_space=space, **values
    ),
    printable(40),
    st.none() | printable(20, 1),
    values_of(LayerValues),
)
WORLDS = st.builds(
    lambda name, layers, values, source, made: World(
        name=name, layers=tuple(layers), source=source, ai_made=made, **values
    ),
    printable(60, 1),
    st.lists(LAYERS, min_size=1, max_size=4),
    values_of(WorldLook),
    st.text(max_size=60),
    st.none() | st.booleans(),
)


@given(WORLDS, printable(20, 1))
def test_what_was_written_reads_back_as_the_same_world(world: World, stem: str) -> None:
    text = world_file_text(world, stem)
    back, lines = read(text, stem)
    assert lines == ()
    assert back == world
    assert ("name" in tomllib.loads(text)) == (world.name != stem)


@given(WORLDS)
def test_a_world_can_stand_in_a_configuration_as_well(world: World) -> None:
    config = parsed(stage_text(worlds_table_text(world)))
    assert config.worlds == (world,)


def test_only_what_differs_from_the_defaults_is_written() -> None:
    world, _ = read(PLATE)
    assert world is not None
    assert world_file_text(world, "street") == PLATE
    changed = with_values(world, {"turn_deg": 90.0, "exposure_stops": 0.0}, ({"opacity": 0.25, "tint": 0.0},))
    assert world_file_text(changed, "street") == f"turn_deg = 90.0\n\n{PLATE}opacity = 0.25\n"


def test_a_width_in_metres_gives_way_to_the_one_that_the_stage_has() -> None:
    world, _ = read(PLATE + 'projection = "flat"\ndistance_m = 4.0\nwidth_m = 3.0\n')
    assert world is not None
    changed = with_values(world, {}, ({"width_deg": 50.0},))
    assert (changed.layers[0].width_m, changed.layers[0].width_deg) == (None, 50.0)
    assert read(world_file_text(changed, "street")) == (changed, ())


def test_values_are_refused_that_are_of_other_layers() -> None:
    world, _ = read(PLATE)
    assert world is not None
    with pytest.raises(ValueError, match="shorter"):
        with_values(world, {}, ())
