"""Films examined in a process of their own: `python -m render.media.examine_apart PATH`.

A hostile film can crash its decoder, take all its memory, or never end. None of that reaches who asks.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import msgspec

from render.media.examine import examine_media
from render.media.examined import ExaminedMedia, MediaFinding
from render.media.faults import MediaError
from tracking.records import UNDECODABLE

_LIMIT_S = 120.0
_MOST_MEMORY_BYTES = 8 << 30
_MOST_ANSWER = 4 << 20


class _Refused(MediaFinding, tag="refused"):
    """Why a film cannot be played."""


class _Found(ExaminedMedia, tag="found"):
    """What it is."""


def examine_apart(path: Path) -> ExaminedMedia:
    """Examines a film or a folder of numbered frames as `examine_media` does.

    Raises MediaError, also where whatever examines it dies of it or does not end.
    """
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-P", "-m", "render.media.examine_apart", str(path)]
    try:
        ended = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, env=environment, timeout=_LIMIT_S, check=False
        )
        answer: _Refused | _Found = msgspec.json.decode(ended.stdout[:_MOST_ANSWER], type=_Refused | _Found)
    except subprocess.TimeoutExpired:
        raise MediaError("media_does_not_end", seconds=int(_LIMIT_S)) from None
    except UNDECODABLE as error:
        raise MediaError("media_kills_decoder") from error
    if isinstance(answer, _Refused):
        raise MediaError(answer.code, **answer.values)
    return answer


def main() -> None:
    """The child process: writes one record of JSON."""
    most = min(_MOST_MEMORY_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1] % (1 << 63) or _MOST_MEMORY_BYTES)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        found = examine_media(Path(sys.argv[1]))
        answer: _Found | _Refused = _Found(**msgspec.structs.asdict(found))
    except MediaError as error:
        answer = _Refused(code=error.code, values=error.values)
    except MemoryError:
        answer = _Refused(code="media_takes_memory", values={"most_gib": _MOST_MEMORY_BYTES >> 30})
    out.write(msgspec.json.encode(answer))
    out.flush()


if __name__ == "__main__":
    main()
