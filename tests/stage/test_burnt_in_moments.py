"""The numbers that are burnt into films, read from a wall after jumps, while two films dissolve, and of a take drawn again."""

import random
from fractions import Fraction

import msgspec
import pytest
from film_walls import Walls, frame_of

from render.plan.frame import FramePlan
from tests.building import set_to
from tests.render.media.reading import made

pytestmark = pytest.mark.gl
PLACE = "/layer/street_film/position_s"


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    folder, size = tmp_path_factory.mktemp("films"), (128, 72)
    return {
        "keys": made(folder / "keys.mov", "prores422", rate=Fraction(25), frames=100, size=size),
        "group": made(folder / "group.mov", "h264", rate=Fraction(25), frames=100, size=size, group=50),
        "other": made(folder / "other.mov", "prores422", rate=Fraction(24), frames=48, size=size, first=5000),
    }


def sent(walls, seeks, slots_between):
    """Sends a film anywhere so often: frame asked for, planned and read, in the slot of the jump and some after it."""
    places, number = random.Random(7), 2
    assert [walls.slot(0), walls.slot(1)][1] is not None
    for _ in range(seeks):
        asked = places.randrange(100)
        for slot in range(slots_between):
            request = [set_to(PLACE, asked / 25)] if slot == 0 else []
            planned, read = walls.slot(number, *request)
            yield (asked + slot * 25 // 60) % 100, planned, read
            number += 1
    walls.exact.close()


@pytest.mark.parametrize("film", ["keys", "group"])
def test_the_slot_of_a_jump_and_those_after_it_show_their_frames(context, films, film):
    for asked, planned, read in sent(Walls(context, films[film], 60), seeks=12, slots_between=2):
        assert asked == planned == read


@pytest.mark.soak
@pytest.mark.parametrize("film", ["keys", "group"])
def test_a_hundred_jumps_show_their_frames(context, films, film):
    found = list(sent(Walls(context, films[film], 60), seeks=100, slots_between=30))
    assert len(found) == 3000
    assert all(asked == planned == read for asked, planned, read in found)


def dissolved(context, films, slots):
    """The plans in which one film dissolves to another over so many slots, with some before and after."""
    walls = Walls(context, films["keys"], 60, {"road": films["other"]})
    walls.plan(0)
    plans = [walls.plan(number) for number in range(1, 5)]
    plans.append(walls.plan(5, set_to("/world/active", "road", fade_s=slots / 60)))
    plans += [walls.plan(number) for number in range(6, 12 + slots)]
    return walls, plans


def planned_in(plan):
    """The number of the film that has more of the light in a plan: those of the other film begin at 5000."""
    coming = plan.air.coming
    is_road = plan.air.world.key == "road" or (coming is not None and plan.air.share > 0.5)
    shown = coming if is_road and coming is not None else plan.air.world
    return frame_of(shown) + (5000 if is_road else 0)


def test_both_films_of_a_dissolve_show_their_frames_in_every_slot_and_so_does_the_take_drawn_again(context, films):
    walls, plans = dissolved(context, films, slots=24)
    read = [walls.read(plan) for plan in plans if plan.air.coming is None or abs(plan.air.share - 0.5) > 0.02]
    wanted = [planned_in(plan) for plan in plans if plan.air.coming is None or abs(plan.air.share - 0.5) > 0.02]
    assert read == wanted
    assert sum(plan.air.coming is not None for plan in plans) >= 20
    assert min(read) < 5000 < max(read)
    walls.exact.close()

    again, replayed = dissolved(context, films, slots=24)  # folded anew, written, read, and drawn in another order
    kept = [msgspec.json.decode(msgspec.json.encode(plan), type=FramePlan) for plan in replayed]
    assert kept == plans
    clear = [plan for plan in kept if plan.air.coming is None or abs(plan.air.share - 0.5) > 0.02]
    assert [again.read(plan) for plan in reversed(clear)] == wanted[::-1]
    again.exact.close()
