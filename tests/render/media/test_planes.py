"""Planes of a frame lie as the facts say, with the codes of the file, and their levels are its filtered copies."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from render.media.box_levels import fill_levels
from render.media.planes import FrameMemory
from render.media.plate_pictures import PlatePictures, YcbcrPlanes
from render.worlds.shared.media import MediaFacts, frame_bytes
from tests.render.media.odd_films import film
from tests.render.media.reading import Numbers, made


def boxed(plane):
    """The mean of what each sample of the next level covers, by shares of an area."""

    def shares(size):
        smaller = max(size // 2, 1)
        edges = np.linspace(0.0, size, smaller + 1)
        first = np.maximum(edges[:-1, None], np.arange(size))
        last = np.minimum(edges[1:, None], np.arange(size) + 1)
        return np.clip(last - first, 0.0, None) * smaller / size

    return shares(plane.shape[0]) @ plane @ shares(plane.shape[1]).T


@pytest.mark.parametrize("size", [(270, 480), (270, 481), (135, 3), (1, 7), (64, 1), (37, 91)])
@pytest.mark.parametrize("bits", [8, 10, 14, 16])
def test_each_level_is_the_one_before_filtered_by_a_box(size, bits):
    facts = MediaFacts(codec="", columns=size[1], rows=size[0], frames=1, rate=(1, 1), bits=bits)
    memory = FrameMemory(facts)
    levels = memory.planes(memoryview(bytearray(memory.bytes)))[0]
    chance = np.random.default_rng(5)
    levels[0][...] = chance.integers(0, 1 << bits, size, dtype=np.uint32)
    levels[0][: size[0] // 2] = (1 << bits) - 1
    fill_levels(levels, bits)
    for larger, smaller in pairwise(levels):
        assert np.abs(boxed(larger.astype(np.float64)) - smaller).max() <= 0.51
    assert levels[-1].shape == (1, 1)


def test_levels_keep_the_brightness_of_a_picture():
    memory = FrameMemory(MediaFacts(codec="", columns=1024, rows=1024, frames=1, rate=(1, 1)))
    levels = memory.planes(memoryview(bytearray(memory.bytes)))[0]
    levels[0][...] = np.random.default_rng(5).integers(100, 104, (1024, 1024))
    fill_levels(levels, 8)
    assert abs(float(levels[4].mean()) - float(levels[0].mean())) < 0.2


@pytest.mark.parametrize(
    ("codec", "ending", "most"), [("dnxhr_444", ".mov", 4), ("prores422hq", ".mov", 4), ("mjpeg", ".mov", 2)]
)
def test_bars_and_ramp_keep_their_codes_through_a_codec(tmp_path, codec, ending, most):
    numbers = Numbers(made(tmp_path / f"film{ending}", codec, frames=2, size=(448, 252)))
    facts = numbers.facts
    pictures = PlatePictures(448, 252)
    made_planes = YcbcrPlanes(
        pictures, bits=facts.bits, matrix=facts.matrix, full_range=facts.full_range, chroma=facts.chroma
    )
    for levels, wanted in zip(numbers.planes(1), made_planes.planes(1), strict=True):
        rows = pictures.ramp_end * wanted.shape[0] // 252
        off = np.abs(levels[0][:rows].astype(int) - wanted[:rows].astype(int))
        assert float(np.median(off)) <= most / 2
        assert float(np.quantile(off, 0.9)) <= most


def test_planes_that_are_packed_or_swapped_are_repacked_without_a_change_of_codes(tmp_path):
    plain = Numbers(film(tmp_path / "plain.mkv", codec="ffv1", pixels="yuv422p", options={})).planes(4)
    packed = film(tmp_path / "packed.mov", codec="rawvideo", pixels="uyvy422", options={})
    for levels, wanted in zip(Numbers(packed).planes(4), plain, strict=True):
        np.testing.assert_array_equal(levels[0], wanted[0])


@pytest.mark.parametrize(
    "pixels", ["gray", "gray10le", "bgr0", "gbrp12le", "yuva444p10le", "bgra", "yuv420p16le", "yuv411p"]
)
def test_all_forms_of_pixels_keep_the_number(tmp_path, pixels):
    numbers = Numbers(film(tmp_path / "film.mkv", codec="ffv1", pixels=pixels, frames=4, options={}))
    assert [numbers.of(frame) for frame in range(4)] == [0, 1, 2, 3]
    assert numbers.facts.has_alpha == (pixels in {"yuva444p10le", "bgra"})
    assert len(numbers.planes(0)) == (4 if numbers.facts.has_alpha else 3)


def test_a_memory_too_small_is_refused(tmp_path):
    numbers = Numbers(film(tmp_path / "film.mp4", rate=Fraction(24)))
    with pytest.raises(ValueError, match="expected"):
        numbers.reader.read(0, memoryview(bytearray(frame_bytes(numbers.facts) - 1)))
