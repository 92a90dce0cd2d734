"""What came late of films: counted by cause. It never changes a plan. Pure."""

from __future__ import annotations

from stage.show.frame.plates import PlatesShown
from stage.show.plates.state import LateFilm, PlatesState

MOST_FILMS = 64
CAUSES = {
    "not_decoded": "plate_not_decoded",
    "not_uploaded": "plate_not_uploaded",
    "disk": "plate_disk",
    "decoder_lost": "plate_decoder_lost",
    "failed": "plate_failed",
    "other": "plate_other",
}
"""Why a frame is not there (`PlateShown`), and the code of its sentence."""
OTHER = "other"


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
