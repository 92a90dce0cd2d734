"""What is said of films and folders of numbered frames, in English."""

from __future__ import annotations

FILMS = {
    "media_absent": "{file} is not there; put it back, or choose another film",
    "media_alpha_unread": "{file} has an alpha that is not read; export it as ProRes 4444 with alpha, or as EXR or PNG",
    "media_anamorphic": (
        "{file} has pixels of {across} to {down}, as anamorphic films have; it is shown as wide as they make it"
    ),
    "media_askew": "{file} says that it is turned by something else than quarter turns; it is shown as it is stored",
    "media_codec_unknown": "{file} is in a codec that is not known here; export it as ProRes, DNxHR or H.264",
    "media_codec_unread": "{file}: found the codec {codec}, which is not read; export it as ProRes, DNxHR or H.264",
    "media_colours_assumed": (
        "{file} does not say what all of its colours mean; taken for {taken}, {range} range: if it looks wrong, set "
        "colour_space, matrix and range of its layer"
    ),
    "media_curve_unread": (
        "{file} has a transfer curve that is not known (H.273 number {number}); taken for {taken}: set colour_space"
    ),
    "media_cut_off": (
        "{file} is cut off: it says {said} frames, and {found} are there; copy or export it again. The frames "
        "that are "
        "there are played"
    ),
    "media_does_not_end": "{file} was examined for {seconds} s without an end; it is damaged, or made to do that",
    "media_ends_early": "{file} ends before frame {frame}: the last one is {last}; copy or export it again",
    "media_file_broken": "{file}: number {number} cannot be decoded ({why}); render it again",
    "media_form_changes": "{file} changes its pixels on the way, to {format}; export it with one form of pixels",
    "media_frame_broken": "{file}: frame {frame} is damaged; copy or export it again",
    "media_frame_damaged": "{file}: frame {frame} cannot be decoded; copy or export it again",
    "media_frame_gone": "{file}: number {number} is no longer there: the one before is shown; put it back",
    "media_frame_missing": "{file} has no picture for frame {frame}; copy or export it again",
    "media_frame_replaced": (
        "{file}: number {number} is another one than when it was opened: the one before is shown; choose its world "
        "again to show what it holds now"
    ),
    "media_frame_too_large": "{file}: a frame takes {mib} MiB, expected at most {most_mib} MiB; export it smaller",
    "media_interlaced": (
        "{file} is interlaced: both fields are shown at once, and what moves has a comb; export it deinterlaced"
    ),
    "media_kills_decoder": "whatever decodes {file} dies of it; it is damaged, or made to do that",
    "media_long_group": (
        "{file} has few key frames: a jump into it takes {seek_ms} ms of a processor; export it as "
        "ProRes or DNxHR, "
        "or "
        "with a key frame every half second"
    ),
    "media_matrix_unread": (
        "{file} has a colour matrix that is not known (H.273 number {number}); taken for {taken}: set matrix"
    ),
    "media_no_frames": "{file} has a stream of pictures, but none can be decoded ({why}); copy or export it again",
    "media_no_numbered_frames": (
        "{file}: found no numbered frames among its {files} files, expected names such as street.0001.exr (EXR, "
        "PNG or "
        "JPEG)"
    ),
    "media_no_pictures": "{file} has no moving pictures (it has: {found}), expected a film",
    "media_no_such_frame": "{file} has no frame {frame}: it has {frames}; examine it again",
    "media_not_a_film": (
        "{file} is no film that can be read, or is cut off before its index ({why}); copy it again, or export "
        "it as "
        "MOV, MP4 or MXF"
    ),
    "media_not_looked_through": (
        "{file} is too large to look through all of it: {seen} packets were seen, and {frames} frames are what it says"
    ),
    "media_numbers_apart": (
        "{file}: found {files} frames between number {first} and number {last}, expected nearly every number; "
        "put other "
        "shots into folders of their own"
    ),
    "media_numbers_missing": (
        "{file}: numbers are missing, {count} in all, the first is {first}; there the frame before is shown. "
        "Render them"
    ),
    "media_order_unknown": (
        "{file}: found {codec} with B frames in {format}, which does not say when they are shown; export it as "
        "MOV or MP4"
    ),
    "media_other_duration": (
        "{file} says that it is {said_s} s long, and its pictures are {found_s} s; those are played"
    ),
    "media_other_files": "{file}: other files in this folder are left out, {count} in all: no frames of this film",
    "media_other_pictures": "{file} has more than one stream of pictures, {count} in all; the largest is played",
    "media_pixels_unread": "{file}: found pixels ({format}) that are not read; export it as ProRes, DNxHR or H.264",
    "media_primaries_unread": (
        "{file} has primaries that are not known (H.273 number {number}); taken for {taken}: set colour_space"
    ),
    "media_rate_assumed": (
        "{file} does not say how fast it is played; taken for {rate} frames a second: rename the folder, such as "
        "street.25fps"
    ),
    "media_rate_unread": (
        "{file}: found {rate} frames a second, expected {slowest} to {fastest}; export it with the rate of the camera"
    ),
    "media_rate_varies": (
        "{file} has a variable rate: its pictures last {shortest_ms} to {longest_ms} ms. {held} frames repeat "
        "the one "
        "before, and {left_out} pictures are left out; export it with a constant rate"
    ),
    "media_replaced": (
        "{file} is another one than when it was opened; choose its world again to show what it holds now, or put the "
        "first one back"
    ),
    "media_seek_fails": "{file}: its container cannot be searched ({why}); copy or export it again",
    "media_size_changes": (
        "{file} changes its size on the way, from {first_columns} x {first_rows} to {columns} x {rows}; export "
        "it in one "
        "size"
    ),
    "media_takes_memory": "{file} needs more than {most_gib} GiB to be decoded; export it smaller",
    "media_too_large": (
        "{file}: found {columns} x {rows} pixels, expected at most {most_columns} x {most_rows}; export it smaller"
    ),
    "media_too_long": "{file}: found {frames} frames, expected at most {most}; cut it, or copy it again",
    "media_turned": "{file} was shot with the camera turned; it is shown upright, {columns} x {rows}",
    "media_unreadable": "{file} cannot be read ({found}); check the disk and the rights",
    "film_data_invalid": "its data are invalid",
    "film_ends": "it ends too early",
    "film_no_decoder": "there is no decoder for it",
    "film_no_frame": "no frame came out",
    "film_no_size": "it has no size",
    "film_not_implemented": "it has what FFmpeg does not read",
    "film_said": "{said}",
    "media_wide_colours": "{file} has the wide colours of BT.2020; taken for {taken}: set colour_space",
}
"""The codes of render/media, with `file` among the values of each."""
