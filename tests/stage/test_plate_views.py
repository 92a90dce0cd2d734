"""What clients see of films: what was taken of their colours and from where, where they are, and what came late."""

import msgspec

from stage.control.status_tables import status_tables
from stage.control.world_tables import world_tables
from stage.control.world_views import film_line
from stage.live.plates_view import films_of_world, films_on_air
from stage.live.worlds_view import world_statuses
from stage.show.frame.plates import PlateShown, PlatesShown
from tests.building import step
from tests.fold.show.plate_stage import FILM, film_stage, known, playing


def texts(parts) -> str:
    return "\n".join(str(part) for part in parts)


def test_what_a_film_is_and_what_was_taken_of_its_colours_is_said_with_where_from():
    show = playing(film_stage(), known(tagged=True, matrix="bt601"))
    (film,) = films_of_world(show.state.air, show.state.air.worlds["street"])
    line = "street.mov: prores 1920x1080, 250 frames at 25/s, rec709 bt601 video range (from tags)"
    assert (film_line(film), film.frame) == (line, -1)
    given = playing(film_stage(matrix="bt2020", range="full", colour_space="hlg"))
    (film,) = films_of_world(given.state.air, given.state.air.worlds["street"])
    assert film_line(film).endswith("hlg bt2020 full range (from configuration)")
    assert playing(film_stage()).state.air.films["street.mov"].facts.tagged is False


def test_the_list_of_worlds_has_their_films_and_says_which_are_not_known_yet():
    show = film_stage(rig=("left.mov", "right.mov")).show()
    step(show, 0, observations=[known("left.mov")])
    (street, valley), count = world_statuses(show.state.air, show.state.controls.values, show.sight, (0, 8))
    assert (count, street.kind, street.state, street.progress, valley.films) == (2, "plate", "loading", 0.5, ())
    table = texts(world_tables([msgspec.to_builtins(street)]))
    assert "left.mov: prores" in table
    assert "right.mov: not known yet" in table
    broken = {**msgspec.to_builtins(street), "state": "failed", "reason": "right.mov is cut off"}
    assert "right.mov: not known yet" not in texts(world_tables([broken]))


def test_the_status_has_the_frame_of_each_film_on_air_and_what_came_late_of_it():
    show = playing(film_stage(in_s=1.0, out_s=4.0))
    step(show, 12, observations=[PlatesShown(frame=11, shown=(PlateShown(FILM, 29, 28, "disk"),))])
    (film,) = films_on_air(show)
    assert (film.frame, film.position_s, film.first, film.last) == (30, 1.2, 25, 100)
    assert (film.runs, film.late, film.begins) == (True, {"disk": 1}, "show")
    status = {"frame": 12, "rate_hz": 60.0, "trackers": {}, "health": (), "films": [msgspec.to_builtins(film)]}
    assert "film street, street.mov: frame 30 (1.200 s) of 250, 1 disk" in texts(status_tables(status))
