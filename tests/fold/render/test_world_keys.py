"""Keys for paths, made of any name: what they consist of, that they never clash, and that they never change."""

import hashlib
import re
import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from render.worlds.configured import World, broken_world_rules, keyed
from render.worlds.coordinates.record import CoordinatesLayer
from render.worlds.panorama.record import PanoramaLayer
from render.worlds.shared.keys import KEY_PATTERN, key_of
from render.worlds.shared.records import Key

NAMES = st.text(max_size=40) | st.text("äöüéÅ한글café -_AZaz09", max_size=12)


def digits(name):
    return hashlib.sha256(unicodedata.normalize("NFC", name).encode()).hexdigest()[:8]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("valley", "valley"),
        ("Valley at Dusk", "valley-at-dusk"),
        ("Set 12/3 (night)", "set-12-3-night"),
        ("a_b-c", "a_b-c"),
        ("  spaced  ", "spaced"),
        ("Bürgermeisteramt", "b-rgermeisteramt"),
        ("INT. OFFICE", "int-office"),
    ],
)
def test_a_key_is_made_of_the_letters_digits_and_dashes_of_a_name(name, key):
    assert key_of(name, ()) == key


@pytest.mark.parametrize("name", ["夜", "Ж", "ab", "é", "!", ""])
def test_a_name_with_fewer_than_three_such_characters_gets_digits_of_its_hash(name):
    key = key_of(name, ())
    plain = re.sub("[^a-z0-9_-]", "", unicodedata.normalize("NFC", name.lower()))
    assert key == f"{plain or 'w'}-{digits(name)}"


def test_a_name_whose_key_is_taken_gets_digits_of_its_hash():
    assert key_of("Valley!", {"valley"}) == f"valley-{digits('Valley!')}"


@given(NAMES, st.sets(st.sampled_from(["valley", "a-b", "w"])))
def test_every_name_has_a_key_that_may_stand_in_a_path(name, taken):
    key = key_of(name, taken)
    assert re.search(KEY_PATTERN, key)
    assert key not in taken
    assert msgspec.convert(key, Key) == key


@given(NAMES)
def test_a_name_has_the_same_key_in_every_unicode_form(name):
    assert key_of(unicodedata.normalize("NFC", name), ()) == key_of(unicodedata.normalize("NFD", name), ())


@given(st.lists(NAMES, max_size=12))
def test_keys_are_never_equal(names):
    taken = set()
    for name in (*names, *names):
        key = key_of(name, taken)
        assert key not in taken
        taken.add(key)


def world(name, *layers, **keys):
    return World(name=name, layers=layers or (CoordinatesLayer(),), **keys)


@given(st.lists(NAMES, max_size=8), st.lists(NAMES, max_size=8))
def test_a_world_that_comes_later_changes_no_key(names, later):
    first = keyed(world(name) for name in names)
    both = keyed((*first, *(world(name) for name in later)))
    assert both[: len(first)] == first
    assert len({one.key for one in both}) == len(both)
    layers = [layer.key for one in both for layer in one.layers]
    assert len(set(layers)) == len(layers)


def test_a_key_that_was_given_is_kept_and_no_name_takes_it():
    first, second = keyed((world("Valley"), world("Other", key="valley")))
    assert second.key == "valley"
    assert first.key == f"valley-{digits('Valley')}"


def test_a_layer_without_a_name_has_its_worlds_and_its_number():
    layers = (PanoramaLayer(file="a.exr"), PanoramaLayer(file="b.exr"), PanoramaLayer(name="Mist", file="c.exr"))
    (found,) = keyed((world("Valley", *layers),))
    assert [(layer.name, layer.key) for layer in found.layers] == [
        ("Valley", "valley"),
        ("Valley 2", "valley-2"),
        ("Mist", "mist"),
    ]


@pytest.mark.parametrize("key", ["", "A", "a b", "ä", "a/b", "a\n", "x" * 65])
def test_a_key_that_cannot_stand_in_a_path_is_refused(key):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(key, Key)


@given(st.lists(st.tuples(NAMES, st.none() | st.sampled_from(["one", "two"])), max_size=6))
def test_worlds_without_a_broken_rule_have_names_and_keys_of_their_own(given_):
    worlds = [world(name, key=key) for name, key in given_]
    if not list(broken_world_rules(worlds)):
        assert len({one.name for one in worlds}) == len(worlds)
        assert len({one.key for one in keyed(worlds)}) == len(worlds)
