"""The picture formats of worlds, declared once: every check, error and text that lists them reads this. Pure."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["exr", "hdr", "png", "jpeg", "webp", "avif"]


class PictureFormat(NamedTuple):
    """A format that is read: its name for people, and how its files end. One that `is_coded` holds sRGB code values."""

    kind: Kind
    name: str
    endings: tuple[str, ...]
    is_coded: bool = True


FORMATS = (
    PictureFormat("exr", "EXR", (".exr",), is_coded=False),
    PictureFormat("hdr", "HDR", (".hdr",), is_coded=False),
    PictureFormat("png", "PNG", (".png",)),
    PictureFormat("jpeg", "JPEG", (".jpg", ".jpeg")),
    PictureFormat("webp", "WebP", (".webp",)),
    PictureFormat("avif", "AVIF", (".avif",)),
)
ENDINGS = tuple(ending for one in FORMATS for ending in one.endings)
"""How the files end that are read, in lower case."""
CODED_ENDINGS = tuple(ending for one in FORMATS if one.is_coded for ending in one.endings)
FORMAT_NAMES = ", ".join(one.name for one in FORMATS[:-1]) + f" or {FORMATS[-1].name}"
"""The formats for sentences: "EXR, HDR, ... or AVIF"."""
CODED_KINDS = frozenset(one.kind for one in FORMATS if one.is_coded)


class UnreadFormat(NamedTuple):
    """A known format that is not read: what it is called in sentences, how its files end, and what to save it as."""

    name: str
    endings: tuple[str, ...]
    save_as: str

    def refusal(self) -> str:
        """What was found, what was expected, and what to do."""
        return f"found {self.name}, expected {FORMAT_NAMES}: {self.save_as}"


HEIC = UnreadFormat("a HEIC picture", (".heic", ".heif", ".hif"), "save it as JPEG or PNG")
TIFF = UnreadFormat("a TIFF picture or camera raw", (".tif", ".tiff"), "save it as 16-bit PNG or EXR")
RAW = UnreadFormat(
    "a camera raw picture",
    (".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".rw2", ".orf"),
    "develop it and save it as 16-bit PNG or EXR",
)
PHOTOSHOP = UnreadFormat("a Photoshop document", (".psd", ".psb"), "save it as PNG or EXR")
GIF = UnreadFormat("a GIF picture", (".gif",), "save it as PNG")
BITMAP = UnreadFormat("a BMP picture", (".bmp",), "save it as PNG")
JPEG_XL = UnreadFormat("a JPEG XL picture", (".jxl",), "save it as JPEG, PNG or EXR")
JPEG_2000 = UnreadFormat("a JPEG 2000 picture", (".jp2", ".j2k", ".jpf"), "save it as JPEG or PNG")
DRAWING = UnreadFormat("an SVG drawing", (".svg",), "save it as PNG, at the size it is shown")
DOCUMENT = UnreadFormat("a PDF document", (".pdf",), "save the page as PNG, at the size it is shown")
FILM = UnreadFormat(
    "a film",
    (".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mxf", ".ts", ".m2ts", ".mpg", ".nut"),
    'save a frame of it as PNG, or give its layer kind = "plate"',
)
"""Where a picture is expected; as a world of its own it is played."""
ARCHIVE = UnreadFormat("a ZIP archive", (".zip",), "unpack it")
UNREAD_FORMATS = (
    HEIC,
    TIFF,
    RAW,
    PHOTOSHOP,
    GIF,
    BITMAP,
    JPEG_XL,
    JPEG_2000,
    DRAWING,
    DOCUMENT,
    FILM,
    ARCHIVE,
)
