"""What goes wrong with films while they play, as codes with values; and FFmpeg, which may not be installed."""

from __future__ import annotations

from types import ModuleType

from render.images.faults import PictureError, RefusedFileError
from tracking.records import Scalar
from tracking.system_faults import SYSTEM_FAULTS, said_by_system

_SAID = {
    "invalid data found when processing input": "film_data_invalid",
    "end of file": "film_ends",
    "decoder not found": "film_no_decoder",
    "not yet implemented in ffmpeg, patches welcome": "film_not_implemented",
}
"""What FFmpeg says most, by the codes of what is said of it here."""


class MediaError(Exception):
    """A frame of a film cannot be had: a code with the values that its sentence speaks of."""

    def __init__(self, code: str, **values: Scalar) -> None:
        super().__init__(code, values)
        self.code, self.values = code, values

    @property
    def is_of_frame(self) -> bool:
        """Whether it is of one file of many, and whoever reads the others may go on."""
        return self.code in ("media_frame_replaced", "media_frame_gone")

    def __str__(self) -> str:
        return ", ".join([self.code, *(f"{name} {value}" for name, value in self.values.items())])


def pyav() -> ModuleType:
    """PyAV, which brings FFmpeg. Raises RefusedFileError where it is not installed."""
    try:
        import av  # noqa: PLC0415 - it is an extra, and large
    except ImportError as error:
        raise RefusedFileError(PictureError("film_reader_missing")) from error
    return av


def why_of(error: Exception) -> dict[str, Scalar]:
    """Why a film or a frame cannot be read, as `why`, a code, with its values: what FFmpeg says where it has none."""
    if isinstance(error, PictureError):
        return {**error.values, "why": error.code}
    said = str(getattr(error, "strerror", None) or error).strip().lower() or type(error).__name__
    if said in _SAID:
        return {"why": _SAID[said]}
    code = said_by_system(error)
    return {"why": code} if code in SYSTEM_FAULTS else {"why": "film_said", "said": said[:200]}
