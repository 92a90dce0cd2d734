"""The English sentences about films that play, by code: `str.format` templates over their values."""

from __future__ import annotations

PLATES = {
    "plate_unreadable": "film {file} cannot be read: {found}",
    "plate_no_memory": (
        "film {file} needs {needed} MiB for the frames that are read ahead, {budget} are left for all: raise "
        "library.plates_mib, or use smaller films"
    ),
    "plate_no_gpu_room": "frames of films have no room in graphics memory: {found}",
    "plates_restarted": "restarts of the process that reads films: {count}; see which film was playing then",
}
