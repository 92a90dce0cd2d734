"""Every frame of a film is the one that was asked for, read in order and after any seek."""

import random
from fractions import Fraction

import pytest

from tests.render.media.reading import Numbers, made

RATES = {
    "23.976": Fraction(24000, 1001),
    "24": Fraction(24),
    "25": Fraction(25),
    "29.97": Fraction(30000, 1001),
    "30": Fraction(30),
    "50": Fraction(50),
    "59.94": Fraction(60000, 1001),
    "60": Fraction(60),
}


def check_all_frames(path, first, frames, seeks=100):
    numbers = Numbers(path)
    assert numbers.facts.frames == frames
    assert [numbers.of(frame) for frame in range(frames)] == list(range(first, first + frames))
    assert numbers.reader.seeks == 0
    sought = random.Random(7).choices(range(frames), k=seeks)
    assert [numbers.of(frame) for frame in sought] == [first + frame for frame in sought]
    return numbers


@pytest.mark.parametrize("rate", RATES.values(), ids=RATES)
def test_a_film_with_b_frames_gives_the_frame_that_is_asked_for_at_every_rate(tmp_path, rate):
    film = made(tmp_path / "film.mp4", rate=rate, frames=75, first=4000, group=24)
    numbers = check_all_frames(film, 4000, 75)
    assert numbers.facts.rate == (rate.numerator, rate.denominator)
    assert numbers.facts.is_constant
    assert not numbers.facts.all_key_frames


@pytest.mark.parametrize(
    ("codec", "ending", "bits", "chroma"),
    [
        ("prores422", ".mov", 10, (2, 1)),
        ("prores4444", ".mov", 12, (1, 1)),
        ("dnxhr", ".mxf", 8, (2, 1)),
        ("dnxhr_hqx", ".mov", 10, (2, 1)),
        ("mjpeg", ".mov", 8, (2, 2)),
    ],
)
def test_films_of_key_frames_alone_give_the_frame_that_is_asked_for(tmp_path, codec, ending, bits, chroma):
    numbers = check_all_frames(
        made(tmp_path / f"film{ending}", codec, rate=RATES["23.976"], frames=30, size=(256, 144)), 0, 30, seeks=30
    )
    facts = numbers.facts
    assert (facts.bits, facts.chroma, facts.all_key_frames) == (bits, chroma, True)
    assert facts.has_alpha == (codec == "prores4444")
    assert facts.rate == (24000, 1001)


@pytest.mark.parametrize("ending", [".mkv", ".ts"])
def test_containers_that_seek_badly_give_the_frame_that_is_asked_for(tmp_path, ending):
    check_all_frames(made(tmp_path / f"film{ending}", rate=RATES["29.97"], frames=75, group=24), 0, 75)


def test_a_film_of_ten_bits_with_deep_references_is_read_exactly(tmp_path):
    numbers = check_all_frames(made(tmp_path / "film.mp4", "h265", rate=RATES["59.94"], frames=75, group=24), 0, 75)
    assert numbers.facts.bits == 10


def test_every_fourth_frame_is_read_as_exactly_as_each(tmp_path):
    numbers = Numbers(made(tmp_path / "film.mov", frames=75, group=24))
    assert [numbers.of(frame) for frame in range(0, 75, 4)] == list(range(0, 75, 4))


def test_all_key_frames_are_skipped_without_decoding_or_seeking(tmp_path):
    numbers = Numbers(made(tmp_path / "film.mov", "prores422", frames=40))
    assert [numbers.of(frame) for frame in range(0, 40, 3)] == list(range(0, 40, 3))
    assert numbers.reader.seeks == 0
