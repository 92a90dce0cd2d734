"""The core's films: what is known of them, and the edge that plays them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from render.compose.footprint import wall_reach
from render.renderer import Renderer
from stage.loading.files import LoadedConfig
from stage.plates.edge import PlatesEdge
from stage.plates.service import NAME
from stage.plates.wire import Film
from stage.run.events import WantedEvent, print_event
from stage.run.options import CoreOptions
from stage.show.show import Show


def open_films(
    loaded: LoadedConfig,
    options: CoreOptions,
    show: Show,
    renderer: Renderer,
    stack: ExitStack,
    *,
    positions: Mapping[str, NDArray[np.float64]],
) -> PlatesEdge:
    """The edge for a show's films. Raises OSError where its socket cannot be."""

    def film_of(identity: str) -> Film | None:
        """What the show knows of a film, under the name that its file has now."""
        for file, film in show.state.air.films.items():
            if film.identity == identity and film.facts is not None:
                return Film(media=identity, path=str(loaded.path_of(file)), facts=film.facts)
        return None

    def wake() -> None:
        print_event(WantedEvent(name=NAME))

    by_ray = loaded.config.stage.draw == "auto"
    renderer.plates.storages.make_beside()
    stack.callback(renderer.plates.storages.close)
    walls = [reach for one in positions.values() if (reach := wall_reach(one)) is not None] if by_ray else []
    return PlatesEdge(Path(options.runtime), renderer.plates, film_of, stack, wake, walls=walls)
