"""A show's folder: everything that makes a show, apart from the stage that it runs on. It is handed over as it is.

The configuration describes the stage alone. What a stage needs of a folder is made when something is first kept there.
"""

from __future__ import annotations

import errno
import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tracking.records import ConfigError

LOOKS = "looks"
CUES = "cues.toml"
VALUES = "values"
WORLDS = "worlds"
TAKES = "takes"
SHOWS = "shows"
DEFAULT = "default"


def default_show(config: Path) -> Path:
    """The folder of the show that runs where none is named: beside the configuration."""
    return config.parent / SHOWS / DEFAULT


@contextmanager
def only_run_of(show: Path) -> Iterator[None]:
    """Keeps every other stage of this machine from running the same show, for as long as this process lives.

    The lock is a name of the system's own (unix(7), abstract). It needs no file, so a folder that is not made yet can
    be locked; and it is gone with its process, however that ends. Raises ConfigError.
    """
    digest = hashlib.sha256(os.fsencode(show.resolve())).hexdigest()
    with socket.socket(socket.AF_UNIX) as lock:
        try:
            lock.bind(f"\0openstage-show-{digest}")
        except OSError as error:
            if error.errno == errno.EADDRINUSE:  # any other means that this system has no such names
                raise ConfigError(
                    f"{show}: another stage on this machine runs this show; end that one, or give another folder with "
                    "--show"
                ) from None
        yield
