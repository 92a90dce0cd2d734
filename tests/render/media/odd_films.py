"""Films that are not as they should be, made with FFmpeg's encoders through PyAV."""

from fractions import Fraction

import av
import numpy as np

from render.media.burnt_numbers import CELL_ROWS, cell_columns
from render.media.plate_pictures import PlatePictures


def pictures(frames, columns, rows):
    """Grey pictures with burnt-in numbers."""
    plate = PlatePictures(columns, rows)
    for number in range(frames):
        codes = (plate.rgb(number) * 255.0).astype(np.uint8)
        codes[round(CELL_ROWS[0] * rows) :] = (cell_columns(number, columns) * 255)[None, :, None]
        yield codes


def film(
    path,
    *,
    codec="libx264",
    pixels="yuv420p",
    frames=30,
    size=(128, 72),
    rate=Fraction(25),
    stamps=None,
    options=None,
    rotation=None,
    aspect=None,
    tags=None,
    container_options=None,
):
    """A film of numbered frames; `stamps` say when each is shown, in frames, `tags` its primaries, curve and matrix."""
    options = {"preset": "ultrafast"} if options is None else options
    with av.open(str(path), "w", container_options=container_options or {}) as container:
        stream = container.add_stream(codec, rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        stream.codec_context.time_base = 1 / (rate * 10)
        stream.time_base = 1 / (rate * 10)
        if rotation is not None:
            stream.set_display_rotation(rotation)
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        if tags is not None:
            context = stream.codec_context
            context.color_primaries, context.color_trc, context.colorspace = tags
        for at, codes in enumerate(pictures(frames, *size)):
            frame = av.VideoFrame.from_ndarray(codes, format="rgb24").reformat(format=pixels)
            frame.pts = round(10 * (at if stamps is None else stamps[at]))
            frame.time_base = 1 / (rate * 10)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def sound(path):
    """A film without pictures."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48000, layout="mono")
        for _ in range(20):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate = 48000
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
