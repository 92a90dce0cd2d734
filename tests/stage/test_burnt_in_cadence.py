"""The numbers that are burnt into a film, read from a wall in every display slot: the planned frame, in its cadence."""

from fractions import Fraction

import pytest
from film_walls import Walls

from tests.building import set_to
from tests.render.media.reading import made

pytestmark = pytest.mark.gl
RATES = (Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(50), Fraction(60))
WALLS = (24, 50, 60)


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


@pytest.mark.parametrize("slots_a_second", WALLS)
@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{float(rate):.5g}")
def test_a_loop_point_is_passed_in_the_cadence_at_all_rates(context, films, rate, slots_a_second):
    """Frames 5 to 11 again and again: the last is followed by the first in its own slot, and nothing is left out."""
    in_every_slot(context, films, rate, slots_a_second, slots_a_second // 2, loop=(5, 12))


@pytest.mark.soak
@pytest.mark.parametrize("slots_a_second", WALLS)
@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{float(rate):.5g}")
def test_every_slot_of_a_minute_shows_the_planned_frame_in_its_cadence(context, films, rate, slots_a_second):
    in_every_slot(context, films, rate, slots_a_second, 60 * slots_a_second)


def in_every_slot(context, films, rate, slots_a_second, slots, *, loop=(0, 40)):
    """Plays for so many slots and looks at each: frames from the first of the loop to the one before its second."""
    begins, ends = loop
    walls = Walls(
        context, films[rate], slots_a_second, in_s=float(begins / rate), out_s=0.0 if ends == 40 else float(ends / rate)
    )
    seen = [found for number in range(2 + slots) if (found := walls.slot(number)) is not None]
    walls.exact.close()
    assert len(seen) >= slots
    assert all(planned == read for planned, read in seen)
    first = seen[0][1]
    steps = (first - begins + int(slot * rate / slots_a_second) for slot in range(len(seen)))
    expected = [begins + step % (ends - begins) for step in steps]
    assert [read for _, read in seen] == expected


def test_seeks_and_a_loop_show_the_planned_frame(context, films):
    walls = Walls(context, films[Fraction(25)], 60, in_s=0.2, out_s=0.8)
    seen = [walls.slot(0), walls.slot(1)]
    for number in range(2, 60):
        seek = [set_to("/layer/street_film/position_s", 0.04 * (5 + number * 7 % 15))] if number % 3 == 0 else []
        seen.append(walls.slot(number, *seek))
    seen += [walls.slot(number) for number in range(60, 110)]  # round the loop once and more
    walls.exact.close()
    found = [one for one in seen if one is not None]
    assert len(found) >= 100
    assert all(planned == read for planned, read in found)
    assert {read for _, read in found} == set(range(5, 20))
