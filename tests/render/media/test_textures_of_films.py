"""HAP films, which FFmpeg only decodes, made by hand: DXT1 blocks behind a section header, in a MOV.

Vidvox, "Hap Video", sections "Frame" and "Section Types"; S3TC DXT1 blocks as in EXT_texture_compression_s3tc.
"""

import struct
from fractions import Fraction

import av
import numpy as np

from tests.render.media.odd_films import pictures
from tests.render.media.reading import Numbers

_DXT1_PLAIN = 0xAB


def dxt1(grey):
    """Blocks of 4 x 4, each white or black as most of its pixels."""
    rows, columns = grey.shape
    blocks = grey.reshape(rows // 4, 4, columns // 4, 4).mean(axis=(1, 3)) > 127
    return b"".join(struct.pack("<HHI", 0xFFFF if white else 0, 0, 0) for white in blocks.reshape(-1))


def hap_film(path, frames=6, size=(128, 72)):
    with av.open(str(path), "w", format="mov") as container:
        stream = container.add_stream("mjpeg", rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = *size, "yuvj420p"
        for at, codes in enumerate(pictures(frames, *size)):
            content = dxt1(codes.mean(axis=2))
            head = struct.pack("<I", len(content) | _DXT1_PLAIN << 24)
            packet = av.Packet(head + content)
            packet.stream, packet.time_base = stream, Fraction(1, 25)
            packet.pts = packet.dts = at
            packet.is_keyframe = True
            container.mux(packet)
    content = path.read_bytes()
    at = content.find(b"stsd")
    fourcc = content.find(b"jpeg", at)
    path.write_bytes(content[:fourcc] + b"Hap1" + content[fourcc + 4 :])
    return path


def test_a_hap_film_is_read_through_ffmpegs_own_pixels(tmp_path):
    numbers = Numbers(hap_film(tmp_path / "film.mov"))
    assert (numbers.facts.codec, numbers.facts.planes, numbers.facts.all_key_frames) == ("hap", "rgb", True)
    assert [numbers.of(frame) for frame in (0, 1, 2, 5, 3, 4)] == [0, 1, 2, 5, 3, 4]
    red, green, _ = (levels[0] for levels in numbers.planes(0)[:3])
    assert set(np.unique(red)) == {0, 255}
    np.testing.assert_array_equal(red, green)
