"""The small pictures of the shipped looks show what those looks draw, and are told with the looks."""

import importlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stage.assets.look_listing import LookListing
from stage.assets.look_watch import LookWatch
from stage.assets.messages import LookNews
from stage.loading.show_files import LOOKS, read_look_file
from stage.show.looks.shelf import LookShelf
from stage.words.languages import ENGLISH

CODING_ERROR = 4.0
"""Mean difference of code values that JPEG and another renderer may make."""
SHIPPED = sorted(file.stem for file in LOOKS.glob("*.toml"))
DRAWN = ("day", "dusk")


@pytest.fixture
def drawing(monkeypatch):
    monkeypatch.syspath_prepend(LOOKS)
    return importlib.import_module("make_look_pictures")


@pytest.mark.parametrize("look", DRAWN)
def test_the_picture_of_a_look_is_what_it_draws(drawing, look):
    drawn = np.asarray(drawing.look_picture(look), dtype=np.float64)
    with Image.open(LOOKS / f"{look}.jpg") as shipped:
        assert np.abs(np.asarray(shipped, dtype=np.float64) - drawn).mean() < CODING_ERROR


@pytest.mark.parametrize(("file", "still"), [("STREET", "AT_DUSK"), ("SKY", "SKY_ALONE")])
def test_the_small_picture_of_what_is_built_in_is_what_is_drawn_of_it(drawing, file, still):
    drawn = np.asarray(drawing.look_picture("day", getattr(drawing, still)), dtype=np.float64)
    with Image.open(getattr(drawing, file)) as shipped:
        assert np.abs(np.asarray(shipped, dtype=np.float64) - drawn).mean() < CODING_ERROR


def test_no_two_looks_look_alike():
    pictures = {}
    for look in SHIPPED:
        with Image.open(LOOKS / f"{look}.jpg") as shipped:
            pictures[look] = np.asarray(shipped, dtype=np.float64)
    for one in SHIPPED:
        assert all(np.abs(pictures[one] - pictures[other]).mean() > CODING_ERROR for other in SHIPPED if other != one)


def test_the_stage_tells_the_pictures_of_shipped_looks_beside_its_own(tmp_path):
    listing, shelf = LookListing(tmp_path), LookShelf()
    watch = LookWatch(LOOKS)
    try:
        watch.step()
        for kind, pictures in (("show", ("dusk.toml",)), ("shipped", watch.pictures), ("take", ())):
            listing.hear(LookNews(kind=kind, listed=(), gone=(), begins=True, more=True, left_out=0, pictures=pictures))
            list(listing.reports(shelf))
    finally:
        watch.close()
    assert listing.pictures.pop("dusk.toml") == str(tmp_path / "dusk.jpg")
    assert listing.pictures == {f"shipped/{look}.toml": str(LOOKS / f"{look}.jpg") for look in SHIPPED}
    assert all(Path(path).is_file() for path in listing.pictures.values())


def test_every_shipped_look_is_called_in_the_words_of_each_language():
    names = {file.stem: read_look_file(file).name for file in LOOKS.glob("*.toml")}
    assert {name: ENGLISH[f"page.look.{name}"] for name in names} == names
