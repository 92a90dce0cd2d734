"""Curves and matrices of films on the GPU: made for what a stage is configured with, or aside while it runs."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable

import moderngl
import numpy as np

from render.colour.code_curves import FILM_SPACES
from render.colour.code_matrices import codes_to_colours
from render.colour.matrices import column_major
from render.gpu.passes import Uniform
from render.images.film_spaces import FilmLight, film_light
from render.worlds.plate.frames import PlateColours
from render.worlds.plate.record import PlatePart
from render.worlds.shared.kept import Kept
from render.worlds.shared.media import MediaFacts
from tracking.records import ConfigError

_MOST = 64
"""More colour spaces than there are: nobody fills memory with names."""


class FilmColours:
    """The colour spaces of films in one context.

    Those that films are tagged with are there from the beginning. Others are made by `prepare`, or on a thread when
    they are first drawn with: OpenColorIO takes longer than a frame has.
    """

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._lights: dict[str, FilmLight] = {name: film_light(name) for name in FILM_SPACES}
        self._tables: dict[str, moderngl.Texture] = {}
        self._found: Kept[tuple[MediaFacts, str, str, bool], PlateColours] = Kept()
        self._asked: set[str] = set()
        self.failures: dict[str, str] = {}
        """Why a colour space could not be made, by its name."""

    def prepare(self, names: Iterable[str]) -> None:
        """Makes colour spaces now. Raises ConfigError for one that films cannot be in."""
        for name in names:
            if name not in self._lights:
                self._lights[name] = film_light(name)

    def of(self, part: PlatePart, facts: MediaFacts) -> PlateColours | None:
        """What makes light of a film's codes; None where its colour space is still being made, or cannot be."""
        light = self._lights.get(part.colour_space)
        if light is None:
            self._ask(part.colour_space)
            return None
        key = (facts, part.colour_space, part.matrix, part.full_range)
        return self._found.get(key, lambda _: self._found_of(part, facts, light))

    def _found_of(self, part: PlatePart, facts: MediaFacts, light: FilmLight) -> PlateColours:
        found = codes_to_colours(facts, part.matrix, full_range=part.full_range)
        values: dict[str, Uniform] = {
            "given_film_colours": column_major(found.matrix),
            "given_film_offset": found.offset,
            "given_film_acescg": column_major(light.acescg_from_light),
            "given_film_smaller": -math.log2(min(facts.chroma)),
            "given_film_alpha": (found.alpha, 0.0) if facts.has_alpha else (0.0, 1.0),
        }
        if light.rise is not None:
            toe, middle, factors = light.rise
            return PlateColours(None, {**values, "given_film_toe": (*toe, middle), "given_film_rise": factors})
        return PlateColours(self._table(part.colour_space, light), values)

    def _table(self, name: str, light: FilmLight) -> moderngl.Texture:
        if name not in self._tables:
            self._tables[name] = _table_texture(self._context, light)
        return self._tables[name]

    def _ask(self, name: str) -> None:
        if name not in self._asked and len(self._asked) < _MOST:
            self._asked.add(name)
            threading.Thread(target=self._make, args=(name,), name="colour space of films", daemon=True).start()

    def _make(self, name: str) -> None:
        try:
            self._lights[name] = film_light(name)
        except ConfigError as error:
            self.failures[name] = str(error)


def _table_texture(context: moderngl.Context, light: FilmLight) -> moderngl.Texture:
    """A row of texels: the light of each entry, and how much more the next one has."""
    steps = np.append(np.diff(light.table), 0.0)
    texels = np.stack([light.table, steps], axis=1).astype(np.float32)
    texture = context.texture((len(texels), 1), 2, texels.tobytes(), dtype="f4")
    texture.filter = (moderngl.NEAREST, moderngl.NEAREST)
    return texture
