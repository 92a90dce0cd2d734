"""Worlds of a configuration: one or several, their layers, and that each fault is reported with its place and cure."""

import pytest

from render.plan.cards import MOST_CARDS
from render.worlds.configured import MOST_WORLDS
from stage.config.starting_values import starting_values, tree_of
from stage.values.stage_wide import ACTIVE_WORLD
from stage.values.tree import snapshot_of
from tests.building import PANORAMA, card, parsed, stage_text
from tests.fold.show.air_stage import layer, world
from tracking.records import ConfigError

VALLEY = world("Valley", exposure_stops=-1.0, turn_deg=90.0, source="a photograph", ai_made=False, licence="ours")


def findings(*pieces, **stage_keys):
    with pytest.raises(ConfigError) as caught:
        parsed(stage_text(*pieces, **stage_keys))
    return caught.value.findings


def test_a_world_table_is_one_world_of_one_layer():
    config = parsed(stage_text(PANORAMA))
    (only,) = config.all_worlds()
    assert (only.name, only.key, only.layers[0].file) == ("world", "world", "x.png")
    assert config.first_world() == only


def test_a_stage_without_a_world_has_one_that_can_be_drawn():
    (only,) = parsed(stage_text()).all_worlds()
    assert (only.raw, only.key) == (True, "world")


def test_several_worlds_stand_in_their_order_and_the_first_is_on_air():
    config = parsed(stage_text(VALLEY, world("Office", layer(file="a.exr"), layer(file="b.exr", opacity=0.5))))
    assert [one.key for one in config.all_worlds()] == ["valley", "office"]
    assert config.first_world().name == "Valley"
    values = snapshot_of(starting_values(config))
    assert values[ACTIVE_WORLD] == "Valley"
    assert (values["/worlds/valley/exposure_stops"], values["/worlds/valley/turn_deg"]) == (-1.0, 90.0)
    assert (values["/layer/office/opacity"], values["/layer/office-2/opacity"]) == (1.0, 0.5)
    assert tree_of(config)[ACTIVE_WORLD].choices == ("Valley", "Office")
    assert config.all_worlds()[0].licence == "ours"


@pytest.mark.parametrize(
    ("pieces", "finding"),
    [
        (
            (PANORAMA, VALLEY),
            "test: world: found beside [[worlds]], expected either: make it one more [[worlds]] table",
        ),
        ((VALLEY, VALLEY), "test: worlds[1].name: found 'Valley' again, expected a name of its own"),
        (
            (world("Caf\u00e9", layer(file="a.exr")), world("Cafe\u0301", layer(file="b.exr"))),
            "test: worlds[1].name: found 'Cafe\u0301' again, expected a name of its own",
        ),
        (
            (world("a", key="one"), world("b", key="one")),
            "test: worlds[1].key: found 'one' again, expected a key of its own",
        ),
        (
            (world("a", layer(file="a.exr", key="one"), layer(file="b.exr", key="one")),),
            "test: worlds[0].layers[1].key: found 'one' again, expected a key of its own",
        ),
        (
            (world("a", layer(file="a.exr"), layer("coordinates")),),
            "test: worlds[0].layers[1].kind: found 'coordinates' beside other layers, expected it alone in its world",
        ),
        (
            (world("a", layer("coordinates"), layer(file="a.exr")),),
            "test: worlds[0].layers[0].kind: found 'coordinates' beside other layers, expected it alone in its world",
        ),
        ((world("a", layer()),), "test: worlds[0].layers[0].file: missing, expected the panorama's picture file"),
        (
            (world("a", layer(file="a.txt")),),
            "test: worlds[0].layers[0].file: found 'a.txt', expected a file that ends in .exr, .hdr, .png, .jpg, .jpeg, .webp, .avif",
        ),
        ((world("a\nb", layer(file="a.exr")),), "test: worlds[0].name: found 'a\\nb', expected 1 to 100 printable"),
    ],
)
def test_a_fault_is_reported_with_its_place_what_was_found_and_what_to_do(pieces, finding):
    (found,) = findings(*pieces)
    assert found.startswith(finding)


@pytest.mark.parametrize(
    ("pieces", "places"),
    [
        ((world("a", *[layer(file=f"{number}.exr") for number in range(5)]),), {"worlds[0].layers"}),
        ((world("a", key="No Key"),), {"worlds[0].key"}),
        ((world("a", exposure_stops=13.0, turn_deg=400.0),), {"worlds[0].exposure_stops", "worlds[0].turn_deg"}),
        ((world("a", layer(file="a.exr", opacity=2.0)),), {"worlds[0].layers[0].opacity"}),
        ((world("a", layer(file="a.exr", opactiy=0.5)),), {"worlds[0].layers[0].opactiy"}),
        ((world("a", licence="x" * 1001),), {"worlds[0].licence"}),
        (("[[worlds]]\nname = 'a'\nlayers = []\n",), {"worlds[0].layers"}),
        (("[[worlds]]\nname = 'a'\n",), {"worlds[0].layers"}),
        (("[library]\ngpu_mib = 1\n",), {"library.gpu_mib"}),
        (("[library]\ngpu_gib = 1\n",), {"library.gpu_gib"}),
        ((PANORAMA + "opacity = 0.5\ncontrast = 9.0\n",), {"world.contrast"}),
        (tuple(world(f"w{number}") for number in range(MOST_WORLDS + 1)), {"worlds"}),
    ],
)
def test_a_key_that_cannot_be_is_reported_at_its_place(pieces, places):
    assert {finding.split(": ")[1] for finding in findings(*pieces)} == places


def test_an_unknown_first_world_is_reported_with_those_there_are():
    (found,) = findings(VALLEY, world("office"), world="offce")
    assert found == "test: stage.world: found 'offce', expected one of ['Valley', 'office']"


@pytest.mark.parametrize("keys", [{"draw": "ray"}, {"outer_px": 8}, {"outer_px": 10_000}, {"outer_px": 512.5}])
def test_how_worlds_are_drawn_is_one_of_what_there_is(keys):
    (found,) = findings(**keys)
    assert found.startswith(f"test: stage.{next(iter(keys))}: found")


def test_there_are_always_sixteen_cards_of_which_the_configuration_names_the_first():
    config = parsed(stage_text(card("key", enabled=True), card("card4")))
    names = [one.name for one in config.all_cards()]
    assert (len(names), len(set(names)), names[:2]) == (MOST_CARDS, MOST_CARDS, ["key", "card4"])
    cards = starting_values(config).card
    assert list(cards) == names
    assert [one.enabled for one in cards.values()] == [True] + [False] * (MOST_CARDS - 1)
    assert [one.name for one in parsed(stage_text()).all_cards()] == [f"card{number}" for number in range(1, 17)]


def test_more_than_sixteen_cards_are_refused():
    (found,) = findings(*(card(f"c{number}") for number in range(17)))
    assert found == "test: cards: found 17, expected at most 16"
