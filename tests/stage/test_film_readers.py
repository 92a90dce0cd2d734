"""Which reader of a film goes where, and what frames are expected to take: both decide how soon a film is seen elsewhere."""

import shutil

import msgspec
import pytest
from plates_core import film

from render.media.burnt_numbers import read_burnt_number
from render.media.examine import examine_media
from render.media.faults import MediaError
from render.media.planes import FrameMemory
from stage.plates.readers import CannotOpenError, FilmReaders, open_film
from stage.plates.wanted import MOST_LEAD_S, Usual, in_reading_order
from tests.render.media.reading import made


class Counted:
    """Opens readers that note the frames that they read."""

    def __init__(self):
        self.read = []

    def open(self, _film):
        own = []
        self.read.append(own)

        class Reader:
            def read(self, number, _into, _first=0):
                own.append(number)

            def close(self):
                pass

        return Reader()


def frames_read(*jobs):
    """What each reader reads, where each job is a frame and the frames that are wanted then."""
    counted = Counted()
    readers = FilmReaders(film("a"), counted.open)
    for number, wanted in jobs:
        readers.read(number, memoryview(bytearray(8)), wanted)
    return counted.read


def test_a_film_that_is_sent_elsewhere_and_plays_round_to_where_it_was_opens_no_other_reader():
    round_the_loop = [*range(40, 48), *range(16)]
    assert frames_read((5, range(5, 20)), (40, round_the_loop), (41, round_the_loop[1:])) == [[5, 40, 41]]


def test_two_places_of_a_film_that_dissolves_into_its_beginning_have_a_reader_each():
    jobs = [(90, 0), (0, 91), (91, 1), (1, 92), (92, 2)]
    assert frames_read(*((one, (one, other, *range(3, 6))) for one, other in jobs)) == [[90, 91, 92], [0, 1]]


def test_one_frame_that_was_held_up_says_nothing_of_the_next_and_three_do():
    usual = Usual(0.01)
    usual.note(5.0)
    assert usual.seconds == 0.01
    for _ in range(2):
        usual.note(5.0)
    assert usual.seconds == MOST_LEAD_S


def test_of_the_next_frames_those_are_read_first_that_every_film_of_a_set_reads():
    assert in_reading_order(range(7, 13), 1) == tuple(range(7, 13))
    assert in_reading_order(range(7, 18), 2) == (8, 10, 12, 14, 7, 9, 11, 13, 15, 16, 17)
    assert in_reading_order((), 3) == ()


@pytest.mark.parametrize("kind", ["street.mov", "street.25fps"])
def test_a_file_that_holds_another_film_by_now_is_never_shown_in_the_place_of_the_one_that_was_asked_for(
    tmp_path, kind
):
    codec, path = ("png" if kind.endswith("fps") else "mjpeg"), tmp_path / kind
    made(path, codec, frames=4)
    other = made(tmp_path / f"other.{kind}", codec, frames=4, first=900)
    found = examine_media(path)
    wanted = msgspec.structs.replace(film("a"), media=found.identity, path=str(path), facts=found.facts)
    readers, memory = FilmReaders(wanted, open_film), FrameMemory(found.facts)
    into = memoryview(bytearray(memory.bytes))

    def shown(frame):
        readers.read(frame, into)
        return read_burnt_number(memory.planes(into)[0][0])

    assert shown(1) == 1
    path.rename(tmp_path / f"away.{kind}")
    shutil.copytree(other, path) if other.is_dir() else shutil.copy(other, path)
    for _ in range(64):  # of numbered frames some may have changed, and others not
        with pytest.raises((MediaError, CannotOpenError)):
            shown(2)
    for _ in range(2):  # a reader that is opened anew finds a whole film there, of the same form
        with pytest.raises(CannotOpenError) as refused:
            shown(2)
        assert "media_replaced" in str(refused.value.__cause__)
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    (tmp_path / f"away.{kind}").rename(path)
    assert shown(3) == 3


def test_of_numbered_frames_those_that_nobody_touched_play_on(tmp_path):
    path = made(tmp_path / "street.25fps", "png", frames=6)
    found = examine_media(path)
    wanted = msgspec.structs.replace(film("a"), media=found.identity, path=str(path), facts=found.facts)
    readers, memory = FilmReaders(wanted, open_film), FrameMemory(found.facts)
    into = memoryview(bytearray(memory.bytes))
    readers.read(0, into)
    files = sorted(path.iterdir())
    files[1].write_bytes(files[5].read_bytes())
    files[3].unlink()
    for frame, code in enumerate(("", "media_frame_replaced", "", "media_frame_gone", "", "")):
        if not code:
            readers.read(frame, into)
            assert read_burnt_number(memory.planes(into)[0][0]) == frame
        else:
            with pytest.raises(MediaError, match=code):
                readers.read(frame, into)
