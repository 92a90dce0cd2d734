"""Planes of a frame lie as the facts say, with the codes of the file, and their levels are its filtered copies."""

from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest

from render.media.box_levels import fill_levels, fill_levels_of_texels, put_beside
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


SAMPLES = {1: (0, (2, 2)), 2: (1, (2, 2)), 4: (0, (1, 1))}
"""By the samples of its texels, a texture and the chroma of a film that has such."""


def texture(samples, bits, columns, rows):
    """The levels of a texture in memory, (rows, columns, samples) each."""
    number, chroma = SAMPLES[samples]
    across, down = chroma if number else (1, 1)
    size = {"columns": across * columns, "rows": down * rows}
    memory = FrameMemory(MediaFacts(codec="", frames=1, rate=(1, 1), bits=bits, chroma=chroma, **size))
    return memory.textures(memoryview(bytearray(memory.bytes)))[number]


def filled(levels, bits):
    if levels[0].shape[2] == 1:
        fill_levels([level[..., 0] for level in levels], bits)
    else:
        fill_levels_of_texels(levels, bits)


@pytest.mark.parametrize("size", [(270, 480), (270, 481), (135, 3), (1, 7), (64, 1), (37, 91)])
@pytest.mark.parametrize("bits", [8, 10, 14, 16])
@pytest.mark.parametrize("samples", SAMPLES)
def test_each_level_is_the_one_before_filtered_by_a_box(size, bits, samples):
    levels = texture(samples, bits, *reversed(size))
    chance = np.random.default_rng(5)
    levels[0][...] = chance.integers(0, 1 << bits, (*size, samples), dtype=np.uint32)
    levels[0][: size[0] // 2] = (1 << bits) - 1
    filled(levels, bits)
    for (larger, smaller), sample in product(pairwise(levels), range(samples)):
        assert np.abs(boxed(larger[..., sample].astype(np.float64)) - smaller[..., sample]).max() <= 0.51
    assert levels[-1].shape == (1, 1, samples)


@pytest.mark.parametrize("samples", SAMPLES)
def test_levels_keep_the_brightness_of_a_picture(samples):
    levels = texture(samples, 8, 1024, 1024)
    levels[0][...] = np.random.default_rng(5).integers(100, 104, (1024, 1024, samples))
    filled(levels, 8)
    assert np.abs(levels[4].mean(axis=(0, 1)) - levels[0].mean(axis=(0, 1))).max() < 0.2


@pytest.mark.parametrize("bits", [8, 12])
@pytest.mark.parametrize("count", [2, 3, 4])
def test_planes_lie_beside_each_other_in_texels(bits, count):
    levels = texture(max(2, count + count % 2), bits, 33, 19)
    planes = [
        np.random.default_rng(one).integers(0, 1 << bits, (19, 33)).astype(levels[0].dtype) for one in range(count)
    ]
    put_beside(levels[0], planes)
    for sample, plane in enumerate(planes):
        np.testing.assert_array_equal(levels[0][..., sample], plane)


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
    "pixels", ["gray", "gray10le", "bgr0", "gbrp12le", "yuva444p10le", "yuva422p10le", "bgra", "yuv420p16le", "yuv411p"]
)
def test_all_forms_of_pixels_keep_the_number(tmp_path, pixels):
    numbers = Numbers(film(tmp_path / "film.mkv", codec="ffv1", pixels=pixels, frames=4, options={}))
    assert [numbers.of(frame) for frame in range(4)] == [0, 1, 2, 3]
    assert numbers.facts.has_alpha == (pixels in {"yuva444p10le", "yuva422p10le", "bgra"})
    assert len(numbers.planes(0)) == (4 if numbers.facts.has_alpha else 3)


def test_differences_of_a_picture_with_alpha_are_made_as_large_as_it_is_and_luma_stays(tmp_path):
    plain = Numbers(film(tmp_path / "plain.mkv", codec="ffv1", pixels="yuv422p10le", options={}))
    seen_through = Numbers(film(tmp_path / "through.mkv", codec="ffv1", pixels="yuva422p10le", options={}))
    assert (plain.facts.chroma, seen_through.facts.chroma) == ((2, 1), (1, 1))
    luma, *differences = plain.planes(4)
    through, *larger, alpha = seen_through.planes(4)
    np.testing.assert_array_equal(through[0], luma[0])
    assert (alpha[0] == 1023).all()
    for wanted, found in zip(differences, larger, strict=True):
        assert float(np.median(np.abs(found[0][:, ::2].astype(int) - wanted[0]))) <= 1.0


def test_a_memory_too_small_is_refused(tmp_path):
    numbers = Numbers(film(tmp_path / "film.mp4", rate=Fraction(24)))
    with pytest.raises(ValueError, match="expected"):
        numbers.reader.read(0, memoryview(bytearray(frame_bytes(numbers.facts) - 1)))
