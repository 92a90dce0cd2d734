"""Radiance pictures: every coding gives the same light, and broken files are refused with the reason."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from render.assets.decode import decode_picture
from render.colour.primaries import ACESCG, REC709, acescg_from_rgb
from render.images.radiance import decode, read_header
from tracking.records import ConfigError

REC709_TO_ACESCG = np.array(acescg_from_rgb(REC709))

HDR_HEAD = b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n"


def rgbe(rows=6, columns=20, seed=2):
    """Random RGBE words with stretches of equal pixels, none of which reads as an old run marker."""
    random = np.random.default_rng(seed)
    words = random.integers(2, 256, (rows, columns, 4), dtype=np.uint8)
    words[..., 3] = random.integers(120, 140, (rows, columns))
    words[:, 5:12] = words[:, 5:6]
    return words


def radiance_light(words):
    return words[..., :3] * np.ldexp(1.0, words[..., 3:].astype(int) - 136)


def runs(line):
    """One component of a scanline: repeats of three and more as runs, the rest one by one."""
    out, at = bytearray(), 0
    while at < len(line):
        end = at
        while end < len(line) and line[end] == line[at] and end - at < 127:
            end += 1
        if end - at >= 3:
            out += bytes((128 + end - at, line[at]))
            at = end
        else:
            out += bytes((1, line[at]))
            at += 1
    return bytes(out)


def new_coding(words):
    start = b"\x02\x02" + words.shape[1].to_bytes(2, "big")
    return b"".join(start + b"".join(runs(row[:, k].tobytes()) for k in range(4)) for row in words)


def old_coding(words):
    out = bytearray()
    flat = words.reshape(-1, 4)
    at = 0
    while at < len(flat):
        end = at + 1
        while end < len(flat) and (flat[end] == flat[at]).all():
            end += 1
        out += flat[at].tobytes()
        repeat = end - at - 1
        while repeat:
            out += bytes((1, 1, 1, repeat & 255))
            repeat >>= 8
        at = end
    return bytes(out)


def radiance(body, rows, columns, order=b"-Y %d +X %d", head=HDR_HEAD):
    return head + order % (rows, columns) + b"\n" + body


@pytest.mark.parametrize("coding", [new_coding, old_coding, lambda words: words.tobytes()])
def test_radiance_codings_give_the_same_light(tmp_path, coding):
    words = rgbe(rows=10)
    (tmp_path / "p.hdr").write_bytes(radiance(coding(words), 10, 20))
    found = decode_picture(tmp_path / "p.hdr")
    assert found.pixels == pytest.approx(radiance_light(words) @ REC709_TO_ACESCG.T, rel=1e-5)
    assert found.colour_space == "Linear Rec.709 (sRGB)"


@pytest.mark.parametrize("coding", [new_coding, old_coding])
@pytest.mark.parametrize("ends", [b"\r\n\r\n\r\n", b"\r\n\n\r\n", b"\n\r\n\n"])
def test_headers_with_carriage_returns_are_read(coding, ends):
    words = rgbe()
    start, blank, size = (end + b"\n" for end in ends.split(b"\n")[:3])
    head = b"#?RADIANCE" + start + b"# a comment" + start + b"FORMAT=32-bit_rle_rgbe" + start + blank
    content = head + b"-Y 6 +X 20" + size + coding(words)
    assert decode(content, read_header(content)) == pytest.approx(radiance_light(words), rel=1e-6)


@pytest.mark.parametrize("first", [0, 1, 2])
def test_a_picture_may_mix_flat_old_and_new_scanlines(first):
    words = rgbe()
    codings = [new_coding, old_coding, lambda row: row.tobytes()]
    body = b"".join(codings[(first + row) % 3](words[row : row + 1]) for row in range(6))
    content = radiance(body, 6, 20)
    assert decode(content, read_header(content)) == pytest.approx(radiance_light(words), rel=1e-6)
    with pytest.raises(ValueError, match="cut off"):
        decode(content[:-3], read_header(content))


def test_flat_pixels_that_look_like_the_start_of_a_new_scanline_inside_a_row_are_pixels():
    words = rgbe()
    words[2, 7] = words[4, 19] = (2, 2, 0, 20)
    content = radiance(old_coding(words), 6, 20)
    assert decode(content, read_header(content)) == pytest.approx(radiance_light(words), rel=1e-6)


def test_long_old_runs_carry_over_several_markers():
    words = np.broadcast_to(np.array((10, 20, 30, 128), np.uint8), (30, 40, 4))
    content = radiance(old_coding(words), 30, 40)
    assert decode(content, read_header(content)) == pytest.approx(radiance_light(words), rel=1e-6)


@pytest.mark.parametrize(
    ("order", "rows", "columns"), [(b"+Y %d +X %d", -1, 1), (b"-Y %d -X %d", 1, -1), (b"+Y %d -X %d", -1, -1)]
)
def test_radiance_orientations_are_turned_upright(order, rows, columns):
    words = rgbe()
    content = radiance(new_coding(words), 6, 20, order)
    assert decode(content, read_header(content)) == pytest.approx(radiance_light(words)[::rows, ::columns], rel=1e-6)


def test_radiance_primaries_are_honoured_only_where_they_are_real(tmp_path):
    words = rgbe(rows=10)
    for line, chromaticities in (
        (b"PRIMARIES=0 0 0 0 0 0 0 0\n", REC709),
        (b"PRIMARIES=.713 .293 .165 .83 .128 .044 .32168 .33767\n", ACESCG),
    ):
        head = HDR_HEAD.replace(b"\n\n", b"\n" + line + b"\n")
        (tmp_path / "p.hdr").write_bytes(radiance(new_coding(words), 10, 20, head=head))
        expected = radiance_light(words) @ np.array(acescg_from_rgb(chromaticities)).T
        assert decode_picture(tmp_path / "p.hdr").pixels == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"#?RADIANCE\n", "found no end of the header"),
        (b"#?RADIANCE\nFORMAT=32-bit_rle_xyze\n\n-Y 1 +X 1\nabcd", "found FORMAT '32-bit_rle_xyze'"),
        (HDR_HEAD + b"+X 4 -Y 4\nabcd", "found resolution line"),
        (radiance(b"", 4, 4), "found no pixels"),
        (radiance(bytes((1, 1, 1, 9)), 1, 4), "found no pixels"),
        (radiance(b"abcd", 4, 4), "found 1 pixels, expected 16"),
        (radiance(b"abcd" + bytes((1, 1, 1, 255)) * 4, 4, 4), "expected 16"),
        (radiance(b"abcd" + bytes((1, 1, 1, 255)) * 9, 4, 4), "more than four run markers"),
        (radiance(new_coding(rgbe())[:-9], 6, 20), "broken run lengths in row 5"),
        (radiance(new_coding(rgbe())[:300], 6, 20), "the file is cut off"),
        (radiance(b"\x02\x02\x00\x14" + b"\x00" * 500, 6, 20), "broken run lengths in row 0"),
        (radiance(b"\x02\x02\x00\x14" + b"\xff\x07" * 500, 6, 20), "found 127 bytes in row 0, expected 80"),
        (radiance(b"", 99999, 4), "found 4 x 99999 pixels, expected at most 16384 x 8192"),
    ],
)
def test_broken_radiance_pictures_are_refused_with_the_reason(tmp_path, content, message):
    (tmp_path / "p.hdr").write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        decode_picture(tmp_path / "p.hdr")
    assert message in str(caught.value)


@settings(max_examples=150)
@given(place=st.integers(0, 500), value=st.integers(0, 255), cut=st.integers(0, 600))
def test_mutated_radiance_pictures_are_pictures_or_refusals(place, value, cut):
    content = bytearray(radiance(new_coding(rgbe()), 6, 20))
    content[place % len(content)] = value
    content = bytes(content[: len(content) - cut // 4])
    try:
        header = read_header(content)
        if header.rows * header.columns < 1 << 20:
            assert decode(content, header).shape == (header.rows, header.columns, 3)
    except ValueError:
        pass
