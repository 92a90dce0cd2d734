"""What is wrong with films that play: late frames, which change no plan, and time code that is not there. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from render.worlds.plate.record import PlateLayer
from stage.show.air.film_state import facts_of, films_of
from stage.show.air.state import AirState, worlds_on_air
from stage.show.frame.plates import PlatesShown
from stage.show.plates.state import LateFilm, PlatesState, timecode_at
from stage.show.report.tracker_health import Fault

MOST_FILMS = 64
CAUSES = {
    "failed": "plate_failed",
    "no_room": "plate_no_room",
    "seek": "plate_seek",
    "set": "plate_set",
    "decoder_lost": "plate_decoder_lost",
    "decoder_stands": "plate_decoder_stands",
    "disk": "plate_disk",
    "too_heavy": "plate_too_heavy",
    "opening": "plate_opening",
    "not_decoded": "plate_not_decoded",
    "not_uploaded": "plate_not_uploaded",
    "other": "plate_other",
}
"""Why a frame is not there (`PlateShown`), and the code of its sentence."""
ONLY_COUNTED = frozenset(("failed", "no_room", "seek", "set"))
"""What is counted here and told elsewhere, or not: of a film that failed or has no memory the edge says itself what is
wrong; one that was sent elsewhere is there soon; and one that waits for another of its set needs no cure.
"""
OPENING, OTHER = "opening", "other"
_LATE_SHOWN_S = 5
_OPENS_S = 1
"""The first slots of a film, until it is open, are counted and not told: they need no cure."""


def note_shown(plates: PlatesState, observation: PlatesShown) -> None:
    """Counts what was not the planned frame."""
    for one in observation.shown:
        if one.shown == one.planned:
            continue
        while one.media not in plates.late and len(plates.late) >= MOST_FILMS:
            del plates.late[next(iter(plates.late))]
        late = plates.late.setdefault(one.media, LateFilm())
        cause = one.cause if one.cause in CAUSES else OTHER
        late.counts[cause] = late.counts.get(cause, 0) + 1
        late.slot, late.cause = max(late.slot, observation.frame), cause


def plate_faults(plates: PlatesState, air: AirState, slot: int, slots_a_second: Fraction) -> Iterator[Fault]:
    """A fault for each film with late frames lately, and for each on air that goes with a time code that stands."""
    files = _files_by_identity(air) if plates.late else {}
    for media, late in plates.late.items():
        count, is_lately = sum(late.counts.values()), slot - late.slot <= _LATE_SHOWN_S * slots_a_second
        begins = late.cause == OPENING and count <= _OPENS_S * slots_a_second
        if media in files and is_lately and late.cause not in ONLY_COUNTED and not begins:
            yield Fault("plate_late", "warning", {"file": files[media], "count": count, "why": CAUSES[late.cause]})
    for world in worlds_on_air(air) if air.films else ():
        for layer in world.layers:
            why = _why_it_stands(plates, air, layer, slot, slots_a_second) if isinstance(layer, PlateLayer) else ""
            if why:
                yield Fault("plate_without_timecode", "warning", {"world": world.name, "why": why})


def _files_by_identity(air: AirState) -> dict[str, str]:
    """The file of each film; of several with the same content one that is on air."""
    on_air = [file for world in worlds_on_air(air) for file in films_of(world) if file in air.films]
    return {air.films[file].identity: file for file in (*air.films, *on_air) if air.films[file].identity}


def _why_it_stands(plates: PlatesState, air: AirState, layer: PlateLayer, slot: int, slots_a_second: Fraction) -> str:
    """Why a film that goes with time code does not, as a code; "" where it does, or is not meant to."""
    clock = plates.clocks.get(layer.key or "")
    if layer.start != "timecode" or clock is None or not clock.runs:
        return ""
    if timecode_at(plates.timecode, slot, slots_a_second) is None:
        return "timecode_none"
    if plates.timecode is not None and not plates.timecode.runs:
        return "timecode_stands"
    facts = facts_of(air.films, layer) or ()
    return "timecode_no_start" if any(not (layer.start_timecode or one.start) for one in facts) else ""
