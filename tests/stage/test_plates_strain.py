"""Films that are too heavy leave the processors to the loop: ever longer where it loses slots. In virtual time."""

import msgspec
import pytest
from plates_core import SMALL, film

from stage.plates.films import Films
from stage.plates.playing import MOST_REST_S
from stage.plates.strain import FIRST_REST, LEAST_HOLD_S, LEAST_REST, MOST_HOLD_S, MOST_REST, Strain
from stage.plates.wire import WantedFrames, Wishes

SLOT_S = 1.0 / 60.0
HEAVY = msgspec.structs.replace(SMALL, decode_ms=1e6)
MINUTE = 3600


def ran(strain, slots, loses=lambda _rest: False, before=(0, 0.0)):
    """Serves so many slots, of which those are lost that `loses` says at the rest of that moment."""
    lost, now_s = before
    for _ in range(slots):
        lost, now_s = lost + loses(strain.rest), now_s + SLOT_S
        strain.note(lost, now_s)
    return lost, now_s


def test_where_no_slot_is_lost_films_soon_rest_no_longer_than_they_must():
    strain = Strain()
    assert strain.rest == FIRST_REST
    assert strain.is_there
    ran(strain, round(3 * LEAST_HOLD_S / SLOT_S))
    assert strain.rest == LEAST_REST
    assert not strain.is_there


def test_slots_that_are_lost_together_double_the_rest_once_and_those_that_go_on_do_to_its_end():
    strain = Strain()
    before = ran(strain, MINUTE)
    before = ran(strain, 10, lambda _rest: True, before)
    assert strain.rest == 2 * LEAST_REST
    ran(strain, 600, lambda _rest: True, before)
    assert strain.rest == MOST_REST


def test_what_the_stage_lost_before_its_first_film_counts_for_nothing():
    strain = Strain()
    strain.note(500, 10.0)
    assert strain.rest == FIRST_REST


def test_a_rest_that_is_too_short_is_tried_ever_more_seldom():
    strain, before, lost = Strain(), (0, 0.0), []
    for _ in range(5):
        after = ran(strain, MINUTE, lambda rest: rest < 4 * LEAST_REST, before)
        lost.append(after[0] - before[0])
        before = after
    assert lost[-1] <= 60.0 / MOST_HOLD_S
    assert lost[-1] <= lost[0]
    ran(strain, 6 * MINUTE, before=before)
    assert strain.rest == LEAST_REST  # and recovers where nothing is lost any more


@pytest.fixture
def playing(tmp_path):
    """Films that are wanted, of which nobody reads frames but the test."""
    made = []

    def wanted(*films, **more):
        made.append(Films(lambda _film: pytest.fail("nobody reads"), tmp_path, 1 << 24))
        frames = tuple(WantedFrames(media=one.media, frames=(0, 1, 2)) for one in films)
        made[-1].take(Wishes(films=films, wanted=frames, **more))
        return made[-1]

    yield wanted
    for one in made:
        one.close()


@pytest.mark.parametrize(("decode_ms", "rests"), [(30.0, False), (1000.0, True)])
def test_a_film_that_no_machine_reads_as_fast_as_it_plays_leaves_it_most_of_the_time(playing, decode_ms, rests):
    films = playing(film("a", facts=msgspec.structs.replace(SMALL, decode_ms=decode_ms)), rest=3.0)
    films.end(films.begin(10.0), took_ms=500.0, waited_ms=0.0, now_s=10.5)
    assert (films.begin(11.9) is None) == rests
    if rests:
        assert films.begin(12.1).frame == 1


def test_a_rest_becomes_longer_while_it_lasts_but_a_frame_comes_every_few_seconds(playing):
    films = playing(film("a", facts=HEAVY), rest=3.0)
    films.end(films.begin(10.0), took_ms=100.0, waited_ms=0.0, now_s=10.1)
    films.take(Wishes(rest=12.0))
    assert films.begin(10.5) is None
    films.take(Wishes())
    assert films.begin(11.2) is None
    films.take(Wishes(rest=MOST_REST))
    assert films.begin(10.0 + MOST_REST_S) is None
    assert films.begin(10.2 + MOST_REST_S) is not None


def test_of_films_that_are_too_heavy_one_is_read_at_a_time_and_others_beside_it(playing):
    heavy = [film(name, facts=HEAVY) for name in "ab"]
    films = playing(*heavy, film("light"))
    assert films.begin(10.0).playing.film.media == "a"
    assert films.begin(10.0).playing.film.media == "light"
    assert films.begin(10.0) is None
    assert not films.are_too_heavy
    assert playing(*heavy).are_too_heavy
