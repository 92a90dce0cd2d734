"""What is wrong with picture files, as codes with values: alike in terminals, health and pages. Pure.

How a fault of any file is told, a picture's or a scene's, is declared here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from render.worlds.shared.formats import FORMAT_NAMES, UNREAD_KINDS
from tracking.records import ConfigError, Scalar
from tracking.system_faults import in_english, said_by_system

_A_PICTURE = f"expected a picture ({FORMAT_NAMES})"
_WHOLE = ", expected a whole picture"
_WHOLE_EXR = ", expected a whole EXR header"
_CUT = "; the file is cut off"
_DAMAGED = "; the file is damaged"
_METADATA = "; correct or remove the metadata"

PICTURE_FAULTS = {
    "picture_unreadable": "{found}; " + _A_PICTURE,
    "picture_empty": "found an empty file, " + _A_PICTURE,
    "picture_unknown": "found the first bytes {found}, " + _A_PICTURE,
    "picture_too_large": "found {columns} x {rows} pixels, expected at most {most_columns} x {most_rows}",
    "picture_too_many_pixels": "found {found} pixels, expected at most {most_columns} x {most_rows}",
    "picture_bytes": "found {found} bytes, expected at most {most}",
    "picture_bytes_more": "found more than {most} bytes, expected a smaller picture",
    "picture_memory": "found more pixels than there is memory for, expected a smaller picture",
    "picture_beyond_driver": (
        "found {columns}x{rows} pixels, expected at most {most} a side on this driver, scale it down"
    ),
    "gpu_no_memory": "found no graphics memory for its {needed} MiB ({found}), scale it down",
    "gpu_no_memory_for_frame": "found no graphics memory for a frame ({found})",
    "gpu_no_room": (
        "found {budget} MiB, of which {in_use} are in use, expected room for {needed} more; raise it, or use smaller "
        "pictures"
    ),
    # PNG, JPEG, WebP and AVIF
    "picture_start_damaged": "found a damaged beginning" + _WHOLE,
    "picture_header_damaged": "found a header that cannot be read" + _WHOLE,
    "picture_no_size": "found no size in its header" + _WHOLE,
    "picture_cut_off": "found the end of the file before the end of the picture" + _WHOLE,
    "picture_pixels_damaged": "found pixels that cannot be decoded" + _WHOLE,
    "png_no_header": "found no IHDR chunk, expected a whole PNG",
    "png_chunks": "found more than {most} chunks, expected a PNG of fewer",
    # which part of a sphere they say that they show
    "gpano_projection": "found a panorama of projection {found!r} (GPano), expected equirectangular",
    "gpano_crop": (
        "found {columns} x {rows} pixels that should be {crop_columns:g} x {crop_rows:g} at ({left:g}, {top:g}) of "
        "{full_columns:g} x {full_rows:g} (GPano), expected a crop of this picture's shape inside the panorama"
    )
    + _METADATA,
    "gpano_part": (
        "found a part of {full_columns:g} x {full_rows:g} pixels (GPano), expected a part of a panorama of all "
        "directions: twice as wide as high, or wider"
    )
    + _METADATA,
    # Radiance
    "radiance_no_start": "found no '#?RADIANCE' at its start, expected a Radiance picture",
    "radiance_format": "found FORMAT {found!r}, expected 32-bit_rle_rgbe",
    "radiance_resolution": "found resolution line {found!r}, expected '-Y rows +X columns'",
    "radiance_header_open": "found no end of the header, expected a blank line and the resolution",
    "radiance_row_broken": "found broken run lengths in row {row}, expected whole rows" + _CUT,
    "radiance_row_bytes": "found {found} bytes in row {row}, expected {expected}" + _DAMAGED,
    "radiance_no_pixels": "found no pixels, expected {expected}" + _CUT,
    "radiance_runs": "found more than four run markers in a row, expected pixels" + _DAMAGED,
    "radiance_pixels": "found {found} pixels, expected {expected}; the file is cut off or damaged",
    "radiance_in_row": "{stage} (row {row} of {rows})",
    # EXR
    "exr_damaged": "found pixels that cannot be decoded, expected a whole EXR; the file is cut off or damaged",
    "exr_compression": (
        "found compression number {found}, which is not known here, expected one of OpenEXR's: export it with ZIP"
    ),
    "exr_no_signature": "found no OpenEXR signature, expected an EXR file",
    "exr_lacks": "found no {found} attribute" + _WHOLE_EXR,
    "exr_header_cut": "found the end of the file inside the header, expected a whole EXR",
    "exr_header_long": "found a header longer than {found} bytes" + _WHOLE_EXR,
    "exr_header_broken": "found a broken or cut header" + _WHOLE_EXR,
    "exr_channels_broken": "found a broken channel list" + _WHOLE_EXR,
    "exr_window_broken": "found a broken window, expected four whole numbers",
    "exr_window_empty": "found a window without area, expected a picture",
    "exr_chromaticities_broken": "found broken chromaticities, expected eight numbers",
    "exr_chromaticities_impossible": "found impossible chromaticities, expected real ones; set colour_space",
    "exr_subsampled": "found subsampled channel {found!r}, expected R, G, B at full resolution",
    "exr_layers_large": ("found {found} GiB in all layers, expected at most {most}; export the picture's layer alone"),
    "exr_deep": "found a deep file, expected a flat EXR",
    "exr_no_colours": "found channels {found}, expected R, G, B or Y",
    "exr_layers_unclear": (
        "found the layers {found}, expected one of them without a name or called beauty, combined or rgba; export the "
        "picture's layer alone"
    ),
    # masks, depth maps and colour spaces
    "mask_broken": "its mask {mask}: {stage}",
    "mask_link_outside": "found a link out of the folder, expected a file: copy it there",
    "mask_kind": "found a picture of kind {found}, expected a PNG",
    "depth_kind": "found a picture of kind {found}, expected a depth map as EXR or PNG",
    "depth_metres_in_8_bits": (
        'found metres in 8 bits, expected 16 (millimetres) or an EXR; say depth_is = "normalised" if it holds shares'
    ),
    "colour_space_unknown": ("found {found!r}, expected an OpenColorIO colour space; did you mean {near!r}?"),
    "colour_space_far_off": "found {found!r}, expected an OpenColorIO colour space, such as {names}",
    "colour_space_no_film": (
        "found {found!r}, expected a colour space that is one curve and one matrix for films, such as a camera's log, "
        "rec709, hlg or pq"
    ),
    "film_reader_missing": (
        "found no PyAV, which reads films, expected it beside the program: pip install 'openstage[video]'"
    ),
}
"""By code, the English sentences: `str.format` templates over the values. `stage` is the code of a fault within."""


class FaultError(Exception):
    """A file cannot be used: a code of `sentences` with its values. `where` is a place in the file, "" for all."""

    sentences: ClassVar[Mapping[str, str]] = {}

    def __init__(self, code: str, where: str = "", /, **values: Scalar) -> None:
        self.code, self.where, self.values = code, where, values
        said = in_english(values)
        if "stage" in values:
            said["stage"] = self.sentences[str(values["stage"])].format_map(said)
        reason = self.sentences[code].format_map(said)
        super().__init__(f"{where}: {reason}" if where else reason)

    @classmethod
    def around(cls, within: FaultError, code: str, where: str = "", /, **values: Scalar) -> Self:
        """A fault that is about another one, of what the file holds or of a file beside it."""
        return cls(code, where, **{**within.values, **values, "stage": within.code})


class PictureError(FaultError, ValueError):
    """A picture cannot be used: a code of the table above, or of a kind that is not read."""

    sentences: ClassVar = {**PICTURE_FAULTS, **UNREAD_KINDS}


def fault_of(error: BaseException) -> FaultError:
    """What is wrong with a picture whose reading raised an error."""
    if isinstance(error, FaultError):
        return error
    if isinstance(error, RefusedFileError):
        return error.fault
    if isinstance(error, MemoryError):
        return PictureError("picture_memory")
    if isinstance(error, OSError):
        return PictureError("picture_unreadable", found=said_by_system(error))
    return PictureError("picture_pixels_damaged")


class RefusedFileError(ConfigError):
    """A file is refused: a line for terminals, and the `fault` for other languages."""

    def __init__(self, fault: FaultError, path: object = "") -> None:
        super().__init__(f"{path}: {fault}" if str(path) else str(fault))
        self.fault = fault
