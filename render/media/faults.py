"""What goes wrong with films while they play, as codes with values; and FFmpeg, which may not be installed."""

from __future__ import annotations

from types import ModuleType

from tracking.records import ConfigError, Scalar


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
    """PyAV, which brings FFmpeg. Raises ConfigError where it is not installed."""
    try:
        import av  # noqa: PLC0415 - it is an extra, and large
    except ImportError as error:
        raise ConfigError(
            "found no PyAV, which reads films, expected it beside the program: pip install 'openstage[video]'"
        ) from error
    return av
