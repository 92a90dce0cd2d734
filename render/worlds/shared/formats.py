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
    """A known format that is not read: the code of its sentence, what it is called there, how its files end, and what
    to save it as.
    """

    code: str
    name: str
    endings: tuple[str, ...]
    save_as: str

    def refusal(self) -> str:
        """What was found, what was expected, and what to do."""
        return f"found {self.name}, expected {FORMAT_NAMES}: {self.save_as}"


HEIC = UnreadFormat("unread_heic", "a HEIC picture", (".heic", ".heif", ".hif"), "save it as JPEG or PNG")
TIFF = UnreadFormat("unread_tiff", "a TIFF picture or camera raw", (".tif", ".tiff"), "save it as 16-bit PNG or EXR")
RAW = UnreadFormat(
    "unread_raw",
    "a camera raw picture",
    (".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".rw2", ".orf"),
    "develop it and save it as 16-bit PNG or EXR",
)
PHOTOSHOP = UnreadFormat("unread_photoshop", "a Photoshop document", (".psd", ".psb"), "save it as PNG or EXR")
GIF = UnreadFormat("unread_gif", "a GIF picture", (".gif",), "save it as PNG")
BITMAP = UnreadFormat("unread_bitmap", "a BMP picture", (".bmp",), "save it as PNG")
JPEG_XL = UnreadFormat("unread_jpeg_xl", "a JPEG XL picture", (".jxl",), "save it as JPEG, PNG or EXR")
JPEG_2000 = UnreadFormat("unread_jpeg_2000", "a JPEG 2000 picture", (".jp2", ".j2k", ".jpf"), "save it as JPEG or PNG")
DRAWING = UnreadFormat("unread_drawing", "an SVG drawing", (".svg",), "save it as PNG, at the size it is shown")
DOCUMENT = UnreadFormat("unread_document", "a PDF document", (".pdf",), "save the page as PNG, at the size it is shown")
FILM = UnreadFormat(
    "unread_film",
    "a film",
    (".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mxf", ".ts", ".m2ts", ".mpg", ".nut"),
    'save a frame of it as PNG, or give its layer kind = "plate"',
)
"""Where a picture is expected; as a world of its own it is played."""
SOUND = UnreadFormat(
    "unread_sound",
    "a sound",
    (".m4a", ".mp3", ".wav", ".aif", ".aiff", ".flac", ".aac", ".ogg", ".opus", ".wma"),
    "sound is played elsewhere",
)
OTHER_FILM = UnreadFormat(
    "unread_other_film",
    "a film of a kind that is not read",
    (".flv", ".wmv", ".rm", ".ogv", ".vob", ".3gp", ".r3d", ".braw", ".gxf"),
    "export it as MOV or MP4",
)
OTHER_PICTURE = UnreadFormat(
    "unread_other_picture",
    "a kind of picture that is not read",
    (
        *(".tga", ".jfif", ".jpe", ".jxr", ".dds", ".ktx", ".ktx2", ".ppm", ".pgm", ".pfm", ".sgi", ".dpx", ".cin"),
        *(".ico", ".xcf", ".kra", ".pic", ".avifs", ".apng", ".qoi"),
    ),
    "save it as PNG, or as EXR where it is linear",
)
OTHER_SCENE = UnreadFormat(
    "unread_other_scene",
    "a 3D scene of a kind that is not read",
    (".fbx", ".obj", ".dae", ".usd", ".usda", ".usdc", ".usdz", ".blend", ".abc", ".3ds", ".max", ".ma", ".mb", ".c4d"),
    "export it as glTF 2.0 (.glb)",
)
ARCHIVE = UnreadFormat("unread_archive", "a ZIP archive", (".zip",), "unpack it")
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
UNREAD_NAMES = (*UNREAD_FORMATS, SOUND, OTHER_FILM, OTHER_PICTURE, OTHER_SCENE)
"""Those that are told by the end of a name too."""
UNREAD_KINDS = {one.code: one.refusal() for one in UNREAD_NAMES}
"""What is said of each, in English, by code."""
