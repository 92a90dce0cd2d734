"""Odd, broken and hostile films are refused with a reason, or shown with one; none ends or fills who reads them."""

import os
import shutil
from fractions import Fraction

import numpy as np
import pytest

from render.media.examine import examine_media
from render.media.examine_apart import examine_apart
from render.media.faults import MediaError
from render.media.reader import MediaReader
from stage.words.languages import LANGUAGES
from stage.words.sentences import sentence
from tests.render.media.odd_films import film, sound
from tests.render.media.reading import Numbers, made


def refusal(path):
    with pytest.raises(MediaError) as refused:
        examine_media(path)
    for words in LANGUAGES.values():
        text = sentence(refused.value.code, {"file": path.name, **refused.value.values}, words)
        assert path.name in text
        assert "media_" not in text
    return refused.value.code


def codes_of(path):
    notes = examine_media(path).notes
    for note in notes:
        for words in LANGUAGES.values():
            assert "media_" not in sentence(note.code, {"file": path.name, **note.values}, words)
    return {note.code for note in notes}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a film",
        b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        bytes(range(256)) * 64,
    ],
)
def test_what_is_no_film_is_refused_and_no_list_is_followed(tmp_path, content):
    (tmp_path / "list.mp4").write_bytes(content)
    assert refusal(tmp_path / "list.mp4") == "media_not_a_film"


def test_folders_pipes_and_missing_files_are_refused(tmp_path):
    assert refusal(tmp_path / "none.mp4") == "media_absent"
    (tmp_path / "empty").mkdir()
    assert refusal(tmp_path / "empty") == "media_no_numbered_frames"
    os.mkfifo(tmp_path / "pipe.mp4")
    assert refusal(tmp_path / "pipe.mp4") == "media_unreadable"


def test_a_film_without_pictures_is_refused(tmp_path):
    assert refusal(sound(tmp_path / "sound.mp4")) == "media_no_pictures"


def test_a_film_in_a_codec_that_nobody_knows_says_so(tmp_path):
    known = film(tmp_path / "known.mov", codec="prores_ks", pixels="yuv422p10le", options={})
    (tmp_path / "raw.mov").write_bytes(known.read_bytes().replace(b"apch", b"brxq").replace(b"apcn", b"brxq"))
    assert refusal(tmp_path / "raw.mov") == "media_codec_unknown"


def test_a_film_whose_alpha_is_not_read_says_so(tmp_path):
    tagged = film(tmp_path / "tagged.webm", codec="libvpx-vp9", pixels="yuva420p", options={"cpu-used": "8"})
    assert "media_alpha_unread" in codes_of(tagged)


def test_a_film_that_is_cut_off_plays_as_far_as_it_is_there(tmp_path):
    whole = made(tmp_path / "whole.mkv", frames=60).read_bytes()
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole[: len(whole) * 6 // 10])
    assert "media_other_duration" in codes_of(cut)
    numbers = Numbers(cut)
    whole_frames = range(numbers.facts.frames - 4)  # the last one is cut itself; its decoder mends what needs it
    assert [numbers.of(frame) for frame in whole_frames] == list(whole_frames)
    whole = film(tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    assert refusal(tmp_path / "cut.mp4") == "media_not_a_film"


def test_a_film_that_is_cut_off_behind_its_index_says_how_much_is_missing(tmp_path):
    faststart = {"movflags": "faststart"}
    whole = film(tmp_path / "whole.mp4", frames=60, container_options=faststart).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) * 7 // 10])
    assert "media_cut_off" in codes_of(tmp_path / "cut.mp4")
    numbers = Numbers(tmp_path / "cut.mp4")
    frames = range(numbers.facts.frames - 3)
    assert 10 < len(frames) < 57
    assert [numbers.of(frame) for frame in frames] == list(frames)


def test_a_film_of_variable_rate_says_so_and_each_frame_is_what_is_shown_then(tmp_path):
    stamps = [0, 1, 2, 5, 6, 9, 10, 11]
    odd = film(tmp_path / "odd.mp4", frames=8, stamps=stamps)
    assert "media_rate_varies" in codes_of(odd)
    numbers = Numbers(odd)
    shown = [max(at for at, stamp in enumerate(stamps) if stamp <= frame) for frame in range(numbers.facts.frames)]
    assert not numbers.facts.is_constant
    assert [numbers.of(frame) for frame in range(numbers.facts.frames)] == shown
    assert [numbers.of(frame) for frame in (7, 3, 4, 8, 0)] == [shown[frame] for frame in (7, 3, 4, 8, 0)]


def test_rates_no_camera_has_are_refused(tmp_path):
    assert refusal(film(tmp_path / "fast.mp4", rate=Fraction(500), frames=20)) == "media_rate_unread"


def test_a_turned_film_is_shown_upright_with_all_its_planes(tmp_path):
    plain = Numbers(film(tmp_path / "plain.mp4")).planes(3)
    turned = Numbers(film(tmp_path / "turned.mp4", rotation=90))
    assert (turned.facts.columns, turned.facts.rows) == (72, 128)
    for upright, stored in zip(turned.planes(3), plain, strict=True):
        np.testing.assert_array_equal(upright[0], np.rot90(stored[0]))
    assert "media_turned" in codes_of(tmp_path / "turned.mp4")
    flipped = Numbers(film(tmp_path / "flipped.mp4", rotation=180)).planes(3)
    np.testing.assert_array_equal(flipped[0][0], plain[0][0][::-1, ::-1])


def test_a_film_turned_askew_and_one_of_wide_pixels_say_so(tmp_path):
    assert "media_askew" in codes_of(film(tmp_path / "askew.mp4", rotation=30))
    wide = film(tmp_path / "wide.mp4", aspect=Fraction(2))
    assert "media_anamorphic" in codes_of(wide)
    assert examine_media(wide).facts.pixel_aspect == (2, 1)


def test_odd_sizes_are_read_whole(tmp_path):
    numbers = Numbers(film(tmp_path / "odd.mkv", codec="ffv1", size=(131, 73), options={}))
    assert (numbers.facts.columns, numbers.facts.rows) == (131, 73)
    assert [numbers.of(frame) for frame in range(30)] == list(range(30))
    assert [plane[0].shape for plane in numbers.planes(0)] == [(73, 131), (37, 66), (37, 66)]


@pytest.mark.parametrize("ending", [".mp4", ".mkv", ".ts"])
def test_open_groups_give_the_right_frames(tmp_path, ending):
    options = {"preset": "ultrafast", "x264-params": "open-gop=1:keyint=12:bframes=3:b-adapt=0"}
    numbers = Numbers(film(tmp_path / f"open{ending}", frames=60, options=options))
    order = [*range(60), 13, 11, 12, 24, 23, 59, 0, 35, 36, 37]
    assert [numbers.of(frame) for frame in order] == order


def test_a_film_that_is_replaced_while_it_plays_is_noticed(tmp_path):
    path = film(tmp_path / "film.mp4")
    numbers = Numbers(path)
    numbers.of(0)
    shutil.copy(film(tmp_path / "other.mp4", frames=20), path)
    with pytest.raises(MediaError, match="media_replaced"):
        numbers.of(1)
    path.unlink()
    with pytest.raises(MediaError, match="media_absent"):
        numbers.of(2)


def test_frames_that_are_not_there_are_refused_and_reading_goes_on(tmp_path):
    numbers = Numbers(film(tmp_path / "film.mp4"))
    for frame in (-1, 30):
        with pytest.raises(MediaError, match="media_no_such_frame"):
            numbers.of(frame)
    assert numbers.of(29) == 29


def test_a_film_that_has_another_size_than_was_examined_is_refused(tmp_path):
    facts = examine_media(film(tmp_path / "small.mp4")).facts
    reader = MediaReader(film(tmp_path / "large.mp4", size=(256, 144)), facts)
    with pytest.raises(MediaError, match="media_size_changes"):
        reader.read(0, memoryview(bytearray(1 << 20)))


def test_a_film_whose_header_is_gigapixels_costs_nothing(tmp_path):
    content = bytearray(made(tmp_path / "film.mov", "prores422", frames=3).read_bytes())
    at = content.find(b"icpf")
    while at >= 0:
        content[at + 12 : at + 16] = b"\xff\xf0\xff\xf0"
        at = content.find(b"icpf", at + 4)
    (tmp_path / "huge.mov").write_bytes(content)
    assert refusal(tmp_path / "huge.mov").startswith("media_")


def test_damaged_films_are_examined_apart_and_never_end_who_asks(tmp_path):
    whole = made(tmp_path / "film.mp4", frames=20).read_bytes()
    chance = np.random.default_rng(3)
    for at in range(3):
        content = bytearray(whole)
        for place in chance.integers(0, len(content), 40):
            content[place] = int(chance.integers(0, 256))
        (tmp_path / f"{at}.mp4").write_bytes(content)
        try:
            assert examine_apart(tmp_path / f"{at}.mp4").facts.frames >= 1
        except MediaError as error:
            assert error.code in LANGUAGES["en"]


@pytest.mark.parametrize(
    ("tags", "space", "matrix", "told"),
    [
        ((1, 1, 1), "rec709", "bt709", []),
        ((1, 6, 6), "rec709", "bt601", []),
        ((9, 14, 9), "rec2020", "bt2020", []),
        ((9, 1, 9), "rec2020", "bt2020", []),
        ((9, 16, 9), "pq", "bt2020", []),
        ((9, 18, 9), "hlg", "bt2020", []),
        ((9, 13, 9), "srgb", "bt2020", ["media_wide_colours"]),
        ((12, 1, 1), "p3", "bt709", []),
        ((12, 13, 1), "display_p3", "bt709", []),
        ((6, 6, 6), "rec601_525", "bt601", []),
        ((5, 6, 5), "rec601_625", "bt601", []),
        ((5, 13, 5), "srgb", "bt601", ["media_primaries_unread"]),
        ((11, 1, 1), "rec709", "bt709", ["media_primaries_unread"]),
    ],
)
def test_colours_are_what_a_films_tags_say_and_what_they_cannot_be_is_told(tmp_path, tags, space, matrix, told):
    found = examine_media(film(tmp_path / "film.mp4", frames=2, tags=tags))
    assert (found.facts.colour_space, found.facts.matrix, found.facts.tagged) == (space, matrix, True)
    assert [note.code for note in found.notes] == told


@pytest.mark.parametrize("name", ["film.mov", "film.25fps"])
def test_damage_anywhere_in_a_film_of_key_frames_is_found(tmp_path, name):
    path = tmp_path / name
    if name.endswith("fps"):
        made(path, "png", frames=30)
        sorted(path.iterdir())[22].write_bytes(b"no picture")
    else:
        content = bytearray(made(path, "prores422", frames=30, size=(160, 90)).read_bytes())
        content[3 * len(content) // 4 : 3 * len(content) // 4 + 4000] = b"Z" * 4000
        path.write_bytes(content)
    found = [note for note in examine_media(path).notes if note.code == "media_frame_damaged"]
    assert len(found) == 1
    assert 20 <= found[0].values["frame"] <= 24
