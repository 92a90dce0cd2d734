"""WebP and AVIF are read like PNG and JPEG; other known formats are refused with what to save them as."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from render.assets.decode import decode_picture
from render.images.coded_headers import avif_size, webp_exif, webp_size
from render.images.pictures import probe
from render.images.signatures import format_of
from render.worlds.shared.facts import SpherePart
from render.worlds.shared.formats import ENDINGS, FORMAT_NAMES, HEIC, UNREAD_NAMES, UnreadFormat
from tests.render.test_field_pictures import as_shown, codes, gpano
from tracking.records import ConfigError

ROOT = Path(__file__).resolve().parents[2]
LOSSLESS = {"WEBP": {"lossless": True, "exact": True}, "AVIF": {"quality": 100, "subsampling": "4:4:4"}}


def written(kind, picture, **options):
    whole = io.BytesIO()
    Image.fromarray(picture).save(whole, kind, **{**LOSSLESS.get(kind, {}), **options})
    return whole.getvalue()


def close(found, expected):
    """WebP is lossless here; Pillow's AVIF keeps codes within two."""
    return np.allclose(found, expected, rtol=0.05, atol=0.005)


def smooth(rows=16, columns=32):
    """Slow enough that a lossy coder keeps it."""
    down, across = np.mgrid[0:rows, 0:columns]
    return np.stack([40 + 5 * across, 30 + 9 * down, 90 + down + across], axis=2).astype(np.uint8)


@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
def test_a_picture_is_srgb_like_a_png(tmp_path, kind):
    (tmp_path / "p").write_bytes(written(kind, smooth()))
    found = decode_picture(tmp_path / "p")
    assert close(found.pixels, as_shown(tmp_path, smooth()))
    assert (found.alpha, found.findings, found.colour_space) == (None, (), "sRGB")
    assert (probe(tmp_path / "p").kind, probe(tmp_path / "p").columns, probe(tmp_path / "p").rows) == (
        kind.lower(),
        32,
        16,
    )


@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
def test_alpha_is_kept_and_colours_are_multiplied_by_it(tmp_path, kind):
    alpha = np.full((16, 32), 255, np.uint8)
    alpha[:, :16] = 128
    (tmp_path / "p").write_bytes(written(kind, np.dstack([smooth(), alpha])))
    found = decode_picture(tmp_path / "p")
    assert found.alpha == pytest.approx(alpha / 255.0, abs=0.01)
    assert close(found.pixels, as_shown(tmp_path, smooth()) * (alpha / 255.0)[:, :, None])


@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(tmp_path, kind, orientation):
    stored = smooth(*((32, 16) if orientation >= 5 else (16, 32)))
    exif = Image.Exif()
    exif[0x0112] = orientation
    (tmp_path / "p").write_bytes(written(kind, stored, exif=exif))
    upright = Image.fromarray(stored)
    upright.getexif()[0x0112] = orientation
    turned = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}.get(orientation)
    expected = np.asarray(upright if turned is None else upright.transpose(Image.Transpose(turned)))
    assert close(decode_picture(tmp_path / "p").pixels, as_shown(tmp_path, expected))
    assert (probe(tmp_path / "p").columns, probe(tmp_path / "p").rows) == (32, 16)


@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
def test_xmp_places_a_part_of_a_panorama(tmp_path, kind):
    (tmp_path / "p").write_bytes(written(kind, smooth(), xmp=gpano((128, 64), (32, 16), (40, 9))))
    found = decode_picture(tmp_path / "p")
    assert found.pixels.shape == (16, 32, 3)
    assert found.facts.part == SpherePart(span_deg=90.0, turn_deg=22.5, horizon=(32 - 9) / 16)


@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
def test_of_an_animation_the_first_picture_is_shown_with_a_note(tmp_path, kind):
    later = [Image.fromarray(np.full((16, 32, 3), level, np.uint8)) for level in (0, 255)]
    (tmp_path / "p").write_bytes(written(kind, smooth(), save_all=True, append_images=later, duration=40))
    found = decode_picture(tmp_path / "p")
    assert close(found.pixels, as_shown(tmp_path, smooth()))
    assert [(one.code, one.values["frames"]) for one in found.findings] == [("picture_animated", 3)]


@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "PNG"])
def test_a_file_that_is_cut_off_is_refused_in_one_line(tmp_path, kind):
    whole = written(kind, codes(64, 128))
    for cut in (12, 20, 30, 100, len(whole) // 2):
        (tmp_path / "p").write_bytes(whole[:cut])
        with pytest.raises(ConfigError, match="expected") as caught:
            decode_picture(tmp_path / "p")
        assert "\n" not in str(caught.value)
        assert str(caught.value).count("expected") == 1
        assert " object at 0x" not in str(caught.value)


@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
def test_hostile_bytes_are_refused_or_read_but_break_nothing(tmp_path, kind):
    whole = written(kind, codes(16, 32))
    random = np.random.default_rng(3)
    for _ in range(60):
        hostile = bytearray(whole)
        for place in random.integers(12, len(whole), 4):
            hostile[place] = random.integers(256)
        (tmp_path / "p").write_bytes(hostile)
        try:
            decode_picture(tmp_path / "p")
        except ConfigError as error:
            assert "\n" not in str(error)


def test_a_huge_canvas_is_refused_from_the_header_before_it_is_decoded(tmp_path):
    webp = bytearray(written("WEBP", smooth(), exif=b"Exif\0\0"))
    webp[24:30] = (16383).to_bytes(3, "little") * 2
    avif = bytearray(written("AVIF", smooth()))
    place = avif.index(b"ispe") + 8
    avif[place : place + 8] = struct.pack(">II", 16385, 16)
    for content in (webp, avif):
        (tmp_path / "p").write_bytes(content)
        with pytest.raises(ConfigError, match="expected at most 16384 x 8192"):
            decode_picture(tmp_path / "p")


@pytest.mark.parametrize("read", [webp_size, avif_size, format_of, lambda content: webp_exif(io.BytesIO(content))])
def test_any_bytes_have_a_size_or_none(read):
    random = np.random.default_rng(5)
    files = [written(kind, codes()) for kind in LOSSLESS]
    for number in range(300):
        content = bytearray(files[number % 2][: random.integers(8, 400)])
        content[random.integers(len(content))] = random.integers(256)
        content[random.integers(len(content))] = 255
        try:
            read(bytes(content))
        except ValueError as error:
            assert str(error).startswith("found ")


BOXES = b"\0\0\0\x18ftyp%s\0\0\0\0mif1%s"
STARTS = {
    b"II*\0\x08\0\0\0": "a TIFF picture or camera raw",
    b"MM\0*\0\0\0\x08": "a TIFF picture or camera raw",
    b"II*\0\x10\0\0\0CR\x02\0": "a camera raw picture",
    b"FUJIFILMCCD-RAW 0201": "a camera raw picture",
    b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom": "a camera raw picture",
    b"GIF89a\x01\0\x01\0": "a GIF picture",
    b"BM\x36\0\0\0\0\0\0\0": "a BMP picture",
    b"8BPS\0\x01": "a Photoshop document",
    b"\xff\x0a\xfa\x1f": "a JPEG XL picture",
    b"\0\0\0\x0cjP  \r\n\x87\n": "a JPEG 2000 picture",
    b'<?xml version="1.0"?>\n<!-- made by hand -->\n<svg xmlns="x">': "an SVG drawing",
    b"%PDF-1.7": "a PDF document",
    b"\0\0\0\x18ftypmp42\0\0\0\0isomiso2": "a film",
    b"\x1a\x45\xdf\xa3\x93": "a film",
    b"\0\0\0\x1cftypM4A \0\0\0\0M4A mp42isom": "a sound",
    b"RIFF\x24\0\0\0WAVEfmt ": "a sound",
    b"FLV\x01\x05": "a film of a kind that is not read",
    BOXES % (b"heic", b"heix"): "a HEIC picture",
    BOXES % (b"mif1", b"heic"): "a HEIC picture",
}


@pytest.mark.parametrize(("start", "name"), STARTS.items())
def test_a_known_format_that_is_not_read_is_refused_by_its_bytes_with_what_to_do(tmp_path, start, name):
    (tmp_path / "p.png").write_bytes(start + bytes(99))
    with pytest.raises(ConfigError) as caught:
        decode_picture(tmp_path / "p.png")
    known = next(one for one in UNREAD_NAMES if one.name == name)
    assert str(caught.value) == f"{tmp_path / 'p.png'}: found {name}, expected {FORMAT_NAMES}: {known.save_as}"


def test_a_phones_picture_is_refused_in_these_words():
    words = "found a HEIC picture, expected EXR, HDR, PNG, JPEG, WebP or AVIF: save it as JPEG or PNG"
    assert HEIC.refusal() == words


def test_no_ending_is_both_read_and_refused():
    refused = [ending for one in UNREAD_NAMES for ending in one.endings]
    assert len({*refused, *ENDINGS}) == len(refused) + len(ENDINGS)
    assert isinstance(format_of(BOXES % (b"avif", b"miaf")), str)
    assert isinstance(format_of(BOXES % (b"heic", b"miaf")), UnreadFormat)


@pytest.mark.parametrize("document", ["README.md", "docs/configuration.md", "docs/commands.md"])
def test_documents_list_the_formats_that_are_read(document):
    assert FORMAT_NAMES in (ROOT / document).read_text()
