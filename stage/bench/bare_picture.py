"""The least that anybody must do to show a picture: `python -m stage.bench.bare_picture FILE` decodes and uploads it.

No colours are converted and nothing is checked, kept or spread over frames. Prints the seconds that it took, without
those for starting and for making a context.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import moderngl
import numpy as np
import OpenEXR
from numpy.typing import NDArray
from PIL import Image

from render.gpu.context import create_headless_context
from stage.run.realtime import work_in_background


def decoded(path: Path) -> NDArray[np.float16]:
    """The picture's values as half floats, (rows, columns, 3)."""
    if path.suffix == ".exr":
        return np.asarray(OpenEXR.File(str(path)).parts[0].channels["RGB"].pixels, dtype=np.float16)
    with Image.open(path) as image:
        return np.asarray(np.asarray(image.convert("RGB")) * np.float32(1.0 / 255.0), dtype=np.float16)


def upload(context: moderngl.Context, picture: NDArray[np.float16]) -> moderngl.Texture:
    """The picture with its levels on the GPU, once that is done."""
    rows, columns = picture.shape[:2]
    texture = context.texture((columns, rows), 3, picture.tobytes(), alignment=1, dtype="f2")
    texture.build_mipmaps()
    context.finish()
    return texture


def main() -> None:
    """Runs as nicely as the loader does."""
    work_in_background()
    context = create_headless_context()
    begun = time.monotonic()
    upload(context, decoded(Path(sys.argv[1])))
    print(f"{time.monotonic() - begun:.3f}")


if __name__ == "__main__":
    main()
