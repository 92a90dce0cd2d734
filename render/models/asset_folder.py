"""What a .gltf file names beside itself: files in its own folder and below, and data URIs. Nothing else is opened.

RFC 3986 (percent encoding, relative references), RFC 2397 (data URIs); glTF 2.0, section 2.8.
"""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes

from render.models.faults import ModelError
from render.models.limits import Budget
from tracking.sources.ordinary_files import open_ordinary
from tracking.system_faults import said_by_system

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_DATA = re.compile(r"data:[^,;]{0,100}(;[^,;]{0,100})*?;base64,")
_LONGEST_NAME = 4096
_SHOWN = 120
"""So many characters of a name are said."""


class AssetFolder:
    """The folder of a model, as the file itself was named."""

    def __init__(self, folder: Path, budget: Budget) -> None:
        self._folder = folder.resolve()
        self._budget = budget

    def read(self, uri: str, where: str, most: int | None = None) -> bytes:
        """The bytes behind a URI, at most so many of them. Raises ModelError."""
        if uri[:5].lower() == "data:":
            return self._data(uri, where)
        place = self._place(uri, where)
        try:
            with open_ordinary(place) as file:
                size = place.stat().st_size
                wanted = size if most is None else min(size, most)
                self._budget.take("file_bytes", wanted, where)
                content = file.read(wanted)
                self._budget.note_read(content)
                return content
        except FileNotFoundError as error:
            raise ModelError("model_file_absent", where, found=uri[:_SHOWN]) from error
        except OSError as error:
            raise ModelError("model_file_unreadable", where, found=uri[:_SHOWN], said=said_by_system(error)) from error

    def _place(self, uri: str, where: str) -> Path:
        """Where a relative reference leads, links followed. Raises ModelError where that is outside the folder."""
        if _SCHEME.match(uri) or uri.startswith("//"):
            raise ModelError("model_file_address", where, found=uri[:_SHOWN])
        name = self._decoded(uri, where)
        try:
            place = (self._folder / name).resolve()
        except (OSError, RuntimeError, ValueError) as error:
            raise ModelError("model_file_nowhere", where, found=uri[:_SHOWN]) from error
        if not place.is_relative_to(self._folder):
            raise ModelError("model_file_outside", where, found=uri[:_SHOWN])
        return place

    @staticmethod
    def _decoded(uri: str, where: str) -> str:
        try:
            name = unquote_to_bytes(uri).decode("utf-8")
        except (UnicodeDecodeError, UnicodeEncodeError) as error:
            raise ModelError("model_file_not_utf8", where, found=uri[:_SHOWN]) from error
        if not name or len(name) > _LONGEST_NAME or "\\" in name or not name.isprintable():
            raise ModelError("model_file_name", where, found=uri[:_SHOWN])
        return name

    def _data(self, uri: str, where: str) -> bytes:
        head = _DATA.match(uri[:512])
        if head is None:
            raise ModelError("model_data_uri", where, found=uri[:60])
        self._budget.take("file_bytes", (len(uri) - head.end()) * 3 // 4, where)
        try:
            return base64.b64decode(uri[head.end() :], validate=True)
        except (binascii.Error, ValueError) as error:
            raise ModelError("model_data_damaged", where, found=str(error)) from error
