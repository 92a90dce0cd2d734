"""What the core and the loader process send each other, and the loader and its decoder."""

from __future__ import annotations

from render.assets.pieces import PackedShape, PictureShape
from render.worlds.shared.facts import PictureFacts
from render.worlds.shared.media import MediaFacts
from stage.show.frame.inputs import Cause, LibraryFile, LookFile, LookKind
from stage.values.cues import Cue
from tracking.records import Evolving

SeenFile = tuple[int, ...]
"""Tells a picture from any that was or will be at its path: size, inode, and when it was last changed in two ways; and
the same of its mask, where it has one.
"""

MESSAGE_BYTES_MAX = 8 << 20


class WantedPicture(Evolving):
    """A picture that a world needs: its name in the configuration, its path, and its colour space, "" for none.

    `version` tells the content of a file in the library's folder from any other; it is "" for all other files. A film
    is only examined: others play it.
    """

    file: str
    path: str
    colour_space: str = ""
    version: str = ""
    is_film: bool = False


class Wanted(Evolving, tag="wanted"):
    """Core to loader: all pictures that are wanted and not on the GPU, the most urgent first.

    `session` names one run of the core. The list takes the place of the one before. Pictures in `again` are tried
    again at once, although they have failed: somebody asks for them. Those in `there` are on the GPU. Those in
    `examine` are only listed: what they are is told once nothing is wanted.
    """

    session: str
    pictures: tuple[WantedPicture, ...]
    again: tuple[WantedPicture, ...] = ()
    there: tuple[WantedPicture, ...] = ()
    examine: tuple[WantedPicture, ...] = ()


class FolderNews(Evolving, tag="folder"):
    """Loader to core: what is new in the library's folder since the last message of this kind.

    With `begins` all is told from the beginning, the newest files first; with `whole` that is done. The names of files
    are those that they have in the folder. `missing` is why the folder cannot be read, `left_out` how many files were
    too many.
    """

    listed: tuple[LibraryFile, ...] = ()
    gone: tuple[str, ...] = ()
    begins: bool = False
    whole: bool = False
    missing: Cause | None = None
    left_out: int = 0


class LookNews(Evolving, tag="looks"):
    """Loader to core: what is new in one of the folders of looks since its last message.

    With `begins` all is told from the beginning; there is `more` until it is told. `left_out` is how many files were
    too many. `pictures` are the files beside which a small picture is, all of them; None says nothing new of that.
    """

    kind: LookKind
    listed: tuple[LookFile, ...] = ()
    gone: tuple[str, ...] = ()
    begins: bool = False
    more: bool = False
    left_out: int = 0
    pictures: tuple[str, ...] | None = None


class CueNews(Evolving, tag="cues"):
    """Loader to core: what the file of the show's cues holds now (as in `CuesRead`); or that it is not there; or why it
    cannot be read. `stamp` tells its content from any other, and is empty where there is none.
    """

    cues: tuple[Cue, ...] = ()
    edition: int = 0
    by_hand: bool = False
    digest: str = ""
    stamp: tuple[int, ...] = ()
    fault: Cause | None = None


class LoaderHere(Evolving, tag="here"):
    """Loader to core: it has been started, and knows of no wishes yet."""

    instance: str


class Loaded(Evolving, tag="loaded"):
    """A picture is in the file `levels`, for the renderer to upload. `sha256` is of the bytes of the user's file.

    Of a 3D scene, which is packed in `packed_bytes`, there are no rows and columns; on the GPU it needs `gpu_bytes`.
    `movements` are the names of its animations.

    `notes` say what was mended, or is not as one would expect; `facts` are what was measured of the picture.
    `thumbnail` is the path of a small JPEG of it, "" for none.
    """

    picture: WantedPicture
    levels: str
    sha256: str
    rows: int
    columns: int
    channels: int
    notes: tuple[Cause, ...] = ()
    facts: PictureFacts | None = None
    thumbnail: str = ""
    packed_bytes: int = 0
    gpu_bytes: int = 0
    movements: tuple[str, ...] = ()

    @property
    def shape(self) -> PictureShape | PackedShape:
        """As the renderer sees it."""
        if self.packed_bytes:
            return PackedShape(self.packed_bytes, self.gpu_bytes)
        return PictureShape(self.rows, self.columns, self.channels)


class Loading(Evolving, tag="loading"):
    """How much of a picture has been read and converted, 0 to 1.

    `size` is how many rows and columns its header promises. Once it is being converted, `begun` says what it will be;
    of its first level so many `rows` are in the file, or with None all rows of all levels.
    """

    picture: WantedPicture
    share: float
    size: tuple[int, int] | None = None
    begun: Loaded | None = None
    rows: int | None = 0


class LoadFailed(Evolving, tag="failed"):
    """A picture cannot be loaded, and why. It is tried again once that may have passed. `seen` is the file found."""

    picture: WantedPicture
    cause: Cause
    seen: SeenFile | None = None


class Examined(Evolving, tag="examined"):
    """What a picture is that nobody wants on the GPU: its facts, what is odd about it, the path of a small JPEG.

    Of a 3D scene there are no facts and no picture.
    """

    picture: WantedPicture
    facts: PictureFacts | None
    notes: tuple[Cause, ...] = ()
    thumbnail: str = ""


class ExaminedFilm(Evolving, tag="examined_film"):
    """What a film is, by what its content is known, what is odd about it, and the path of a small JPEG of its middle.

    `seen` is the file that was examined.
    """

    picture: WantedPicture
    facts: MediaFacts
    identity: str
    seen: SeenFile
    notes: tuple[Cause, ...] = ()
    thumbnail: str = ""


class Seen(Evolving, tag="seen"):
    """Decoder to loader: the file that is at the picture's path now, or that there is none."""

    picture: WantedPicture
    seen: SeenFile | None


class Look(Evolving, tag="look"):
    """Loader to decoder: which file is there now?"""

    picture: WantedPicture


class Load(Evolving, tag="load"):
    """Loader to decoder: load this picture."""

    picture: WantedPicture


class Examine(Evolving, tag="examine"):
    """Loader to decoder: say what this picture is, and keep nothing of it but its thumbnail."""

    picture: WantedPicture


AnyNews = FolderNews | LookNews | CueNews
FromLoader = LoaderHere | Loading | Loaded | LoadFailed | Examined | ExaminedFilm | AnyNews
ToDecoder = Look | Load | Examine
FromDecoder = Loading | Loaded | LoadFailed | Seen | Examined | ExaminedFilm
