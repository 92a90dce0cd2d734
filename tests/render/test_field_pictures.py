"""Pictures as cameras and stitchers write them: turned, cropped, wide, and with much else in the file."""

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps, PngImagePlugin

from render.assets.decode import decode_picture
from render.assets.facts import part_of
from render.images.coded import write_png
from render.images.pictures import probe
from render.images.sphere_area import checked_crop, crop_of
from render.worlds.shared.facts import SpherePart
from tracking.records import ConfigError

NAMESPACE = "http://ns.google.com/photos/1.0/panorama/"


def codes(rows=16, columns=32, seed=7):
    return np.random.default_rng(seed).integers(1, 256, (rows, columns, 3), dtype=np.uint8)


def as_shown(tmp_path, picture):
    """How upright code values are shown, by the plainest file that holds them."""
    write_png(tmp_path / "plain.png", np.ascontiguousarray(picture))
    return decode_picture(tmp_path / "plain.png").pixels


def gpano(full, crop, at, *, prefix="GPano", elements=False, projection="equirectangular"):
    values = {
        "ProjectionType": projection,
        "FullPanoWidthPixels": full[0],
        "FullPanoHeightPixels": full[1],
        "CroppedAreaImageWidthPixels": crop[0],
        "CroppedAreaImageHeightPixels": crop[1],
        "CroppedAreaLeftPixels": at[0],
        "CroppedAreaTopPixels": at[1],
    }
    if elements:
        inner = "".join(f"<{prefix}:{name}> {value}\n</{prefix}:{name}>" for name, value in values.items())
        return f'<rdf:Description xmlns:{prefix}="{NAMESPACE}">{inner}</rdf:Description>'.encode()
    inner = " ".join(f"{prefix}:{name} = '{value}'" for name, value in values.items())
    return f"<rdf:Description xmlns:{prefix}='{NAMESPACE}' {inner}/>".encode()


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(picture, *chunks, after=False):
    """A PNG of the picture with more chunks after its header, or after its pixels."""
    whole = io.BytesIO()
    Image.fromarray(picture).save(whole, "PNG")
    content = whole.getvalue()
    place = len(content) - 12 if after else 33
    return content[:place] + b"".join(chunks) + content[place:]


def tiff(orientation, order=">"):
    mark = b"MM\0*" if order == ">" else b"II*\0"
    entries = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    return mark + struct.pack(f"{order}IH", 8, 1) + entries + bytes(4)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("order", ["<", ">"])
def test_every_orientation_is_turned_upright(tmp_path, orientation, order):
    stored = codes(*((32, 16) if orientation >= 5 else (16, 32)))
    image = Image.fromarray(stored)
    image.getexif()[0x0112] = orientation
    expected = as_shown(tmp_path, np.asarray(ImageOps.exif_transpose(image)))
    assert expected.shape == (16, 32, 3)
    for name, content in (
        ("before.png", png_with(stored, chunk(b"eXIf", tiff(orientation, order)))),
        ("after.png", png_with(stored, chunk(b"eXIf", tiff(orientation, order)), after=True)),
    ):
        (tmp_path / name).write_bytes(content)
        assert (decode_picture(tmp_path / name).pixels == expected).all()
    Image.fromarray(stored).save(tmp_path / "p.jpg", exif=b"Exif\0\0" + tiff(orientation, order))
    with Image.open(tmp_path / "p.jpg") as image:
        expected = as_shown(tmp_path, np.asarray(ImageOps.exif_transpose(image)))
    assert (decode_picture(tmp_path / "p.jpg").pixels == expected).all()
    assert (probe(tmp_path / "p.jpg").columns, probe(tmp_path / "p.jpg").rows) == (32, 16)


def old_profile(name, content, *, is_packed):
    """A note in a PNG as programs stored it before there were chunks for it."""
    text = f"\n{name}\n{len(content):8}\n{content.hex()}\n".encode()
    start = f"Raw profile type {name}\0".encode()
    return chunk(b"zTXt", start + b"\0" + zlib.compress(text)) if is_packed else chunk(b"tEXt", start + text)


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("name", ["exif", "APP1"])
def test_exif_that_older_programs_wrote_as_text_turns_a_png(tmp_path, name, is_packed):
    note = old_profile(name, b"Exif\0\0" + tiff(3), is_packed=is_packed)
    (tmp_path / "p.png").write_bytes(png_with(codes(), old_profile("icc", bytes(99), is_packed=is_packed), note))
    assert (decode_picture(tmp_path / "p.png").pixels == as_shown(tmp_path, codes()[::-1, ::-1])).all()


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize(("name", "start"), [("xmp", b""), ("APP1", b"http://ns.adobe.com/xap/1.0/\0")])
def test_xmp_that_older_programs_wrote_as_text_places_a_part_of_a_panorama(tmp_path, name, start, is_packed):
    note = old_profile(name, start + gpano((128, 64), (32, 16), (40, 9)), is_packed=is_packed)
    (tmp_path / "p.png").write_bytes(png_with(codes(), note))
    assert decode_picture(tmp_path / "p.png").facts.part == SpherePart(
        span_deg=90.0, turn_deg=22.5, horizon=(32 - 9) / 16
    )


@pytest.mark.parametrize(
    "exif",
    [
        b"",
        b"MM",
        tiff(0),
        tiff(9),
        tiff(3)[:14],
        b"MM\0*\xff\xff\xff\xff",
        b"MM\0*" + struct.pack(">IH", 8, 65535),
        b"x" * 99,
    ],
)
def test_broken_exif_turns_nothing(tmp_path, exif):
    (tmp_path / "p.png").write_bytes(png_with(codes(), chunk(b"eXIf", exif)))
    assert (decode_picture(tmp_path / "p.png").pixels == as_shown(tmp_path, codes())).all()


@pytest.mark.parametrize("elements", [False, True])
@pytest.mark.parametrize("prefix", ["GPano", "ns1"])
def test_a_part_of_a_panorama_is_placed_where_its_xmp_says(tmp_path, prefix, elements):
    xmp = gpano((128, 64), (32, 16), (40, 9), prefix=prefix, elements=elements)
    expected = as_shown(tmp_path, codes())
    for packed in (False, True):
        text = bytes((packed, 0)) + b"\0\0" + (zlib.compress(xmp) if packed else xmp)
        (tmp_path / "p.png").write_bytes(png_with(codes(), chunk(b"iTXt", b"XML:com.adobe.xmp\0" + text)))
        found = decode_picture(tmp_path / "p.png")
        assert (found.pixels == expected).all()
        assert found.findings == ()
        assert found.facts.part == SpherePart(span_deg=90.0, turn_deg=22.5, horizon=(32 - 9) / 16)
    Image.fromarray(codes()).save(tmp_path / "p.jpg", xmp=xmp)
    found = decode_picture(tmp_path / "p.jpg")
    assert found.pixels.shape == (16, 32, 3)
    assert found.facts.part is not None


def test_a_part_of_a_panorama_may_have_been_scaled_since():
    crop = checked_crop(100, 51, crop_of(gpano((8000, 4000), (4000, 2033), (1000, 400))))
    assert part_of(crop) == SpherePart(span_deg=180.0, turn_deg=45.0, horizon=1600 / 2033)


def test_a_part_of_a_band_is_placed_around_the_horizon():
    crop = checked_crop(180, 90, crop_of(gpano((360, 120), (180, 90), (0, 20))))
    assert part_of(crop) == SpherePart(span_deg=180.0, turn_deg=90.0, horizon=40 / 90)


def test_a_picture_whose_xmp_names_all_of_a_sphere_stays_as_it_is(tmp_path):
    xmp = b"XML:com.adobe.xmp\0\0\0\0\0" + gpano((32, 16), (32, 16), (0, 0))
    (tmp_path / "p.png").write_bytes(png_with(codes(), chunk(b"iTXt", xmp)))
    assert (decode_picture(tmp_path / "p.png").pixels == as_shown(tmp_path, codes())).all()


@pytest.mark.parametrize(
    ("xmp", "message"),
    [
        (gpano((128, 64), (32, 16), (100, 9)), r"\(100, 9\) of 128 x 64 \(GPano\), expected a crop"),
        (gpano((128, 64), (32, 16), (-1, 9)), "expected a crop"),
        (gpano((128, 64), (0, 16), (0, 9)), "expected a crop"),
        (gpano((128, 64), (32, 20), (0, 9)), r"found 32 x 16 pixels that should be 32 x 20"),
        (gpano((64, 64), (32, 16), (0, 9)), "found a part of 64 x 64 pixels"),
        (gpano((32, 16), (32, 16), (0, 0), projection="cylindrical"), "projection 'cylindrical'"),
    ],
)
def test_a_part_that_can_have_no_place_is_refused(tmp_path, xmp, message):
    (tmp_path / "p.png").write_bytes(png_with(codes(), chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp)))
    with pytest.raises(ConfigError, match=message):
        decode_picture(tmp_path / "p.png")


@pytest.mark.parametrize("xmp", [b"", b"<x/>", gpano((128, 64), (32, 16), ("", 9)), b"GPano:FullPanoWidthPixels='128'"])
def test_xmp_without_a_whole_crop_places_nothing(xmp):
    assert crop_of(xmp) is None


@pytest.mark.parametrize(("columns", "rows"), [(300, 100), (32, 20), (16, 32), (100, 100), (1, 1), (4095, 20)])
def test_a_picture_of_any_shape_stays_as_it_is_and_is_no_sphere(tmp_path, columns, rows):
    write_png(tmp_path / "p.png", codes(rows, columns))
    found = decode_picture(tmp_path / "p.png")
    assert (found.pixels == as_shown(tmp_path, codes(rows, columns))).all()
    assert (found.facts.columns, found.facts.rows, found.facts.is_sphere) == (columns, rows, False)
    assert (found.facts.part, found.findings) == (None, ())


def test_megabytes_of_text_and_profiles_in_a_png_are_passed_over(tmp_path):
    many = PngImagePlugin.PngInfo()
    many.add_itxt("Comment", "x" * (3 << 20), zip=True)
    many.add_text("Workflow", "y" * (3 << 20))
    Image.fromarray(codes()).save(tmp_path / "p.png", pnginfo=many, icc_profile=bytes(5 << 20))
    assert (decode_picture(tmp_path / "p.png").pixels == as_shown(tmp_path, codes())).all()


@pytest.mark.parametrize(
    "hostile",
    [
        chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(64 << 20))),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(bytes(64 << 20))),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1"),
        chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(64 << 20))),
        chunk(b"zTXt", b"Raw profile type exif\0\0not packed"),
        struct.pack(">I", 5) + b"tEXt" + b"a\0bcd" + b"bad!",
        chunk(b"tEXt", b"a\0b") * 5000,
    ],
)
def test_text_that_unpacks_to_much_or_is_broken_is_passed_over(tmp_path, hostile):
    (tmp_path / "p.png").write_bytes(png_with(codes(), hostile))
    assert (decode_picture(tmp_path / "p.png").pixels == as_shown(tmp_path, codes())).all()


@pytest.fixture
def field():
    folder = os.environ.get("OPENSTAGE_DATA")
    if folder is None:
        pytest.skip("OPENSTAGE_DATA is not set: the files from the field are not here")
    return Path(folder) / "field" / "inputs"


@pytest.mark.data
def test_a_turned_photograph_from_the_field_is_upright(tmp_path, field):
    with Image.open(field / "orient3.jpg") as image:
        expected = as_shown(tmp_path, np.asarray(image)[::-1, ::-1])
    assert (decode_picture(field / "orient3.jpg").pixels == expected).all()


@pytest.mark.data
def test_a_partial_panorama_from_the_field_is_placed(tmp_path, field):
    with Image.open(field / "gpano_crop.jpg") as image:
        expected = as_shown(tmp_path, np.asarray(image))
    found = decode_picture(field / "gpano_crop.jpg")
    assert (found.pixels == expected).all()
    assert found.facts.part == SpherePart(span_deg=180.0, turn_deg=0.0, horizon=0.5)
    assert found.findings == ()


@pytest.mark.data
def test_a_wide_picture_from_the_field_is_no_sphere(field):
    found = decode_picture(field / "ratio3.png")
    assert found.pixels.shape == (100, 300, 3)
    assert not found.facts.is_sphere


@pytest.mark.data
@pytest.mark.parametrize("name", ["itxt_big.png", "ml.exr"])
def test_pictures_from_the_field_with_more_than_a_picture_are_read(field, name):
    found = decode_picture(field / name)
    assert found.pixels.shape[1] == 2 * found.pixels.shape[0]
    assert found.pixels.any()
    assert found.findings == ()
