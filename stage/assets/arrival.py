"""One picture on its way from the run's folder to the GPU, perhaps while its file is still being written."""

from __future__ import annotations

import time
from collections.abc import Container

from render.assets.pieces import PictureKey, Upload
from render.assets.upload import PictureTextures
from stage.assets.level_reader import LevelReader, Reading
from stage.assets.messages import Loaded, WantedPicture
from stage.assets.upload_pace import UploadPace


class Arrival:
    """A picture that is being uploaded. `is_kept` says whether its file is complete, and nothing more comes of it."""

    def __init__(self, picture: WantedPicture, about: Loaded, upload: Upload, reading: Reading) -> None:
        self.picture, self.about = picture, about
        self.upload, self.reading = upload, reading
        self.is_written = False

    @property
    def key(self) -> PictureKey:
        """What it will be on the GPU."""
        return key_of(self.picture, self.about)

    @property
    def is_kept(self) -> bool:
        """Whether the loader has done with it."""
        return self.reading.is_kept


class Arrivals:
    """Uploads one picture at a time into `textures`, in pieces of at most `piece_bytes`."""

    def __init__(self, textures: PictureTextures, piece_bytes: int) -> None:
        self._textures = textures
        self._reader = LevelReader(piece_bytes)
        self.present: Arrival | None = None
        self.pace = UploadPace()

    def begin(
        self,
        picture: WantedPicture,
        about: Loaded,
        keep: Container[PictureKey],
        *,
        rows: int | None,
        is_kept: bool = False,
    ) -> None:
        """Begins with a picture of which so many rows have been written so far; None: all levels.

        Raises NoRoomError, or ConfigError for a picture that this driver cannot hold.
        """
        upload = self._textures.begin_any(key_of(picture, about), about.shape, keep)
        reading = self._reader.begin(about.levels, about.shape, rows, is_kept=is_kept)
        self.present = Arrival(picture, about, upload, reading)

    def note_written(self, picture: WantedPicture, about: Loaded, rows: int | None) -> None:
        """More of a picture has been written, or with None all of it. One that is read anew is another."""
        present = self._same(picture, about)
        if present is not None:
            present.reading.grow(rows)

    def note_kept(self, picture: WantedPicture, about: Loaded) -> None:
        """All of a picture has been written, and the loader keeps it: only now are its facts and notes there."""
        present = self._same(picture, about)
        if present is not None:
            present.about = about
            present.reading.keep()

    def _same(self, picture: WantedPicture, about: Loaded) -> Arrival | None:
        """What is on its way, if more may come of it and this is it. Gives it up if its file is another one now."""
        present = self.present
        if present is None or present.picture != picture or present.is_kept:
            return None
        if present.about.sha256 != about.sha256:
            self.give_up()
        return self.present

    def give_up(self) -> None:
        """Drops the picture that is on its way."""
        if self.present is not None:
            self.present.reading.drop()
            self._textures.give_up(self.present.key)
            self.present = None

    def step(self, wait_s: float) -> Arrival | None:
        """Uploads the next piece that has been read, and waits for it at most so long.

        Returns the picture whose end was reached: on the GPU, or with a failure of its storage or its file.
        """
        if self.present is not None and not self.present.upload.is_ready(wait_s):
            return None
        if self.present is not None and self.present.upload.failure:
            failed = self.present
            self.give_up()
            return failed
        if self.present is not None and self.present.is_written:
            return self._finish(self.present)
        while (read := self._reader.take(wait_s)) is not None:
            wait_s, present = 0.0, self.present
            if present is None or read.reading is not present.reading:
                self._reader.give_back(read)
            elif read.piece is not None:
                begun_ns = time.perf_counter_ns()
                present.upload.write(read.piece, read.buffer[: read.piece.bytes])
                self.pace.note_uploaded(time.perf_counter_ns() - begun_ns)
                self._reader.give_back(read)
                return None
            elif present.reading.failure:
                self.give_up()
                return present
            else:
                present.is_written = True
                return self._finish(present)
        return None

    def _finish(self, present: Arrival) -> Arrival | None:
        """A step of what is left once everything is written: of a picture nothing, of a 3D scene what draws it."""
        begun_ns = time.perf_counter_ns()
        if not present.upload.finish():
            self.pace.note_uploaded(time.perf_counter_ns() - begun_ns)
            return None
        if present.upload.failure:
            self.give_up()
            return present
        self.present = None
        present.upload.done()
        return present

    def close(self) -> None:
        """Ends the reader."""
        self._reader.close()


def key_of(picture: WantedPicture, about: Loaded) -> PictureKey:
    """What a loaded picture is known by on the GPU."""
    return PictureKey(about.sha256, picture.colour_space)
