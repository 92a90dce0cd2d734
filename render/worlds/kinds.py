"""Every kind of world there is. A new kind is a folder beside this file and a name in each of the two unions. Pure.

The folder of a kind holds

- `record.py`, pure: the record of a `[world]` table and the record in a plan, both tagged by `kind`, with the kind's
  own rules. Nobody else compares their fields. A configuration's record says which files and colour spaces it names,
  what is wrong with it, which picture it needs, and what it is in a plan. A plan's record says which assets it needs
  and whether they are there, whether its light is raw, how far that light is, whether an earlier picture still shows
  it, and what of it cannot be drawn.
- `drawing.py`: a class `Drawing(context, texture_of)` that is a `WorldDrawing` (`render/worlds/drawings.py`).
"""

from __future__ import annotations

from render.worlds.coordinates.record import CoordinatesPlan, CoordinatesWorld
from render.worlds.panorama.record import PanoramaPlan, PanoramaWorld

World = CoordinatesWorld | PanoramaWorld
"""What a configuration says of the world behind the walls."""
WorldPlan = CoordinatesPlan | PanoramaPlan
"""What is behind the walls in one frame."""


def world_without_files() -> World:
    """The world of a configuration that names none: it can be drawn without anything else."""
    return CoordinatesWorld()
