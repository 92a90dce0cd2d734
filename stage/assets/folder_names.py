"""What a file's name in the library's folder says: a picture, a kind that is not read, or nothing of a world. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from render.worlds.model.spaces import MODEL_ENDINGS
from render.worlds.shared.file_names import MASK_ENDING, WORLD_ENDING, is_depth
from render.worlds.shared.formats import ENDINGS, FILM, UNREAD_NAMES
from render.worlds.shared.keys import JOINERS, is_shown
from stage.show.frame.inputs import Cause, LibraryFile

_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".swp", ".bak", "~")
_UNREAD = {ending: unread.code for unread in UNREAD_NAMES if unread is not FILM for ending in unread.endings}
"""What is said of files that are no worlds, by their endings."""
_READ = (*ENDINGS, *FILM.endings, *MODEL_ENDINGS)
_LONGEST_STEM = 80
_HASH_DIGITS = 6
_UNSEEN = str.maketrans("", "", JOINERS)
_UNUSABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Bytes that are no text (PEP 383), and control characters: what such a name says cannot be written everywhere."""


def is_listed(name: str) -> bool:
    """Whether a file of this name is a world, or is named as one that failed. Hidden and unfinished ones are not."""
    lower = name.lower()
    if lower.startswith((".", "~$")) or lower.endswith((*_UNFINISHED, MASK_ENDING)) or is_depth(lower):
        return False
    return lower.endswith((*_READ, *_UNREAD, WORLD_ENDING))


def may_hold_frames(name: str) -> bool:
    """Whether a folder of this name may be a film of numbered frames. Hidden and unfinished ones are not."""
    return not is_listed(name) and not name.lower().startswith((".", "~$")) and not name.lower().endswith(_UNFINISHED)


def described(name: str) -> LibraryFile:
    """A file of the folder by its name alone, which is as the system gives it (PEP 383), with why it is no world.

    Its `file` can be written anywhere; where it is not the name itself, there is a cause.
    """
    lower = name.lower()
    ending = next((ending for ending in (WORLD_ENDING, *_READ, *_UNREAD) if lower.endswith(ending)), "")
    stem, suffix = (name[: -len(ending)], name[-len(ending) :]) if ending else (name, "")
    shown = _bounded(_printable(stem)) or suffix
    if _UNUSABLE.search(name):
        file = _UNUSABLE.sub(lambda found: f"\\x{ord(found[0]) & 0xFF:02x}", name)
        cause = Cause(code="library_name_unusable", values={"file": file})
        return LibraryFile(file=file, stem=_bounded(_printable(file)), cause=cause)
    if ending in _UNREAD:
        cause = Cause(code="asset_broken", values={"file": name, "cause": _UNREAD[ending]})
        return LibraryFile(file=name, stem=shown, suffix=suffix, cause=cause)
    return LibraryFile(file=name, stem=shown, suffix=_printable(suffix) if shown != suffix else "")


def _printable(text: str) -> str:
    """The text in NFC with a mark in the place of every character that cannot be shown."""
    return "".join(one if is_shown(one) else "\N{REPLACEMENT CHARACTER}" for one in unicodedata.normalize("NFC", text))


def _bounded(stem: str) -> str:
    """A stem that is too long for a name, cut, with some digits by which it still differs from others."""
    if len(stem) <= _LONGEST_STEM:
        return stem if stem.translate(_UNSEEN).strip() else ""
    digest = hashlib.sha256(stem.encode("utf-8", "replace")).hexdigest()
    return f"{stem[: _LONGEST_STEM - _HASH_DIGITS - 2]}\N{HORIZONTAL ELLIPSIS} {digest[:_HASH_DIGITS]}"
