"""The pictures of the shipped worlds are those that the shipped formulas draw."""

import importlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

WORLDS = Path(__file__).resolve().parent.parent / "hw_configs" / "worlds"
CODING_ERROR = 3.0
"""Mean difference of code values that JPEG may make."""


@pytest.fixture
def places(monkeypatch):
    monkeypatch.syspath_prepend(WORLDS)
    return importlib.import_module("make_places")


@pytest.mark.parametrize("name", ["street.jpg", "fog.jpg", "office.jpg"])
def test_a_shipped_picture_is_what_its_formula_draws(places, name):
    drawn = np.asarray(places.coded(places.PLACES[name]()), dtype=np.float64)
    with Image.open(WORLDS / name) as shipped:
        found = np.asarray(shipped, dtype=np.float64)
    assert found.shape == drawn.shape == (places.HEIGHT, places.WIDTH, 3)
    assert np.abs(found - drawn).mean() < CODING_ERROR


def test_every_place_that_a_script_draws_is_shipped(places):
    assert all((WORLDS / name).is_file() for name in places.PLACES)
