"""Folders of numbered frames: played by their numbers, with gaps and odd ones out told."""

import numpy as np
import pytest
from PIL import Image

from render.media.burnt_numbers import read_burnt_number
from render.media.examine import examine_media
from render.media.faults import MediaError
from render.media.plate_pictures import BAR_LEVEL, BARS, PlatePictures
from tests.render.media.reading import Numbers, made


def codes(folder):
    return {note.code for note in examine_media(folder).notes}


@pytest.mark.parametrize(("codec", "bits"), [("png", 8), ("png16", 16), ("jpeg", 8)])
def test_coded_frames_are_read_by_number_in_any_order(tmp_path, codec, bits):
    numbers = Numbers(made(tmp_path / "street.25fps", codec, frames=8, size=(161, 91), first=995))
    facts = numbers.facts
    order = [0, 1, 2, 7, 3, 0, 6]
    assert [numbers.of(frame) for frame in order] == [995 + frame for frame in order]
    assert (facts.rate, facts.bits, facts.colour_space, facts.full_range) == ((25, 1), bits, "srgb", True)
    assert facts.all_key_frames


def test_png_codes_are_kept_to_the_last_bit(tmp_path):
    numbers = Numbers(made(tmp_path / "street", "png16", frames=1, size=(161, 91)))
    pictures = PlatePictures(161, 91)
    wanted = np.floor(pictures.rgb(0) * 65535.0 + 0.5)
    for channel, levels in enumerate(numbers.planes(0)):
        np.testing.assert_array_equal(levels[0], wanted[..., channel])


def test_exr_frames_become_light_with_alpha(tmp_path):
    numbers = Numbers(made(tmp_path / "street.24fps", "exr", frames=2, size=(160, 90)))
    light = numbers.planes(1)[0][0].view(np.float16).astype(np.float32)
    assert numbers.facts.planes == "light"
    assert read_burnt_number(light[..., :3]) == 1
    np.testing.assert_array_equal(light[..., 3], 1.0)
    grey = ((BAR_LEVEL + 0.055) / 1.055) ** 2.4
    assert BARS[0] == (1, 1, 1)
    np.testing.assert_allclose(light[5, 5, :3], grey, rtol=2e-3)


def test_a_missing_number_shows_the_one_before_and_is_told(tmp_path):
    folder = made(tmp_path / "street.25fps", "png", frames=6, size=(160, 90))
    (folder / "plate.0003.png").unlink()
    (folder / "notes.txt").write_text("take 3 is the good one")
    assert codes(folder) == {"media_numbers_missing", "media_other_files"}
    numbers = Numbers(folder)
    assert not numbers.facts.is_constant
    assert [numbers.of(frame) for frame in range(6)] == [0, 1, 2, 2, 4, 5]


def test_a_folder_that_does_not_say_its_rate_is_taken_for_24(tmp_path):
    folder = made(tmp_path / "street", "jpeg", frames=2)
    assert codes(folder) == {"media_rate_assumed"}
    assert examine_media(made(tmp_path / "s 23.976 fps", "jpeg", frames=2)).facts.rate == (24000, 1001)


def test_a_still_is_a_film_of_one_frame(tmp_path):
    folder = made(tmp_path / "street", "png", frames=1, first=7)
    numbers = Numbers(folder / "plate.0007.png")
    assert numbers.facts.frames == 1
    assert numbers.of(0) == 7


def test_numbers_far_apart_and_broken_files_are_refused(tmp_path):
    folder = made(tmp_path / "street.25fps", "png", frames=3)
    (folder / "plate.0001.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    numbers = Numbers(folder)
    with pytest.raises(MediaError, match="media_file_broken"):
        numbers.of(1)
    assert numbers.of(2) == 2
    (folder / "plate.0002.png").rename(folder / "plate.900000000.png")
    with pytest.raises(MediaError, match="media_numbers_apart"):
        examine_media(folder)


def test_a_frame_of_another_size_or_drawn_anew_is_refused(tmp_path):
    folder = made(tmp_path / "street.25fps", "png", frames=3)
    Image.new("RGB", (20, 20)).save(folder / "plate.0001.png")
    numbers = Numbers(folder)
    with pytest.raises(MediaError, match="media_size_changes"):
        numbers.of(1)
    Image.new("RGB", (160, 90)).save(folder / "plate.0002.png")
    with pytest.raises(MediaError, match="media_frame_replaced"):
        numbers.of(2)


def test_a_frame_that_is_gone_is_told_and_read_once_it_is_back(tmp_path):
    folder = made(tmp_path / "street.25fps", "png", frames=3)
    numbers, lost = Numbers(folder), folder / "plate.0001.png"
    aside = lost.rename(tmp_path / "aside.png")
    with pytest.raises(MediaError, match="media_frame_gone, number 1"):
        numbers.of(1)
    assert numbers.of(2) == 2
    aside.rename(lost)
    assert numbers.of(1) == 1


def test_the_content_of_a_film_is_known_by_its_bytes_and_not_by_its_name(tmp_path):
    folder = made(tmp_path / "street.25fps", "png", frames=3)
    first = examine_media(folder).identity
    moved = folder.rename(tmp_path / "road.25fps")
    assert examine_media(moved).identity == first
    Image.new("RGB", (160, 90)).save(moved / "plate.0002.png")
    assert examine_media(moved).identity != first
