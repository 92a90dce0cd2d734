"""NAME.mask.png is the alpha of the picture beside it: at any size, part of what the picture is known by."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from render.assets.decode import decode_picture
from render.images.coded import write_png
from render.images.exr import write_exr
from render.images.picture_hashes import picture_sha256
from render.worlds.shared.file_names import MASK_ENDING
from tracking.records import ConfigError

ROWS, COLUMNS = 16, 32
GREY = 188
"""Half of the light in sRGB, closely enough."""


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A grey picture, of which nothing is masked yet."""
    path = tmp_path / "street.night.png"
    write_png(path, np.full((ROWS, COLUMNS, 3), GREY))
    return path


def mask_of(picture: Path) -> Path:
    return picture.with_name(f"{picture.stem}{MASK_ENDING}")


def left_half(rows: int = ROWS, columns: int = COLUMNS, most: int = 255) -> np.ndarray:
    """A mask that leaves the left half."""
    codes = np.zeros((rows, columns))
    codes[:, : columns // 2] = most
    return codes


def masks(rows: int, columns: int) -> dict[str, Image.Image]:
    grey = Image.fromarray(left_half(rows, columns).astype(np.uint8))
    deep = Image.fromarray(left_half(rows, columns, 65535).astype(np.uint16))
    alpha = Image.new("RGBA", grey.size, (9, 200, 30, 0))
    alpha.putalpha(grey)
    return {"L": grey, "I;16": deep, "RGB": grey.convert("RGB"), "RGBA": alpha, "LA": alpha.convert("LA")}


@pytest.mark.parametrize("mode", ["L", "I;16", "RGB", "RGBA", "LA"])
def test_a_mask_is_the_alpha_of_its_picture(picture: Path, mode: str) -> None:
    before = decode_picture(picture)
    masks(ROWS, COLUMNS)[mode].save(mask_of(picture))
    after = decode_picture(picture)
    assert before.alpha is None
    assert after.alpha is not None
    assert np.array_equal(after.alpha, left_half() / 255.0)
    assert np.allclose(after.pixels, before.pixels * after.alpha[..., None])
    assert after.findings == ()


@pytest.mark.parametrize("mode", ["L", "I;16"])
def test_a_mask_of_another_size_is_scaled(picture: Path, mode: str) -> None:
    masks(4 * ROWS, 4 * COLUMNS)[mode].save(mask_of(picture))
    alpha = decode_picture(picture).alpha
    assert alpha is not None
    assert np.allclose(alpha[:, : COLUMNS // 2 - 2], 1.0, atol=1e-6)
    assert np.allclose(alpha[:, COLUMNS // 2 + 2 :], 0.0, atol=1e-6)


def test_a_mask_of_another_shape_is_stretched_and_that_is_said(picture: Path) -> None:
    Image.new("L", (COLUMNS, COLUMNS), 255).save(mask_of(picture))
    decoded = decode_picture(picture)
    assert [one.code for one in decoded.findings] == ["mask_stretched"]
    assert decoded.alpha is not None
    assert decoded.alpha.shape == (ROWS, COLUMNS)


def test_a_mask_covers_beside_the_pictures_own_alpha(tmp_path: Path) -> None:
    light = np.full((ROWS, COLUMNS, 4), 0.5, dtype=np.float32)
    write_exr(tmp_path / "glass.exr", light[..., :3])
    mask = tmp_path / "glass.mask.png"
    Image.new("L", (COLUMNS, ROWS), 51).save(mask)
    decoded = decode_picture(tmp_path / "glass.exr")
    assert decoded.alpha is not None
    assert np.allclose(decoded.alpha, 0.2)
    assert np.allclose(decoded.pixels.sum(), 0.2 * ROWS * COLUMNS * 1.5, rtol=0.02)


def test_a_picture_is_known_by_its_mask_too(picture: Path) -> None:
    known = {decode_picture(picture).sha256}
    for code in (10, 20):
        Image.new("L", (COLUMNS, ROWS), code).save(mask_of(picture))
        known.add(decode_picture(picture).sha256)
        assert picture_sha256(picture) in known
    assert len(known) == 3


def test_a_mask_that_cannot_be_read_is_named(picture: Path) -> None:
    mask = mask_of(picture)

    def finding() -> str:
        with pytest.raises(ConfigError) as refused:
            decode_picture(picture)
        mask.unlink() if not mask.is_dir() else mask.rmdir()
        (line,) = refused.value.findings
        assert line.startswith(f"{picture}: its mask street.night.mask.png: ")
        return line

    mask.write_text("no picture")
    assert "found the first bytes" in finding()
    mask.write_bytes(b"")
    assert "found an empty file" in finding()
    mask.mkdir()
    assert "is a folder" in finding()
    os.mkfifo(mask)
    assert "is a pipe or device" in finding()
    Image.new("L", (8, 8)).save(mask, "JPEG")
    assert "found a picture of kind jpeg, expected a PNG" in finding()
    mask.symlink_to("/etc/hostname")
    assert "a link out of the folder" in finding()
    mask.symlink_to(mask.name)
    assert "symbolic links" in finding()
    Image.new("L", (64, 64), 7).save(mask)
    mask.write_bytes(mask.read_bytes()[:60])
    assert "expected a whole picture" in finding()
    header = bytearray(picture.read_bytes())
    header[16:24] = b"\x00\x0f\x00\x00\x00\x0f\x00\x00"
    mask.write_bytes(header)
    assert "expected at most 16384 x 8192" in finding()
