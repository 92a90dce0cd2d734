"""EXR files decoded in a process of their own.

The library prints to standard output, blocks the interpreter while it decodes, and can be crashed by a hostile file.
None of that may reach a running show.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np

from render.images.exr import decode_exr
from render.images.exr_header import MAX_HEADER
from render.images.exr_layers import ExrHeader, read_exr_header
from render.images.faults import PictureError
from render.images.raw import Pixels, RawPicture, raw_from_pixels
from tracking.sources.ordinary_files import open_ordinary

_LIMIT_S = 300.0
_DEPTH = "depth"
_PIECE = 4 << 20
_ROWS_AT_ONCE = 64


def decode_exr_apart(
    path: Path, header: ExrHeader, progress: Callable[[float], None], *, of_depth: bool = False
) -> RawPicture:
    """Runs `decode_exr` in a child process; `progress` is called with 0..1 as pixels arrive.

    Raises PictureError where the file cannot be decoded, or the decoder crashed or hung.
    """
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-P", "-m", "render.images.exr_apart", str(path), *([_DEPTH] if of_depth else [])]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as child:
        assert isinstance(child.stdout, io.BufferedReader)
        watch = threading.Timer(_LIMIT_S, child.kill)
        watch.start()
        try:
            answer = child.stdout.readline(4096)
            if answer != b"{}\n":
                raise _fault(answer)
            columns, rows = header.size
            pixels = np.empty((rows, columns, 3 if header.alpha is None else 4), dtype=np.float32)
            _receive(child.stdout.readinto, pixels.data.cast("B"), progress)
        finally:
            watch.cancel()
            child.kill()
    return raw_from_pixels(pixels)


def _fault(answer: bytes) -> PictureError:
    try:
        code, values = json.loads(answer)
        return PictureError(code, **values)
    except (ValueError, LookupError, TypeError):
        return PictureError("exr_damaged")


def _receive(read_into: Callable[[memoryview], int], target: memoryview, progress: Callable[[float], None]) -> None:
    filled = 0
    while filled < len(target):
        count = read_into(target[filled : filled + _PIECE])
        if not count:
            raise PictureError("exr_damaged")
        filled += count
        progress(filled / len(target))


def main() -> None:
    """The child process: writes one line of JSON ({} or the error), then the raw pixels."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    path = Path(sys.argv[1])
    try:
        with open_ordinary(path) as file:
            header = read_exr_header(file.read(MAX_HEADER), of_depth=_DEPTH in sys.argv[2:])
        picture = decode_exr(path, header)
    except (OSError, ValueError, MemoryError) as error:
        fault = error if isinstance(error, PictureError) else PictureError("exr_damaged")
        out.write(json.dumps([fault.code, fault.values]).encode() + b"\n")
    else:
        out.write(b"{}\n")
        for top in range(0, picture.rows, _ROWS_AT_ONCE):
            out.write(_with_alpha(picture, top).data.cast("B"))
    out.flush()


def _with_alpha(picture: RawPicture, top: int) -> Pixels:
    """A band of the picture as it is sent: float32 (rows, columns, 3), or 4 with alpha."""
    bottom = min(top + _ROWS_AT_ONCE, picture.rows)
    band, alpha = picture.band(top, bottom), picture.alpha_band(top, bottom)
    return band if alpha is None else np.dstack([band, alpha])


if __name__ == "__main__":
    main()
