"""The loader process: whatever becomes of a picture's file, it says so once, and goes on with the next."""

import hashlib
import os
import re
import shutil
import signal
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from running_loader import a_png, loading, wanted
from running_stage import is_alive, wait_for

from render.images.exr import write_exr
from stage.assets.messages import Examined, Loaded, LoaderHere, LoadFailed, Loading
from stage.words.languages import LANGUAGES
from stage.words.sentences import sentence


@pytest.fixture(scope="module")
def loader(tmp_path_factory):
    with loading(tmp_path_factory.mktemp("run")) as running:
        yield running


@pytest.fixture(scope="module")
def a_large_exr(tmp_path_factory):
    """Puts a picture that takes a moment to decode and convert into a place. It is compressed once for all."""
    made = tmp_path_factory.mktemp("large") / "large.exr"
    write_exr(made, np.random.default_rng(1).random((1024, 2048, 3), dtype=np.float32))
    return lambda path: Path(shutil.copyfile(made, path))


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_pictures_are_loaded_in_the_order_in_which_they_are_wanted(loader, tmp_path):
    files = [a_png(tmp_path / f"{number}.png", seed=number) for number in range(3)]
    order = [wanted(files[number]) for number in (2, 0, 1)]
    loader.ask(*order)
    found = [loader.hear(Loaded) for _ in order]
    assert [one.picture for one in found] == order
    assert [one.sha256 for one in found] == [sha256(files[number]) for number in (2, 0, 1)]


def test_what_is_asked_for_again_is_answered_from_the_runs_own_copy(loader, tmp_path):
    picture = wanted(a_png(tmp_path / "p.png"))
    first = loader.answer(picture)
    (tmp_path / "p.png").unlink()
    loader.ask()
    assert loader.answer(picture) == first


def test_what_is_to_know_of_a_picture_comes_with_it(loader, tmp_path):
    write_exr(tmp_path / "p.exr", np.full((8, 32, 3), np.nan, np.float32))
    found = loader.answer(wanted(tmp_path / "p.exr"))
    assert [note.code for note in found.notes] == ["picture_mended"]
    assert (found.facts.columns, found.facts.rows, found.facts.is_sphere) == (32, 8, False)
    with Image.open(found.thumbnail) as small:
        assert small.format == "JPEG"


def test_listed_pictures_are_examined_once_nothing_is_wanted(loader, tmp_path):
    listed = wanted(a_png(tmp_path / "listed.png", seed=2, rows=64))
    (tmp_path / "broken.png").write_bytes(b"no picture")
    broken = wanted(tmp_path / "broken.png")
    shown = wanted(a_png(tmp_path / "shown.png"))
    kept = set(loader.folder.glob("*.levels"))
    loader.ask(shown, examine=(listed, broken))
    assert loader.hear(Loaded, Examined, LoadFailed).picture == shown
    found = loader.hear(Examined)
    assert (found.picture, found.facts.columns) == (listed, 128)
    assert Path(found.thumbnail).stat().st_size <= 24 * 1024
    assert len(set(loader.folder.glob("*.levels")) - kept) == 1
    assert loader.hear(LoadFailed).picture == broken
    assert loader.answer(listed).facts == found.facts


def test_a_picture_that_is_wanted_waits_for_no_examination(loader, a_large_exr, tmp_path):
    listed = wanted(a_large_exr(tmp_path / "large.exr"))
    loader.ask(examine=(listed,))
    shown = wanted(a_png(tmp_path / "shown.png"))
    loader.ask(shown, examine=(listed,))
    assert loader.hear(Loaded, Examined).picture == shown
    assert loader.hear(Examined).picture == listed


def broken_pictures(folder):
    whole = a_png(folder / "whole.png", rows=64).read_bytes()
    write_exr(folder / "whole.exr", np.ones((64, 128, 3), np.float32))
    exr = (folder / "whole.exr").read_bytes()
    flipped = bytearray(exr)
    for at in range(len(exr) // 2, len(exr), 7):
        flipped[at] ^= 0x55
    yield "cut.png", whole[: len(whole) // 2]
    yield "cut.exr", exr[: len(exr) - 100]
    yield "flipped.exr", bytes(flipped)
    yield "huge.exr", exr.replace(struct.pack("<4i", 0, 0, 127, 63), struct.pack("<4i", 0, 0, 1 << 30, 63))
    yield "text.hdr", b"hello"
    yield "empty.jpg", b""
    yield "bomb.png", whole[:16] + struct.pack(">II", 65535, 65535) + whole[24:]


def test_files_that_are_no_pictures_are_refused_once_with_the_reason_and_loaded_once_they_are_good(loader, tmp_path):
    for name, content in broken_pictures(tmp_path):
        (tmp_path / name).write_bytes(content)
        picture = wanted(tmp_path / name)
        failure = loader.answer(picture)
        assert (type(failure), failure.picture, failure.cause.code) == (LoadFailed, picture, "asset_broken"), name
        said = sentence(failure.cause.code, failure.cause.values, LANGUAGES["zh"])
        assert said.startswith(f"{picture.file}：")
        assert not re.search("[a-z]{2,} [a-z]{2,}", said), said
    heard = len(loader.heard)
    good = a_png(tmp_path / "good.png")
    good.replace(tmp_path / name)
    assert loader.hear(Loaded).picture == picture
    *progress, last = (type(one) for one in loader.heard[heard:])
    assert (set(progress) <= {Loading}, last) == (True, Loaded)


def test_a_file_that_is_not_there_is_loaded_once_it_is(loader, tmp_path):
    picture = wanted(tmp_path / "late.png")
    assert loader.answer(picture).cause.code == "asset_absent"
    a_png(tmp_path / "late.png")
    assert loader.hear(Loaded).sha256 == sha256(tmp_path / "late.png")


def test_what_is_not_first_any_more_waits(loader, a_large_exr, tmp_path):
    slow, quick = wanted(a_large_exr(tmp_path / "slow.exr")), wanted(a_png(tmp_path / "quick.png"))
    loader.ask(slow)
    loader.hear(Loading)
    loader.ask(quick, slow)
    assert [loader.hear(Loaded).picture for _ in range(2)] == [quick, slow]


def test_a_file_that_is_deleted_or_replaced_while_it_is_read_is_failed_or_read_again(loader, a_large_exr, tmp_path):
    file = a_large_exr(tmp_path / "p.exr")
    picture = wanted(file)
    loader.ask(picture)
    loader.hear(Loading)
    file.unlink()
    assert loader.hear(Loaded, LoadFailed).cause.code == "asset_absent"
    a_large_exr(tmp_path / "first.exr").replace(file)
    loader.ask()
    loader.ask(picture)
    loader.hear(Loading)
    write_exr(tmp_path / "second.exr", np.ones((8, 16, 3), np.float32))
    (tmp_path / "second.exr").replace(file)
    found = loader.hear(Loaded)
    assert (found.sha256, found.shape[:2]) == (sha256(file), (8, 16))


def test_a_picture_that_kills_the_decoder_is_tried_again_once_and_then_refused(loader, a_large_exr, tmp_path):
    picture, good = wanted(a_large_exr(tmp_path / "p.exr")), wanted(a_png(tmp_path / "good.png"))
    loader.ask(picture)
    loader.hear(Loading)
    first = loader.decoder()
    os.kill(first, signal.SIGKILL)
    os.kill(loader.decoder(after=first), signal.SIGSEGV)  # it has the picture to decode, or would not have been started
    failure = loader.hear(Loaded, LoadFailed)
    assert (failure.picture, failure.cause.code) == (picture, "asset_kills_decoder")
    loader.ask(picture, good)
    assert loader.hear(Loaded).picture == good


def test_a_loader_that_is_killed_takes_its_decoder_with_it_and_the_next_one_loads(loader, a_large_exr, tmp_path):
    picture = wanted(a_large_exr(tmp_path / "p.exr"))
    loader.ask(picture)
    loader.hear(Loading)
    decoder = loader.decoder()
    loader.process.kill()
    loader.process.wait()
    loader.restart()
    loader.hear(LoaderHere)
    wait_for(lambda: not is_alive(decoder))
    assert loader.answer(picture).sha256 == sha256(tmp_path / "p.exr")
    assert not list(loader.folder.glob("*.new"))
