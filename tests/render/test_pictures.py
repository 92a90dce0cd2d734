"""Picture files: what each kind's numbers mean, that hostile ones are refused, and that equal pixels are equal bytes."""

import hashlib
import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import OpenEXR
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from render.assets.decode import decode_picture
from render.colour.primaries import ACESCG, REC709, acescg_from_rgb
from render.images.coded import write_png
from render.images.colour_spaces import ColourSpaces
from render.images.exr import read_exr, write_exr
from render.images.exr_layers import read_exr_header
from render.images.pictures import probe
from tracking.records import ConfigError

REC709_TO_ACESCG = np.array(acescg_from_rgb(REC709))


def light(rows=16, columns=32, seed=1):
    return np.random.default_rng(seed).uniform(0.0, 4.0, (rows, columns, 3)).astype(np.float32)


def exr(path, channels, **header):
    OpenEXR.File({"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage, **header}, channels).write(
        str(path)
    )


def png16(codes):
    """A 16-bit RGB PNG, written chunk by chunk (ISO/IEC 15948)."""
    rows, columns = codes.shape[:2]
    raw = b"".join(b"\0" + row.astype(">u2").tobytes() for row in codes)

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 16, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def linear(code):
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)


def test_exr_without_chromaticities_is_linear_rec709(tmp_path):
    pixels = light()
    exr(tmp_path / "p.exr", {"RGB": pixels})
    found = decode_picture(tmp_path / "p.exr")
    assert found.pixels == pytest.approx(pixels @ REC709_TO_ACESCG.T, rel=1e-5)
    assert found.sha256 == hashlib.sha256((tmp_path / "p.exr").read_bytes()).hexdigest()


def test_exr_chromaticities_are_honoured(tmp_path):
    pixels = light()
    write_exr(tmp_path / "p.exr", pixels)
    assert (decode_picture(tmp_path / "p.exr").pixels == pixels).all()
    p3 = (0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127, 0.329)
    exr(tmp_path / "p3.exr", {"RGB": pixels}, chromaticities=p3)
    named = pixels.copy()
    ColourSpaces().to_working(named, "Linear P3-D65")
    assert decode_picture(tmp_path / "p3.exr").pixels == pytest.approx(named, abs=2e-3)


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_half_float_alpha_and_grey_exr_are_read(tmp_path, kind):
    grey, pixels = light()[..., 0].astype(kind), light().astype(kind)
    exr(tmp_path / "y.exr", {"Y": grey}, chromaticities=ACESCG)
    assert decode_picture(tmp_path / "y.exr").pixels == pytest.approx(np.repeat(grey[..., None], 3, 2), rel=1e-6)
    exr(tmp_path / "a.exr", {"RGBA": np.dstack([pixels, np.zeros_like(grey)])}, chromaticities=ACESCG)
    assert decode_picture(tmp_path / "a.exr").pixels == pytest.approx(pixels, rel=1e-5)


def test_data_window_is_placed_in_the_display_window(tmp_path):
    pixels = light(4, 8)
    corner = (np.array([2, 1], np.int32), np.array([9, 4], np.int32))
    whole = (np.array([0, 0], np.int32), np.array([19, 9], np.int32))
    exr(tmp_path / "p.exr", {"RGB": pixels}, dataWindow=corner, displayWindow=whole)
    expected = np.zeros((10, 20, 3), np.float32)
    expected[1:5, 2:10] = pixels
    assert (read_exr(tmp_path / "p.exr") == expected).all()


def test_other_channels_are_refused_by_name(tmp_path):
    exr(tmp_path / "p.exr", {"Z": light()[..., 0]})
    with pytest.raises(ConfigError, match="found channels Z, expected R, G, B or Y"):
        decode_picture(tmp_path / "p.exr")


def test_impossible_chromaticities_ask_for_a_colour_space(tmp_path):
    exr(tmp_path / "p.exr", {"RGB": light()}, chromaticities=(0.3, 0.3) * 4)
    with pytest.raises(ConfigError, match=r"impossible chromaticities, .* set colour_space"):
        decode_picture(tmp_path / "p.exr")
    assert decode_picture(tmp_path / "p.exr", "ACEScg").pixels == pytest.approx(light())


def test_truncated_exr_is_refused_wherever_it_is_cut_and_says_nothing_on_stdout(tmp_path, capfd):
    write_exr(tmp_path / "p.exr", light())
    content = (tmp_path / "p.exr").read_bytes()
    for cut in (0, 3, 7, 60, 200, len(content) // 2, len(content) - 1):
        (tmp_path / "cut.exr").write_bytes(content[:cut])
        with pytest.raises(ConfigError) as caught:
            decode_picture(tmp_path / "cut.exr")
        assert str(caught.value).startswith(f"{tmp_path}/cut.exr: found ")
        assert "\n" not in str(caught.value)
    assert capfd.readouterr().out == ""


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(4, 400), value=st.integers(0, 255), cut=st.integers(0, 420))
def test_mutated_exr_headers_are_headers_or_refusals(tmp_path_factory, place, value, cut):
    path = tmp_path_factory.getbasetemp() / "whole.exr"
    if not path.exists():
        write_exr(path, light())
    content = bytearray(path.read_bytes()[: 424 - cut])
    if place < len(content):
        content[place] = value
    try:
        header = read_exr_header(bytes(content))
    except ValueError:
        return
    assert min(header.size) >= 1


def test_gigantic_exr_is_refused_before_it_is_decoded(tmp_path):
    write_exr(tmp_path / "p.exr", light())
    content = (tmp_path / "p.exr").read_bytes()
    window = struct.pack("<4i", 0, 0, 31, 15)
    for huge in ((0, 0, 1 << 30, 15), (-(1 << 31), 0, (1 << 31) - 1, 15)):
        (tmp_path / "huge.exr").write_bytes(content.replace(window, struct.pack("<4i", *huge)))
        with pytest.raises(ConfigError, match="expected at most 16384 x 8192"):
            decode_picture(tmp_path / "huge.exr")


def test_samples_that_are_not_light_are_mended_and_counted(tmp_path):
    pixels = light()
    pixels[0, 0], pixels[1, 1, 0], pixels[2, 2, 1], pixels[3, 3, 2] = np.nan, np.inf, -np.inf, 1e20
    exr(tmp_path / "p.exr", {"RGB": pixels}, chromaticities=ACESCG)
    found = decode_picture(tmp_path / "p.exr")
    assert found.mended >= 6
    assert np.isfinite(found.pixels).all()
    assert (found.pixels >= 0.0).all()
    assert found.pixels[5:] == pytest.approx(pixels[5:], rel=1e-5)


def test_eight_bit_png_and_jpeg_are_srgb(tmp_path):
    codes = np.random.default_rng(4).integers(0, 256, (16, 32, 3), dtype=np.uint8)
    write_png(tmp_path / "p.png", codes)
    expected = linear(codes / 255.0) @ REC709_TO_ACESCG.T
    assert decode_picture(tmp_path / "p.png").pixels == pytest.approx(expected, rel=1e-4, abs=1e-6)
    flat = np.full((16, 32, 3), (200, 100, 50), np.uint8)
    Image.fromarray(flat).save(tmp_path / "p.jpg", quality=100, subsampling=0)
    expected = linear(flat / 255.0) @ REC709_TO_ACESCG.T
    assert decode_picture(tmp_path / "p.jpg").pixels == pytest.approx(expected, rel=0.03)


def test_sixteen_bit_png_keeps_its_low_bytes(tmp_path):
    codes = np.random.default_rng(5).integers(0, 65536, (16, 32, 3)).astype(np.uint16)
    (tmp_path / "p.png").write_bytes(png16(codes))
    expected = linear(codes / 65535.0) @ REC709_TO_ACESCG.T
    assert decode_picture(tmp_path / "p.png").pixels == pytest.approx(expected, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("mode", ["L", "P", "LA", "RGBA", "1"])
def test_other_png_modes_are_read_as_colour(tmp_path, mode):
    codes = np.full((8, 16, 3), 255, np.uint8)
    Image.fromarray(codes).convert(mode).save(tmp_path / "p.png")
    assert decode_picture(tmp_path / "p.png").pixels == pytest.approx(np.ones((8, 16, 3)), abs=1e-4)


def test_broken_coded_pictures_are_refused(tmp_path):
    codes = np.random.default_rng(6).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    for kind in ("PNG", "JPEG"):
        whole = io.BytesIO()
        Image.fromarray(codes).save(whole, kind)
        for cut in (12, 40, len(whole.getvalue()) // 2):
            (tmp_path / "p").write_bytes(whole.getvalue()[:cut])
            with pytest.raises(ConfigError):
                decode_picture(tmp_path / "p")


def test_a_file_that_is_not_a_picture_is_refused_in_one_line(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").touch()
    (tmp_path / "text").write_text("hello")
    for name in ("missing", "", "pipe", "empty", "text"):
        with pytest.raises(ConfigError, match="expected a picture") as caught:
            decode_picture(tmp_path / name)
        assert "\n" not in str(caught.value)


def test_named_colour_space_overrides_the_files_own(tmp_path):
    pixels = light()
    exr(tmp_path / "p.exr", {"RGB": pixels})
    assert decode_picture(tmp_path / "p.exr", "ACEScg").pixels == pytest.approx(pixels)
    write_png(tmp_path / "p.png", np.full((4, 8, 3), 128, np.uint8))
    by_kind = decode_picture(tmp_path / "p.png").pixels
    assert decode_picture(tmp_path / "p.png", "sRGB - Texture").pixels == pytest.approx(by_kind, rel=1e-4)


def test_unknown_colour_space_is_refused_with_the_nearest(tmp_path):
    write_png(tmp_path / "p.png", np.zeros((4, 8, 3), np.uint8))
    with pytest.raises(ConfigError, match=r"colour_space: found 'Linear Rec709'.*did you mean 'Linear Rec\.709"):
        decode_picture(tmp_path / "p.png", "Linear Rec709")


def test_matrix_from_primaries_agrees_with_opencolorio():
    named = light()
    ColourSpaces().to_working(named, "Linear Rec.709 (sRGB)")
    assert light() @ REC709_TO_ACESCG.T == pytest.approx(named, rel=1e-4)


@given(st.lists(st.floats(0.01, 0.99), min_size=8, max_size=8))
def test_white_stays_white_from_any_primaries(values):
    try:
        matrix = acescg_from_rgb(tuple(values))
    except ValueError:
        return
    assert [sum(row) for row in matrix] == pytest.approx([1.0] * 3, abs=1e-3)


def test_equal_pixels_give_equal_files(tmp_path):
    for name in ("a", "b"):
        write_exr(tmp_path / f"{name}.exr", light())
        write_png(tmp_path / f"{name}.png", np.full((4, 8, 3), 77, np.uint8))
    assert (tmp_path / "a.exr").read_bytes() == (tmp_path / "b.exr").read_bytes()
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_written_exr_is_read_back_exactly_and_says_it_is_acescg(tmp_path):
    pixels = light() - 2.0
    write_exr(tmp_path / "p.exr", pixels)
    assert (read_exr(tmp_path / "p.exr") == pixels).all()
    header = read_exr_header((tmp_path / "p.exr").read_bytes())
    assert header.chromaticities == pytest.approx(ACESCG, rel=1e-6)


@pytest.mark.parametrize("write", [write_exr, write_png])
def test_pictures_that_cannot_be_written_are_reported_in_one_line(tmp_path, write):
    with pytest.raises(ConfigError, match="cannot be written") as caught:
        write(tmp_path / "missing" / "p", np.zeros((4, 8, 3), np.uint8))
    assert "\n" not in str(caught.value)


def test_progress_goes_forward_to_the_end(tmp_path):
    write_exr(tmp_path / "p.exr", light())
    seen = []
    decode_picture(tmp_path / "p.exr", progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "kind"), [("venice_sunset_1k.hdr", "hdr"), ("empty_warehouse_01_1k.hdr", "hdr"), ("night.exr", "exr")]
)
def test_real_panoramas_are_read(name, kind):
    folder = os.environ.get("OPENSTAGE_DATA")
    if folder is None:
        pytest.skip("OPENSTAGE_DATA is not set: the real panoramas are not here")
    path = Path(folder) / "content" / "hdri" / name
    found, header = decode_picture(path), probe(path)
    assert (header.kind, header.columns, header.rows) == (kind, 1024, 512)
    assert found.pixels.shape == (512, 1024, 3)
    assert 0.05 < found.pixels.mean() < 2.0
    assert found.pixels.max() > 100.0
