"""The numbers that are burnt into a film, read from a wall in every display slot: the planned frame, in its cadence."""

from fractions import Fraction

import numpy as np
import pytest

from calibration.rasters.positions import wall_positions
from render.media.burnt_numbers import read_burnt_number
from render.media.examine import examine_media
from render.renderer import Renderer
from render.worlds.plate.record import PlatePlan
from stage.plates.exact import ExactFrames
from stage.plates.wire import Film
from stage.show.frame.plates import MediaReady
from tests.building import inputs_at as asked_at
from tests.building import set_to, stage, table, wall
from tests.render.media.reading import made

pytestmark = pytest.mark.gl
RATES = (Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(50), Fraction(60))
WALLS = (24, 50, 60)
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
    """A show whose only wall shows a film straight on, without a clock: every slot waits for its frame."""

    def __init__(self, context, path, slots_a_second, **keys):
        self.rate, self.context = slots_a_second, context
        examined = examine_media(path)
        layer = {"kind": "plate", "key": "film", "file": "film.mov", "projection": "flat", "width_deg": 90.0, **keys}
        world = table("[[worlds]]", name="street") + table("[[worlds.layers]]", **layer)
        built = stage(
            wall(resolution_px=[COLUMNS, ROWS], shape=PLANE), world, frame_rate_hz=slots_a_second, outer_eye_m=EYE
        )
        self.show = built.show()
        (one,) = built.config.walls
        self.name = one.name
        self.renderer = Renderer(context, (one,), {one.name: wall_positions(one, None)})
        film = Film(media=examined.identity, path=str(path), facts=examined.facts)
        self.exact = ExactFrames(self.renderer, lambda _identity, _frame: film)
        self.ready = MediaReady(file="film.mov", identity=examined.identity, facts=examined.facts)

    def slot(self, number, *requests):
        """The planned frame of a slot, and the number that is on the wall in it."""
        inputs = asked_at(number, *requests, observations=[self.ready] if number == 0 else [])
        outcome = self.show.step(inputs)
        light = outcome.plan.air.world.layers[0].light
        assert isinstance(light, PlatePlan)
        if not light.is_ready():
            return None
        self.exact.load(outcome.plan)
        self.renderer.draw(outcome.plan)
        return light.parts[0].frame, read_burnt_number(
            np.maximum(self.renderer.read_wall_linear(self.name), 0.0) ** 0.5
        )


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    folder = tmp_path_factory.mktemp("films")
    return {
        rate: made(folder / f"{number}.mov", "prores422", rate=rate, frames=40, size=(128, 72))
        for number, rate in enumerate(RATES)
    }


@pytest.mark.parametrize("slots_a_second", WALLS)
@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{float(rate):.5g}")
def test_every_slot_shows_the_planned_frame_in_its_cadence(context, films, rate, slots_a_second):
    in_every_slot(context, films, rate, slots_a_second, slots_a_second // 2)


@pytest.mark.soak
@pytest.mark.parametrize("slots_a_second", WALLS)
@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{float(rate):.5g}")
def test_every_slot_of_a_minute_shows_the_planned_frame_in_its_cadence(context, films, rate, slots_a_second):
    in_every_slot(context, films, rate, slots_a_second, 60 * slots_a_second)


def in_every_slot(context, films, rate, slots_a_second, slots):
    """Plays for so many slots, more than once round the film's loop, and looks at each."""
    walls = Walls(context, films[rate], slots_a_second)
    seen = [found for number in range(2 + slots) if (found := walls.slot(number)) is not None]
    walls.exact.close()
    assert len(seen) >= slots
    assert all(planned == read for planned, read in seen)
    first = seen[0][1]
    expected = [(first + int(slot * rate / slots_a_second)) % 40 for slot in range(len(seen))]
    assert [read for _, read in seen] == expected


def test_seeks_and_a_loop_show_the_planned_frame(context, films):
    walls = Walls(context, films[Fraction(25)], 60, in_s=0.2, out_s=0.8)
    seen = [walls.slot(0), walls.slot(1)]
    for number in range(2, 60):
        seek = [set_to("/layer/film/position_s", 0.04 * (5 + number * 7 % 15))] if number % 3 == 0 else []
        seen.append(walls.slot(number, *seek))
    seen += [walls.slot(number) for number in range(60, 110)]  # round the loop once and more
    walls.exact.close()
    found = [one for one in seen if one is not None]
    assert len(found) >= 100
    assert all(planned == read for planned, read in found)
    assert {read for _, read in found} == set(range(5, 20))
