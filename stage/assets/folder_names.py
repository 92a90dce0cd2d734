"""What a file's name in the library's folder says: a picture, a kind that is not read, or nothing of a world. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from render.worlds.shared.file_names import MASK_ENDING, WORLD_ENDING
from stage.show.frame.inputs import Cause, LibraryFile

PICTURES = (".png", ".jpg", ".jpeg", ".exr", ".hdr", ".webp", ".avif")
"""The endings of the pictures that are read."""
_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".swp", ".bak", "~")
_SAVE_AS = {
    **dict.fromkeys((".heic",), "save_as_jpeg_from_phone"),
    **dict.fromkeys((".heif", ".hif"), "save_as_jpeg"),
    **dict.fromkeys((".psd", ".psb", ".kra", ".xcf"), "save_flattened_as_png"),
    ".svg": "export_as_png",
    **dict.fromkeys((".mp4", ".mov", ".webm", ".mkv"), "save_frame_as_png"),
}
"""How to save a file that is not read, by its ending; any other picture as `save_as_png`."""
_OTHERS = (
    ".tif",
    ".tiff",
    *(".bmp", ".gif", ".tga", ".jxl", ".jp2", ".j2k", ".jfif", ".jpe", ".jxr", ".dds", ".ktx", ".ktx2", ".ppm", ".pgm"),
    *(".pfm", ".sgi", ".dpx", ".cin", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".orf", ".rw2", ".ico"),
    *(".pic", ".avifs", ".apng", ".qoi"),
)
_LONGEST_STEM = 80
_HASH_DIGITS = 6
_UNUSABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Bytes that are no text (PEP 383), and control characters: what such a name says cannot be written everywhere."""


def is_listed(name: str) -> bool:
    """Whether a file of this name is a world, or is named as one that failed. Hidden and unfinished ones are not."""
    lower = name.lower()
    if lower.startswith((".", "~$")) or lower.endswith(_UNFINISHED) or lower.endswith(MASK_ENDING):
        return False
    return lower.endswith((*PICTURES, *_SAVE_AS, *_OTHERS, WORLD_ENDING))


def described(name: str) -> LibraryFile:
    """A file of the folder by its name alone, which is as the system gives it (PEP 383), with why it is no world.

    Its `file` can be written anywhere; where it is not the name itself, there is a cause.
    """
    lower = name.lower()
    ending = next((ending for ending in (WORLD_ENDING, *PICTURES, *_SAVE_AS, *_OTHERS) if lower.endswith(ending)), "")
    stem, suffix = (name[: -len(ending)], name[-len(ending) :]) if ending else (name, "")
    shown = _bounded(_printable(stem)) or suffix
    if _UNUSABLE.search(name):
        file = _UNUSABLE.sub(lambda found: f"\\x{ord(found[0]) & 0xFF:02x}", name)
        cause = Cause(code="library_name_unusable", values={"file": file})
        return LibraryFile(file=file, stem=_bounded(_printable(file)), cause=cause)
    if ending not in PICTURES and ending != WORLD_ENDING:
        values = {"file": name, "kind": ending[1:].upper(), "cause": _SAVE_AS.get(ending, "save_as_png")}
        cause = Cause(code="library_kind_unread", values=dict(values))
        return LibraryFile(file=name, stem=shown, suffix=suffix, cause=cause)
    return LibraryFile(file=name, stem=shown, suffix=_printable(suffix) if shown != suffix else "")


def _printable(text: str) -> str:
    """The text in NFC with a mark in the place of every character that cannot be shown."""
    return "".join(
        one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in unicodedata.normalize("NFC", text)
    )


def _bounded(stem: str) -> str:
    """A stem that is too long for a name, cut, with some digits by which it still differs from others."""
    if len(stem) <= _LONGEST_STEM:
        return stem.strip() and stem
    digest = hashlib.sha256(stem.encode("utf-8", "replace")).hexdigest()
    return f"{stem[: _LONGEST_STEM - _HASH_DIGITS - 2]}\N{HORIZONTAL ELLIPSIS} {digest[:_HASH_DIGITS]}"
