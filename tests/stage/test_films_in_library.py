"""The loader says of films and folders of numbered frames what they are, and the library's folder lists them."""

import os
import shutil
import signal
from fractions import Fraction
from pathlib import Path

import pytest
from running_loader import a_png, loading, wanted

from render.media.made_plate import PlateSettings, make_test_plate
from stage.assets.examined import said_of
from stage.assets.folder_add import add_to_library, check_addable
from stage.assets.folder_watch import FolderWatch
from stage.assets.messages import Examined, ExaminedFilm, LoadFailed, WantedPicture
from stage.show.frame.plates import MediaFailed, MediaReady
from tracking.records import ConfigError


def a_film(path, codec="h264", frames=10, **more):
    settings = PlateSettings(codec=codec, columns=128, rows=72, rate=Fraction(25), frames=frames, **more)
    make_test_plate(path, settings)
    return path


def film(path):
    return WantedPicture(file=path.name, path=str(path), is_film=True)


def test_a_film_is_examined_and_looked_at_again_until_it_is_another(tmp_path):
    path = tmp_path / "street.mp4"
    with loading(tmp_path) as loader:
        loader.ask(wanted(a_png(tmp_path / "yard.png")), examine=(film(path),))
        absent = loader.hear(ExaminedFilm, LoadFailed)
        while absent.picture != film(path):
            absent = loader.hear(ExaminedFilm, LoadFailed)
        (failed,) = said_of(absent)
        assert isinstance(failed, MediaFailed)
        assert failed.cause.code == "asset_absent"
        a_film(path)
        (ready,) = said_of(loader.hear(ExaminedFilm))
        assert isinstance(ready, MediaReady)
        assert (ready.file, ready.facts.frames, ready.facts.columns) == ("street.mp4", 10, 128)
        assert len(ready.identity) == 64
        assert Path(ready.thumbnail).read_bytes()[:2] == b"\xff\xd8"
        a_film(tmp_path / "new.mp4", frames=12).replace(path)
        (again,) = said_of(loader.hear(ExaminedFilm))
        assert again.facts.frames == 12
        assert again.identity != ready.identity


def test_a_broken_film_is_refused_with_its_reason_and_the_next_one_is_examined(tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(a_film(tmp_path / "whole.mp4").read_bytes()[:500])
    frames = a_film(tmp_path / "frames", "png", frames=3)
    with loading(tmp_path) as loader:
        loader.ask(examine=(film(broken), film(frames)))
        (failed,) = said_of(loader.hear(LoadFailed))
        assert failed.cause.code == "media_not_a_film"
        (ready,) = said_of(loader.hear(ExaminedFilm))
        assert (ready.facts.codec, ready.facts.frames) == ("png", 3)


@pytest.fixture
def watched(tmp_path):
    moments = iter(range(0, 10_000, 3))
    watch = FolderWatch(tmp_path, notifies=False, clock_s=lambda: float(next(moments)))
    yield tmp_path, watch
    watch.close()


def listed(watch):
    for _ in range(3):
        watch.step()
    files, gone = watch.take_news(100)
    return {file.file: file for file in files}, gone


def test_films_and_folders_of_numbered_frames_are_listed_and_other_folders_are_not(watched):
    folder, watch = watched
    (folder / "street.mov").write_bytes(b"film")
    for name in ("plate.0001.exr", "plate.0002.exr", "notes.txt"):
        (folder / "tunnel").mkdir(exist_ok=True)
        (folder / "tunnel" / name).write_bytes(b"frame")
    (folder / "empty").mkdir()
    (folder / "photos").mkdir()
    for name in ("beach.jpg", "IMG_2.jpg"):
        (folder / "photos" / name).write_bytes(b"photo")
    files, _ = listed(watch)
    assert sorted(files) == ["street.mov", "tunnel"]
    assert files["tunnel"].stem == "tunnel"
    assert {file.cause for file in files.values()} == {None}
    before = files["tunnel"].version
    os.utime(folder / "tunnel", ns=(1, 1))
    assert listed(watch)[0]["tunnel"].version != before
    shutil.rmtree(folder / "tunnel")
    assert listed(watch) == ({}, ("tunnel",))


def test_pictures_are_examined_as_before(tmp_path):
    with loading(tmp_path) as loader:
        loader.ask(examine=(wanted(a_png(tmp_path / "yard.png")),))
        assert loader.hear(Examined).facts.columns == 64


def test_films_are_added_to_a_library_and_broken_ones_and_folders_refused_before(tmp_path):
    library = tmp_path / "library"
    street = a_film(tmp_path / "street.mp4")
    check_addable(street)
    assert add_to_library(street, library).read_bytes() == street.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(street.read_bytes()[:900])
    with pytest.raises(ConfigError, match=r"cut\.mp4 is no film that can be read"):
        check_addable(tmp_path / "cut.mp4")
    with pytest.raises(ConfigError, match="by hand"):
        check_addable(a_film(tmp_path / "frames", "png", frames=2))


def test_a_film_that_kills_the_decoder_is_refused_and_others_are_examined(tmp_path):
    path = a_film(tmp_path / "street.mkv", frames=50)
    with loading(tmp_path) as loader:
        loader.ask(examine=(film(path),))
        os.kill(loader.decoder(), signal.SIGKILL)  # it was started for this film, and is still loading itself
        (failed,) = said_of(loader.hear(LoadFailed, ExaminedFilm))
        assert failed.cause.code == "asset_kills_decoder"
        loader.ask(session="another", examine=(film(path),))
        (ready,) = said_of(loader.hear(ExaminedFilm))
        assert ready.facts.frames == 50
