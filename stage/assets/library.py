"""The pictures of a running stage's worlds: asked of the loader, uploaded a little in each frame, and reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from render.assets.pieces import PictureKey
from render.assets.upload import NoRoomError, PictureTextures
from stage.assets.arrival import Arrival, Arrivals, key_of
from stage.assets.asking import Asking
from stage.assets.examined import ToldProgress, failed, refusal_of, said_of
from stage.assets.kept_pictures import KeptPictures
from stage.assets.messages import (
    AnyNews,
    Examined,
    ExaminedFilm,
    Loaded,
    LoaderHere,
    LoadFailed,
    Loading,
    WantedPicture,
)
from stage.assets.pipes import AssetPipes
from stage.assets.ready_pictures import ReadyPictures
from stage.show.frame.inputs import AssetFailed, Cause, Observation
from tracking.records import ConfigError, Scalar

PIECE_BYTES = 1 << 20
MOST_PIECES_A_FRAME = 8
_MIB = 1 << 20
_LOADED_SHARE = 0.99
"""What progress says at most while a picture is not on the GPU."""


class _Held:
    """What is known of one wanted picture. `loaded` is there once all of it is in the run's folder."""

    def __init__(self) -> None:
        self.loaded: Loaded | None = None
        self.failure: AssetFailed | None = None
        self.has_no_room = False
        self.share = 0.0


class Library:
    """Keeps wanted pictures on the GPU, the most urgent first. `note` takes what the user should know of each picture.

    Nothing here waits for a file, a process or the GPU. Pieces of `piece_bytes` are uploaded in the time that frames
    leave. What is on the wall stays whatever becomes of its file: it is known by the hash of its bytes.
    """

    def __init__(
        self,
        pipes: AssetPipes,
        textures: PictureTextures,
        folder: Path,
        *,
        note: Callable[[Cause], None],
        hear_folder: Callable[[AnyNews], None] | None = None,
        piece_bytes: int = PIECE_BYTES,
    ) -> None:
        self._pipes = pipes
        self._textures = textures
        self._kept = KeptPictures(folder)
        self._note = note
        self._hear_folder = hear_folder
        self._arrivals = Arrivals(textures, piece_bytes)
        self._wanted: tuple[WantedPicture, ...] = ()
        self._urgent = 0
        self._in_use: tuple[frozenset[PictureKey], frozenset[PictureKey]] = (frozenset(), frozenset())
        self._held: dict[WantedPicture, _Held] = {}
        self._ready, self._told = ReadyPictures(), ToldProgress()
        self._asking = Asking(pipes)
        self._news: list[Observation] = []
        self.ready = self._ready.told
        """Every picture that was on the GPU so far, as takes name them."""

    def want(self, wanted: Iterable[WantedPicture], urgent: int | None = None) -> None:
        """The pictures that should be on the GPU, the most urgent first. Others stay there while there is room.

        Somebody waits for the first `urgent` ones, or for all: that they do not fit is a failure. The others can wait.
        """
        pictures = tuple(dict.fromkeys(wanted))
        urgent = len(pictures) if urgent is None else urgent
        if (pictures, urgent) == (self._wanted, self._urgent):
            return
        back = [one for one in pictures if one.version and one in self._ready and one not in self._held]
        self._news.extend(self._ready.said_of(picture) for picture in back)  # its world may have gone and come back
        self._wanted, self._urgent = pictures, urgent
        self._held = {picture: self._held.get(picture) or _Held() for picture in pictures}
        self._look_for_room()

    def examine(self, listed: tuple[WantedPicture, ...]) -> None:
        """Pictures that nobody wants yet, of which is to be said what they are."""
        self._asking.examine(listed)

    def use(self, keys: frozenset[PictureKey]) -> None:
        """Once a frame: what its plan shows. With what the last plan showed, it is never pushed out."""
        before, self._in_use = self._in_use, (self._in_use[1], keys)
        if before != self._in_use:
            self._look_for_room()

    def try_again(self, pictures: Iterable[WantedPicture]) -> None:
        """Somebody asks for these: what failed is tried again at once, whatever the reason was."""
        again = [picture for picture in pictures if picture in self._held and self._held[picture].failure is not None]
        for picture in again:
            self._held[picture].failure, self._held[picture].has_no_room = None, False
        if again:
            self._asking.try_again(tuple(again))

    @property
    def is_arriving(self) -> bool:
        """Whether a picture is being uploaded."""
        return self._arrivals.present is not None

    def reports(self) -> Iterator[Observation]:
        """Once a frame: hears of the loader, uploads where frames leave no time for it, and says what is new."""
        self._hear()
        if self._arrivals.present is None or self._arrivals.pace.is_starved():
            self._upload(wait_s=0.0)
        news, self._news = self._news, []
        yield from news

    def upload_in_slack(self, left_ns: Callable[[], int]) -> None:
        """After a frame: uploads piece by piece, as long as one fits into what is left before the next frame."""
        for _ in range(MOST_PIECES_A_FRAME):
            if not self.is_arriving or not self._arrivals.pace.fitting(left_ns()):
                return
            self._upload(wait_s=0.0)

    def is_settled(self, picture: WantedPicture) -> bool:
        """Whether a picture is ready, or has failed for now."""
        return picture in self._ready or self.failure_of(picture) is not None

    def failure_of(self, picture: WantedPicture) -> AssetFailed | None:
        """Why a wanted picture is not there, as far as it is known."""
        return self._held[picture].failure if picture in self._held else None

    def share_of(self, picture: WantedPicture) -> float:
        """How much of a wanted picture is loaded, 0 to 1."""
        return self._held[picture].share if picture in self._held else 0.0

    def load_kept(self, picture: WantedPicture) -> bool:
        """Before the first frame: uploads the run's own copy at once. False where there is none."""
        kept = self._kept.find(picture)
        if kept is not None and picture in self._held:
            self._held[picture].loaded = kept
            self._upload_whole(picture)
        return picture in self._ready

    def wait_for(self, picture: WantedPicture, seconds: float) -> None:
        """Before the first frame: works for a picture at full speed, until it is settled or the time is over."""
        self._pipes.wait(seconds)
        self._hear()
        self._upload(wait_s=0.0)
        self._upload_whole(picture)

    def reserve(self, rows: int, columns: int) -> bool:
        """Before the first frame: makes storage for a picture that will come. False where there is no room for it."""
        return self._textures.reserve(rows, columns)

    def rename(self, was: str, file: str, path: str) -> None:
        """A file of the library has another name: its picture stays where it is."""
        self._ready.rename(was, file, path)

    def close(self) -> None:
        """Ends the thread."""
        self._arrivals.close()

    def _hear(self) -> None:
        """Takes what the loader has said, and tells it of new wishes."""
        for message in self._pipes.receive():
            match message:
                case LoaderHere():
                    self._asking.anew()
                    self._give_up_unfinished()
                case Loading():
                    self._note_progress(message)
                case Loaded():
                    self._take(message)
                case Examined() | ExaminedFilm() | LoadFailed() if message.picture in self._asking.listed:
                    self._news.extend(said_of(message))
                case LoadFailed(picture=picture, cause=cause):
                    self._fail(picture, cause)
                case _ if isinstance(message, AnyNews) and self._hear_folder is not None:
                    self._hear_folder(message)
        wishes = tuple(one for one in self._wanted if one not in self._ready and self._held[one].loaded is None)
        loaded = (picture for picture, held in self._held.items() if held.loaded is not None)
        if self._asking.ask(wishes, (*self._ready, *loaded)):
            self._give_up_unfinished(but=wishes[:1])

    def _give_up_unfinished(self, but: tuple[WantedPicture, ...] = ()) -> None:
        """The loader has left a picture that was being uploaded as it was written, unless it is the first wish."""
        present = self._arrivals.present
        if present is not None and not present.is_kept and present.picture not in but:
            self._arrivals.give_up()

    def _note_progress(self, loading: Loading) -> None:
        picture, begun = loading.picture, loading.begun
        held = self._held.get(picture)
        if held is None or picture in self._ready or held.loaded is not None:
            return
        held.share = _LOADED_SHARE * loading.share
        self._news.extend(self._told.of(picture, held.share))
        if loading.size is not None and self._arrivals.present is None:
            self._textures.expect(*loading.size)
        if begun is not None:
            self._arrivals.note_written(picture, begun, loading.rows)
            if self._arrivals.present is None and not held.has_no_room and not self._others_wait(picture):
                self._begin(picture, begun, loading.rows)

    def _others_wait(self, picture: WantedPicture) -> bool:
        """Whether more urgent pictures are loaded and wait for their upload."""
        before = self._wanted[: self._wanted.index(picture)]
        waiting = (self._held[other] for other in before if other not in self._ready)
        return any(held.loaded is not None and not held.has_no_room for held in waiting)

    def _take(self, loaded: Loaded) -> None:
        held = self._held.get(loaded.picture)
        if held is None or loaded.picture in self._ready or held.loaded is not None:
            return
        held.loaded = loaded
        self._arrivals.note_kept(loaded.picture, loaded)
        for note in loaded.notes:
            self._note(note)
        self._news.extend(said_of(loaded))

    def _look_for_room(self) -> None:
        for held in self._held.values():
            held.has_no_room = False

    def _fail(self, picture: WantedPicture, cause: Cause) -> None:
        self._give_up_unfinished()
        held = self._held.get(picture)
        failure = failed(picture, cause)
        if held is not None and held.failure != failure:
            held.failure, held.share = failure, 0.0
            self._news.append(failure)

    def _upload_whole(self, picture: WantedPicture) -> None:
        """Uploads everything of a picture that is loaded, without regard to frames."""
        while (held := self._held.get(picture)) is not None and held.loaded is not None:
            if picture in self._ready or held.has_no_room:
                return
            self._upload(wait_s=0.1)

    def _upload(self, *, wait_s: float) -> None:
        """Uploads a piece that has been read, and waits for it at most so long."""
        if self._arrivals.present is None:
            self._begin_next()
        ended = self._arrivals.step(wait_s)
        if ended is not None:
            self._end(ended)

    def _begin_next(self) -> None:
        for picture in self._wanted:
            held = self._held[picture]
            if held.loaded is None or held.has_no_room or picture in self._ready:
                continue
            if self._begin(picture, held.loaded, None):
                return

    def _begin(self, picture: WantedPicture, about: Loaded, rows: int | None) -> bool:
        """Begins an upload. Rather than one that is wanted as well, a picture pushes out one that is not."""
        is_kept = self._held[picture].loaded is not None
        if key_of(picture, about) in self._textures:
            if is_kept:
                self._note_ready(picture, about)
            return False
        place = self._wanted.index(picture)
        begin = partial(self._arrivals.begin, picture, about, rows=rows, is_kept=is_kept)
        try:
            try:
                begin(self._kept_for(self._wanted))
            except NoRoomError:
                begin(self._kept_for(self._wanted[:place]))
        except NoRoomError as error:
            self._held[picture].has_no_room = True
            if place < self._urgent or error.needed_mib > error.budget_mib:
                figures = {"needed": error.needed_mib, "budget": error.budget_mib, "in_use": error.in_use_mib}
                self._refuse(picture, "asset_no_gpu_room", {name: round(mib, 1) for name, mib in figures.items()})
            return False
        except ConfigError as error:
            cause = refusal_of(picture.file, error)
            self._refuse(picture, cause.code, cause.values)
            return False
        self._note_gone()
        return True

    def _refuse(self, picture: WantedPicture, code: str, values: dict[str, Scalar]) -> None:
        self._held[picture].has_no_room = True
        self._fail(picture, Cause(code=code, values={"file": picture.file, **values}))

    def _kept_for(self, pictures: tuple[WantedPicture, ...]) -> frozenset[PictureKey]:
        wanted = frozenset(self._ready[picture] for picture in pictures if picture in self._ready)
        return self._in_use[0] | self._in_use[1] | wanted

    def _note_gone(self) -> None:
        gone, self._textures.pushed_out = self._textures.pushed_out, []
        self._news.extend(self._ready.drop(gone))

    def _end(self, arrival: Arrival) -> None:
        """A picture is on the GPU; or there is no memory for it; or the run's copy cannot be read, and is made anew."""
        if arrival.upload.failure:
            if arrival.picture in self._held:
                needed = round(arrival.about.shape.gpu_bytes / _MIB, 1)
                found = arrival.upload.failure
                self._refuse(arrival.picture, "asset_no_gpu_memory", {"needed": needed, "found": found})
        elif not arrival.reading.failure:
            self._note_ready(arrival.picture, arrival.about)
        elif arrival.picture in self._held:
            self._held[arrival.picture].loaded = None
            self._asking.anew()

    def _note_ready(self, picture: WantedPicture, about: Loaded) -> None:
        self._news.append(self._ready.add(picture, about))
        if picture in self._held:
            self._held[picture] = _Held()
