"""Pictures as PNG or JPEG files, with frame lines and a note, encoded once for all who look on."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal, NamedTuple

import msgspec
from PIL import Image, ImageDraw, ImageFont

from render.film.frame_lines import with_frame_lines
from render.film.screen import exposed_codes
from stage.panel.newest import NewestPicture

Kind = Literal["png", "jpg"]
MEDIA_TYPES: dict[Kind, str] = {"png": "image/png", "jpg": "image/jpeg"}
_MOST_KEPT = 32
_NOTE_PX = 16
_LONGEST_NOTE = 90
_LIVE_QUALITY = 80


class ViewOptions(NamedTuple):
    """How somebody looks at a film picture: its frame lines and the exposure of the view. The show knows neither."""

    lines: tuple[str, ...] = ()
    exposure_stops: float = 0.0


_AS_IT_IS = ViewOptions()
_Key = tuple[str, int, Kind, ViewOptions, str]


@dataclass(frozen=True, kw_only=True)
class SizedPicture:
    """A picture as a JPEG of a size, and what is said of it: `sights` of a wall as plain values, and its note."""

    topic: str
    frame: int
    width: int
    height: int
    sights: list[object]
    note: str
    content: bytes
    received_ns: int


class EncodedPictures:
    """The newest files, by what they show. All methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, bytes] = OrderedDict()

    def kept(self, picture: NewestPicture, kind: Kind, view: ViewOptions, note: str) -> bytes | None:
        """The picture's file where it was made already."""
        with self._lock:
            return self._kept.get((picture.topic, picture.received_ns, kind, view, note))

    def file(self, picture: NewestPicture, kind: Kind, view: ViewOptions = _AS_IT_IS, note: str = "") -> bytes:
        """The picture's file, as the view wants it and with the note in its corner."""
        kept = self.kept(picture, kind, view, note)
        if kept is not None:
            return kept
        key = (picture.topic, picture.received_ns, kind, view, note)
        made = _encoded(_marked(picture, view, note), kind)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return made


def sized_picture(picture: NewestPicture, side_px: int) -> SizedPicture:
    """A picture as a JPEG with sides of at most `side_px`, in its own proportions, without lines or a note in it."""
    header, image = picture.header, picture.image
    image.thumbnail((side_px, side_px), Image.Resampling.BOX)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_LIVE_QUALITY)
    return SizedPicture(
        topic=picture.topic,
        frame=picture.frame,
        width=image.width,
        height=image.height,
        sights=msgspec.to_builtins(header.sights),
        note=header.note,
        content=out.getvalue(),
        received_ns=picture.received_ns,
    )


def _marked(picture: NewestPicture, view: ViewOptions, note: str) -> Image.Image:
    codes = exposed_codes(picture.codes, view.exposure_stops) if view.exposure_stops else picture.codes
    image = Image.fromarray(with_frame_lines(codes, view.lines) if view.lines else codes, "RGB")
    if note:
        draw, font = ImageDraw.Draw(image), ImageFont.load_default(_NOTE_PX)
        text = note if len(note) <= _LONGEST_NOTE else f"{note[: _LONGEST_NOTE - 1]}…"
        left, top, right, bottom = draw.textbbox((_NOTE_PX, _NOTE_PX // 2), text, font=font)
        draw.rectangle((left - 6, top - 4, right + 6, bottom + 4), fill=(240, 180, 41))
        draw.text((_NOTE_PX, _NOTE_PX // 2), text, fill=(26, 19, 0), font=font)
    return image


def _encoded(image: Image.Image, kind: Kind) -> bytes:
    out = io.BytesIO()
    if kind == "png":
        image.save(out, "PNG", compress_level=1)
    else:
        image.save(out, "JPEG", quality=88, subsampling=0)
    return out.getvalue()
