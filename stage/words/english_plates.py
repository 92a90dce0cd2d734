"""The English sentences about films that play, by code: `str.format` templates over their values."""

from __future__ import annotations

PLATES = {
    "plate_late": "late frames of film {file} in the last {seconds} s, for which others were held: {count}; {cause}",
    "plate_not_decoded": (
        "this machine does not decode so fast: use ProRes, DNxHR or a smaller picture, or fewer films at once"
    ),
    "plate_not_uploaded": "frames of the show leave no time to upload it: use smaller films, or a faster GPU",
    "plate_disk": "its disk or network does not deliver in time: copy it to a local disk",
    "plate_decoder_lost": "the process that reads films is being started",
    "plate_failed": "frames of it cannot be read: check the file with `stage world check`",
    "plate_unreadable": "film {file} cannot be read: {found}",
    "plate_no_memory": (
        "film {file} needs {needed} MiB for the frames that are read ahead, {budget} are left for all: raise "
        "library.plates_mib, or use smaller films"
    ),
    "plate_no_gpu_room": "frames of films have no room in graphics memory: {found}",
    "plates_restarted": "restarts of the process that reads films: {count}; see which film was playing then",
}
