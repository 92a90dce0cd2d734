"""The English sentences about films that play, by code: `str.format` templates over their values."""

from __future__ import annotations

PLATES = {
    "plate_unreadable": "film {file} cannot be read: {found}",
    "film_lens_unread": "{file} is shown as it was shot: its lens {lens} is read of worlds in the configuration alone",
    "plate_no_memory": (
        "film {file} needs {needed} MiB for the frames that are read ahead, {budget} are left for all: raise "
        "library.plates_mib, or use smaller films"
    ),
    "plate_no_gpu_room": "frames of films have no room in graphics memory: {found}",
    "plates_restarted": "restarts of the process that reads films: {count}; see which film was playing then",
    "page.plate": "Film",
    "page.no_film": "No film is on the walls.",
    "page.film_is": "{length}, {rate:.4g} frames a second",
    "page.film_runs": "Runs",
    "page.film_stands": "Stands",
    "page.film_play": "Play",
    "page.film_pause": "Pause",
    "page.film_to_begin": "To its beginning",
    "page.film_in_here": "Begin here",
    "page.film_out_here": "End here",
    "page.film_whole": "Whole film",
    "page.film_place": "Place in the film",
    "page.film_timecode": "It goes with time code: where it is decides the code.",
    "page.film_late": "{count} frames late",
    "page.choice.loop": "Loop",
    "page.choice.hold": "Hold",
    "page.choice.hide": "Hide",
    "page.parameter.play": "Plays",
    "page.parameter.layer.speed": "Speed",
    "page.parameter.position_s": "Place",
    "page.parameter.offset_s": "Later by",
    "page.parameter.in_s": "Begins at",
    "page.parameter.out_s": "Ends at",
    "page.parameter.end": "At its end",
    "page.parameter.loop_frames": "Loop's dissolve",
    "page.parameter.near_m": "Nearest",
    "page.parameter.far_m": "Farthest",
    "page.parameter.crop_left": "Crop, left",
    "page.parameter.crop_right": "Crop, right",
    "page.parameter.crop_top": "Crop, top",
    "page.parameter.crop_bottom": "Crop, bottom",
}
