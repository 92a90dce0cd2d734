"""Every kind of layer there is. A new kind is a folder beside this file and a name in each of the two unions. Pure.

The folder of a kind holds

- `record.py`, pure: the record of a layer's table and the record of its light in a plan, both tagged by `kind`, with
  the kind's own rules. Nobody else compares their fields. A configuration's record says which files and colour spaces
  it names, what is wrong with it, which picture it needs, and what its light is in a plan. A plan's record says which
  assets it needs and whether they are there, whether its light is raw, how far that light is, whether an earlier
  picture still shows it, and what of it cannot be drawn.
- `drawing.py`: a class `DRAWING`, as `Drawing` in `render/worlds/drawings.py` describes it: what passes need to
  evaluate the light along rays. The light itself is `shaders/worlds/KIND.glsl`.
"""

from __future__ import annotations

from render.worlds.coordinates.record import CoordinatesLayer, CoordinatesPlan
from render.worlds.model.record import ModelLayer, ModelPlan
from render.worlds.panorama.record import PanoramaLayer, PanoramaPlan
from render.worlds.plate.record import PlateLayer, PlatePlan
from render.worlds.sky.record import SkyLayer, SkyLight

Layer = CoordinatesLayer | ModelLayer | PanoramaLayer | PlateLayer | SkyLayer
"""What a configuration says of one layer of a world."""
LightPlan = CoordinatesPlan | ModelPlan | PanoramaPlan | PlatePlan | SkyLight
"""Where the light of one layer comes from in one frame."""


def layer_without_files() -> Layer:
    """The layer of a configuration that names no world: it can be drawn without anything else."""
    return CoordinatesLayer()
