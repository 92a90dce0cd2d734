"""A show whose only wall shows films straight on, slot by slot without a clock: their burnt-in numbers are read from it."""

import numpy as np

from calibration.rasters.positions import wall_positions
from render.media.burnt_numbers import read_burnt_number
from render.media.examine import examine_media
from render.renderer import Renderer
from stage.plates.exact import ExactFrames
from stage.plates.wire import Film
from stage.show.frame.plates import MediaReady
from tests.building import inputs_at as asked_at
from tests.building import stage, table, wall

COLUMNS, ROWS = 128, 72
HEIGHT_M, AHEAD_M = 1.8, 1.6
PLANE = {
    "kind": "plane",
    "lower_left_m": [-1.6, AHEAD_M, 0.6],
    "lower_right_m": [1.6, AHEAD_M, 0.6],
    "upper_left_m": [-1.6, AHEAD_M, 0.6 + HEIGHT_M],
}
"""A wall that a flat film of 90 degrees fills, seen from its middle."""
EYE = [0.0, 0.0, 0.6 + 0.5 * HEIGHT_M]


class Walls:
    """Its worlds are `street`, and `others` by name, each a film of its own. Every slot waits for its frames."""

    def __init__(self, context, path, slots_a_second, others=None, **keys):
        self.rate, self.context = slots_a_second, context
        paths = {"street": path, **(others or {})}
        examined = {name: examine_media(one) for name, one in paths.items()}
        self.built = stage(
            wall(resolution_px=[COLUMNS, ROWS], shape=PLANE),
            "".join(_world(name, **(keys if name == "street" else {})) for name in paths),
            frame_rate_hz=slots_a_second,
            outer_eye_m=EYE,
        )
        self.show = self.built.show()
        (self.wall,) = self.built.config.walls
        films = {
            one.identity: Film(media=one.identity, path=str(paths[name]), facts=one.facts)
            for name, one in examined.items()
        }
        self.renderer = Renderer(context, (self.wall,), {self.wall.name: wall_positions(self.wall, None)})
        self.exact = ExactFrames(self.renderer, lambda identity, _frame: films[identity])
        self.ready = [
            MediaReady(file=f"{name}.mov", identity=one.identity, facts=one.facts) for name, one in examined.items()
        ]

    def plan(self, number, *requests):
        """The plan of a slot."""
        return self.show.step(asked_at(number, *requests, observations=self.ready if number == 0 else [])).plan

    def read(self, plan):
        """The number that is on the wall of a plan: of two films that are mixed, that of the one with more light."""
        self.exact.load(plan)
        self.renderer.draw(plan)
        return read_burnt_number(np.maximum(self.renderer.read_wall_linear(self.wall.name), 0.0))

    def slot(self, number, *requests):
        """The planned frame of a slot, and the number that is on the wall in it."""
        plan = self.plan(number, *requests)
        planned = frame_of(plan.air.world)
        return None if planned is None else (planned, self.read(plan))


def frame_of(world):
    """The frame that a world's only film shows in a plan; None while that is not known."""
    light = world.layers[0].light
    return light.parts[0].frame if light.is_ready() else None


def _world(name, **keys):
    layer = {"kind": "plate", "key": f"{name}_film", "file": f"{name}.mov", "projection": "flat", "width_deg": 90.0}
    return table("[[worlds]]", name=name) + table("[[worlds.layers]]", **{**layer, **keys})
