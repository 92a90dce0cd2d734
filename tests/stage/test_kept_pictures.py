"""What was decoded is kept for the run: a restarted core has its world at once, exactly as it was."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from running_stage import configuration, running

from render.assets.decode import open_picture
from render.assets.levels import level_sizes
from render.assets.pieces import PictureShape, pieces_of
from stage.assets import kept_pictures
from stage.assets.kept_pictures import KeptPictures, NoDiskRoomError
from stage.assets.level_reader import LevelReader
from stage.assets.levels_file import HEADER_BYTES
from stage.assets.messages import WantedPicture


def a_picture(path: Path, seed: int = 1, rows: int = 40) -> Path:
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (rows, 2 * rows, 3), dtype=np.uint8)).save(path)
    return path


def wanted(path, colour_space=""):
    return WantedPicture(file=path.name, path=str(path), colour_space=colour_space)


def prepared(folder, file):
    return KeptPictures(folder).keep(wanted(file), open_picture(file), lambda about, rows: None)


@pytest.fixture
def kept(tmp_path):
    """A picture that was kept by an earlier core, and its file."""
    file, folder = a_picture(tmp_path / "world.png"), tmp_path / "worlds"
    folder.mkdir()
    prepared(folder, file).commit()
    return KeptPictures(folder), file


def read_levels(found):
    """Every byte of a kept picture, as the core reads it for its upload."""
    reader = LevelReader(4_000)
    reading = reader.begin(found.levels, found.shape)
    content = bytearray()
    while (read := reader.take(5.0)) is not None and read.piece is not None:
        assert read.piece.offset == len(content)
        content += read.buffer[: read.piece.bytes].tobytes()
        reader.give_back(read)
    reader.close()
    return bytes(content), reading.failure


def test_what_was_kept_is_what_was_decoded(kept):
    pictures, file = kept
    found, decoded = pictures.find(wanted(file)), open_picture(file)
    content, failure = read_levels(found)
    assert (found.sha256, found.shape, failure) == (decoded.sha256, PictureShape(40, 80, 3), "")
    rows = np.frombuffer(content, np.float16)[: 40 * 80 * 3].reshape(40, 80, 3)
    for top, band in decoded.bands():
        np.testing.assert_array_equal(rows[top : top + len(band)], band.astype(np.float16))
    assert len(content) == sum(rows * columns for rows, columns in level_sizes(40, 80)) * 6


def test_what_was_read_stays_for_the_run_whatever_becomes_of_the_file(kept):
    pictures, file = kept
    before = pictures.find(wanted(file))
    a_picture(file, seed=2)
    assert pictures.find(wanted(file)) == before
    file.unlink()
    assert pictures.find(wanted(file)) == before


def test_another_file_or_colour_space_is_another_picture(kept, tmp_path):
    pictures, file = kept
    assert pictures.find(wanted(file, "ACEScg")) is None
    assert pictures.find(wanted(a_picture(tmp_path / "other.png"))) is None


@pytest.mark.parametrize("size", [0, 1000, HEADER_BYTES, HEADER_BYTES + 1000])
def test_what_was_cut_short_or_is_not_committed_is_not_used(kept, tmp_path, size):
    pictures, file = kept
    place = Path(pictures.find(wanted(file)).levels)
    content = place.read_bytes()
    place.write_bytes(content[:size])
    assert pictures.find(wanted(file)) is None
    place.write_bytes(b"x" * HEADER_BYTES + content[HEADER_BYTES:])
    assert pictures.find(wanted(file)) is None
    prepared(tmp_path / "worlds", file)
    assert pictures.find(wanted(file)) is None


def test_a_kept_file_that_is_cut_while_it_is_read_is_noticed(kept):
    pictures, file = kept
    found = pictures.find(wanted(file))
    Path(found.levels).write_bytes(b"")
    assert read_levels(found) == (b"", "the run's copy of it is cut off")
    assert list(pieces_of(found.shape, 4_000))


def test_what_has_no_room_is_refused_with_the_figures_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(kept_pictures, "LEFT_FREE_BYTES", 2**62)
    file = a_picture(tmp_path / "world.png")
    (tmp_path / "worlds").mkdir()
    with pytest.raises(NoDiskRoomError) as caught:
        prepared(tmp_path / "worlds", file)
    assert caught.value.needed_bytes > 2**62 > caught.value.free
    assert list((tmp_path / "worlds").iterdir()) == []


def test_what_a_killed_decoder_left_is_swept(kept, tmp_path):
    pictures, _ = kept
    (tmp_path / "worlds" / "left.new").write_bytes(bytes(1000))
    pictures.sweep()
    assert sorted(path.suffix for path in (tmp_path / "worlds").iterdir()) == [".jpg", ".levels"]


def test_a_restarted_core_draws_the_same_pixels(tmp_path):
    live = tmp_path / "live"
    a_picture(tmp_path / "world.png")
    more = f'[[outputs]]\nkind = "file"\ndirectory = "{live}"\n'
    toml = configuration(world='kind = "panorama"\nfile = "world.png"', more=more, rate="10")
    with running(tmp_path, toml) as stage:
        stage.until_status(lambda status: status["frame"] > 3)
        stage.kill_core()
        before = max(live.glob("*.png"))
        stage.event("ready")
        again = stage.client.status()["frame"]
        stage.until_status(lambda status: status["frame"] > again + 5)
        assert stage.end()[0] == 0
    pictures = sorted(live.glob("*.png"))
    first, later = pictures[0], next(path for path in pictures if path > before)
    assert later.read_bytes() == first.read_bytes()
