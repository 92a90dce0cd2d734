"""The pictures of a running stage's worlds: asked of the loader, uploaded a little in each frame, and reported."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Iterator
from pathlib import Path

from render.assets.upload import NoRoomError, PictureKey, PictureTextures, PictureUpload
from stage.assets.kept_pictures import KeptPictures
from stage.assets.level_reader import LevelReader, Reading
from stage.assets.messages import Loaded, LoaderHere, LoadFailed, Loading, Wanted, WantedPicture
from stage.assets.pipes import AssetPipes
from stage.show.frame.inputs import AssetFailed, AssetGone, AssetProgress, AssetReady, Cause, Observation
from tracking.records import ConfigError, Scalar

BYTES_A_FRAME = 8 << 20
PIECE_BYTES = 2 << 20
_LOADED_SHARE = 0.9
"""How much of a picture's progress is the loader's; the rest is the upload."""


class _Held:
    """What is known of one wanted picture. `key` is there once it is loaded."""

    def __init__(self) -> None:
        self.loaded: Loaded | None = None
        self.failure: AssetFailed | None = None
        self.refused_by_gpu = False
        self.told_share = -1.0


class Library:
    """Keeps wanted pictures on the GPU, the most urgent first. `note` takes what the user should know of each picture.

    Nothing here waits for a file, a process or the GPU, and no frame uploads more than `bytes_a_frame`. What is on the
    wall stays whatever becomes of its file: it is known by the hash of the bytes that were read.
    """

    def __init__(
        self,
        pipes: AssetPipes,
        textures: PictureTextures,
        folder: Path,
        *,
        note: Callable[[Cause], None],
        bytes_a_frame: int = BYTES_A_FRAME,
    ) -> None:
        self._pipes = pipes
        self._textures = textures
        self._kept = KeptPictures(folder)
        self._note = note
        self._bytes_a_frame = bytes_a_frame
        self._reader = LevelReader(min(PIECE_BYTES, bytes_a_frame))
        self._session = f"{os.getpid()}-{os.urandom(4).hex()}"
        self._wanted: tuple[WantedPicture, ...] = ()
        self._in_use: tuple[frozenset[PictureKey], frozenset[PictureKey]] = (frozenset(), frozenset())
        self._held: dict[WantedPicture, _Held] = {}
        self._ready: dict[WantedPicture, PictureKey] = {}
        self._asked: tuple[WantedPicture, ...] | None = None
        self._again: tuple[WantedPicture, ...] = ()
        self._arriving: tuple[WantedPicture, Loaded, PictureUpload, Reading] | None = None
        self._news: list[Observation] = []
        self.ready: list[AssetReady] = []
        """Every picture that was on the GPU so far, as takes name them."""

    def want(self, wanted: Iterable[WantedPicture]) -> None:
        """The pictures that should be on the GPU, the most urgent first. Others stay there while there is room."""
        pictures = tuple(dict.fromkeys(wanted))
        if pictures == self._wanted:
            return
        self._wanted = pictures
        self._held = {picture: self._held.get(picture) or _Held() for picture in pictures}
        self._try_again()

    def use(self, keys: frozenset[PictureKey]) -> None:
        """Once a frame: what its plan shows. With what the last plan showed, it is never pushed out."""
        before, self._in_use = self._in_use, (self._in_use[1], keys)
        if before != self._in_use:
            self._try_again()

    @property
    def is_loading(self) -> bool:
        """Whether a picture comes to the GPU: it takes as much memory as it is large, here where that draws itself."""
        return self._arriving is not None

    def reports(self) -> Iterator[Observation]:
        """Once a frame: hears of the loader, uploads within the budget, and says what is new."""
        self.hear()
        self._upload(self._bytes_a_frame, wait_s=0.0)
        news, self._news = self._news, []
        yield from news

    def is_settled(self, picture: WantedPicture) -> bool:
        """Whether a picture is ready, or has failed for now."""
        held = self._held.get(picture)
        return picture in self._ready or (held is not None and held.failure is not None)

    def failures(self) -> dict[WantedPicture, AssetFailed]:
        """Why wanted pictures are not there, as far as it is known."""
        return {picture: held.failure for picture, held in self._held.items() if held.failure is not None}

    def share_of(self, picture: WantedPicture) -> float:
        """How much of a wanted picture is loaded, 0 to 1."""
        held = self._held.get(picture)
        return 0.0 if held is None else max(0.0, held.told_share)

    def load_kept(self, picture: WantedPicture) -> bool:
        """Before the first frame: uploads the run's own copy at once. False where there is none."""
        kept = self._kept.find(picture)
        if kept is None or picture not in self._held:
            return False
        self._held[picture].loaded = kept
        self._upload_now(picture)
        return picture in self._ready

    def wait_for(self, picture: WantedPicture, seconds: float) -> None:
        """Before the first frame: works for a picture at full speed, until it is settled or the time is over."""
        self._pipes.wait(seconds)
        self.hear()
        if (held := self._held.get(picture)) is not None and held.loaded is not None:
            self._upload_now(picture)

    def try_again(self, pictures: Iterable[WantedPicture]) -> None:
        """Somebody asks for these: what failed is tried again at once, whatever the reason was."""
        again = [picture for picture in pictures if picture in self._held and self._held[picture].failure is not None]
        for picture in again:
            self._held[picture].failure, self._held[picture].refused_by_gpu = None, False
        if again:
            self._again, self._asked = tuple(again), None

    def close(self) -> None:
        """Ends the thread."""
        self._reader.close()

    def hear(self) -> None:
        """Takes what the loader has said, and tells it of new wishes."""
        for message in self._pipes.receive():
            match message:
                case LoaderHere():
                    self._asked = None
                case Loading(picture=picture, share=share):
                    self._tell_share(picture, _LOADED_SHARE * share)
                case Loaded():
                    self._take(message)
                case LoadFailed(picture=picture, cause=cause):
                    self._fail(picture, cause)
        wishes = tuple(one for one in self._wanted if one not in self._ready and self._held[one].loaded is None)
        is_news = bool(wishes) if self._asked is None else wishes != self._asked
        if is_news and self._pipes.ask(Wanted(session=self._session, pictures=wishes, again=self._again)):
            self._asked, self._again = wishes, ()

    def _take(self, loaded: Loaded) -> None:
        held = self._held.get(loaded.picture)
        if held is None or loaded.picture in self._ready or held.loaded is not None:
            return
        held.loaded = loaded
        for note in loaded.notes:
            self._note(note)

    def _try_again(self) -> None:
        for held in self._held.values():
            held.refused_by_gpu = False

    def _tell_share(self, picture: WantedPicture, share: float) -> None:
        held = self._held.get(picture)
        if held is not None and picture not in self._ready and share != held.told_share:
            held.told_share = share
            self._news.append(AssetProgress(file=picture.file, share=share, colour_space=picture.colour_space))

    def _fail(self, picture: WantedPicture, cause: Cause) -> None:
        held = self._held.get(picture)
        failure = AssetFailed(file=picture.file, cause=cause, colour_space=picture.colour_space)
        if held is not None and held.failure != failure:
            held.failure = failure
            self._news.append(failure)

    def _upload_now(self, picture: WantedPicture) -> None:
        held = self._held[picture]
        while picture not in self._ready and held.loaded is not None and not held.refused_by_gpu:
            self._upload(self._bytes_a_frame, wait_s=0.1)

    def _upload(self, most_bytes: int, *, wait_s: float) -> None:
        """Uploads what has been read, at most so many bytes, and waits for the first piece at most so long."""
        if self._arriving is None:
            self._begin_next()
        sent = 0
        while sent < most_bytes and (read := self._reader.take(wait_s)) is not None:
            wait_s = 0.0
            arriving = self._arriving
            if arriving is not None and read.reading is arriving[3]:
                if read.piece is not None:
                    arriving[2].write(read.piece, read.buffer[: read.piece.bytes])
                    sent += read.piece.bytes
                else:
                    self._end(*arriving)
            self._reader.give_back(read)

    def _begin_next(self) -> None:
        for place, picture in enumerate(self._wanted):
            held = self._held[picture]
            if held.loaded is None or held.refused_by_gpu or picture in self._ready:
                continue
            if self._begin(picture, held.loaded, self._wanted[:place]):
                return

    def _begin(self, picture: WantedPicture, loaded: Loaded, before: tuple[WantedPicture, ...]) -> bool:
        """Begins an upload. Rather than one that is wanted as well, a picture pushes out one that is not."""
        key = PictureKey(loaded.sha256, picture.colour_space)
        if key in self._textures:
            self._note_ready(picture, loaded)
            return False
        try:
            try:
                upload = self._textures.begin(key, loaded.shape, self._kept_for(self._wanted))
            except NoRoomError:
                upload = self._textures.begin(key, loaded.shape, self._kept_for(before))
        except NoRoomError as error:
            figures = (error.needed_mib, error.budget_mib, error.in_use_mib)
            needed, budget, in_use = (round(figure, 1) for figure in figures)
            self._refuse(picture, "asset_no_gpu_room", {"needed": needed, "budget": budget, "in_use": in_use})
            return False
        except ConfigError as error:
            self._refuse(picture, "asset_refused", {"found": error.findings[0].removeprefix("world.file: ")})
            return False
        self._note_gone()
        self._arriving = (picture, loaded, upload, self._reader.begin(loaded.levels, loaded.shape))
        return True

    def _refuse(self, picture: WantedPicture, code: str, values: dict[str, Scalar]) -> None:
        self._held[picture].refused_by_gpu = True
        self._fail(picture, Cause(code=code, values={"file": picture.file, **values}))

    def _kept_for(self, pictures: tuple[WantedPicture, ...]) -> Container[PictureKey]:
        return (
            self._in_use[0] | self._in_use[1] | {self._ready[picture] for picture in pictures if picture in self._ready}
        )

    def _note_gone(self) -> None:
        gone, self._textures.pushed_out = self._textures.pushed_out, []
        for picture in [picture for picture, key in self._ready.items() if key in gone]:
            del self._ready[picture]
            self._news.append(AssetGone(file=picture.file, colour_space=picture.colour_space))

    def _end(self, picture: WantedPicture, loaded: Loaded, upload: PictureUpload, reading: Reading) -> None:
        """Everything of a picture is uploaded, or its file in the run's folder cannot be read: it is loaded anew."""
        self._arriving = None
        key = PictureKey(loaded.sha256, picture.colour_space)
        if reading.failure:
            self._textures.give_up(key)
            if picture in self._held:
                self._held[picture].loaded = None
                self._asked = None
            return
        upload.done()
        self._note_ready(picture, loaded)

    def _note_ready(self, picture: WantedPicture, loaded: Loaded) -> None:
        key = PictureKey(loaded.sha256, picture.colour_space)
        self._ready[picture] = key
        if picture in self._held:
            self._held[picture] = _Held()
        ready = AssetReady(
            file=picture.file,
            sha256=key.sha256,
            colour_space=picture.colour_space,
            gpu_bytes=loaded.shape.gpu_bytes,
            notes=loaded.notes,
        )
        self._news.append(ready)
        if ready not in self.ready:
            self.ready.append(ready)
