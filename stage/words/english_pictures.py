"""The English sentences about pictures, worlds and what is missing, by code: `str.format` templates over its values."""

from __future__ import annotations

MISSING = {
    "source_missing": "{source} cannot be received: {why}; it is tried again every second",
    "device_absent": "there is no such device: plug it in, or correct its name",
    "no_permission": "this user may not open it: correct its permissions, or choose another",
    "in_use": "another program uses it: end that program, or choose another",
    "address_absent": "no interface of this machine has that address: connect the network, see `ip address`",
    "interface_absent": "there is no such interface: connect it, see `ip address`",
    "interface_down": "its network interface is down: plug in the cable, or switch it on, see `ip address`",
    "cannot_open": "{found}",
    "monitor_missing": "outputs[{output}]: monitor {monitor} is missing: connect it, or correct its name in {known}",
    "display_missing": "there is no display ({found}): start its X11 or Wayland session; nothing is shown until then",
    "asset_absent": "{file} is not there; it is shown once it is",
    "asset_changes": "{file} changes while it is read; it is shown once it stands still",
    "asset_kills_decoder": "whatever decodes {file} dies of it; the file is damaged, or made to do that",
    "asset_no_disk_room": (
        "{file}: found {free_mb} MB free where the run keeps its pictures (TMPDIR), expected {needed_mb} MB"
    ),
    "asset_no_gpu_memory": (
        "{file} needs {needed} MiB of graphics memory, which the driver does not have ({found}); lower "
        "library.gpu_mib, use smaller pictures, or end other programs"
    ),
    "asset_no_gpu_room": (
        "{file} needs {needed} MiB of graphics memory, of {budget} MiB that worlds may have {in_use} MiB are shown; "
        "raise library.gpu_mib, or use smaller pictures"
    ),
    "asset_not_kept": "{file} cannot be kept in the run's folder ({found})",
    "asset_refused": "{file}: {found}",
    "asset_takes_memory": "{file}: found more pixels than there is memory for",
    "asset_broken": "{file}: {cause}",
    "asset_broken_at": "{file}: {at}: {cause}",
    "library_missing": "the library's folder {folder} is away ({why}): its worlds stay listed until it is back",
    "library_emptied": "another folder, an empty one, is in its place",
    "library_refused": (
        "files in the library's folder that are no worlds: {count}, {example} among them: stage control worlds says why"
    ),
    "library_too_many": "{count} files in the library's folder are too many: the newest {most} are listed",
    "library_link_broken": "{file} is a link to nothing; copy the picture itself into the folder",
    "library_link_outside": "{file} is a link that leads out of the library's folder; copy the picture itself there",
    "library_name_unusable": "{file} has a name with bytes that are no text, or with control characters; rename it",
    "library_world_broken": "{file}: {why}",
    "library_not_a_file": "{file} is a pipe or device and not an ordinary file; put the picture itself there",
    "library_newer_unreadable": "its newer version cannot be shown: {why}",
    "take_asset_no_room": (
        "{file} is not kept beside the takes: found {free_mb} MB free, expected {needed_mb} MB; the take can be drawn "
        "again only while the file stays as it is"
    ),
    "take_asset_not_kept": "{file} is not kept beside the takes: {found}; leave the file as it is, or make room",
    "take_asset_replaced": (
        "{file} was replaced and its own copy is gone: the take cannot be drawn again as it was; its numbers are whole"
    ),
    "world_newer_unreadable": "world {world} stays as it was: its newer version cannot be shown: {why}",
    "world_unreadable": "world {world} cannot be shown: {why}",
    "picture_edge_in_frame": (
        "camera {camera} sees {by_deg:g} deg beyond the {side} edge of world {world}: turn or widen the picture"
    ),
    "plate_late": "film {file}: frames are not shown when they are due, {count} so far: {why}",
    "plate_not_decoded": "they were not decoded in time: use a lighter codec, see `stage world check`",
    "plate_not_uploaded": "they were not on the graphics card in time: use a smaller film, or fewer at once",
    "plate_disk": "its disk does not deliver them: copy the film to a faster one",
    "plate_decoder_lost": "the decoder ended and is started again",
    "plate_decoder_stands": "the decoder stands still: something stops it, or leaves it no processor",
    "plate_too_heavy": "no processor here decodes it as fast as it plays: use a lighter codec, see `stage world check`",
    "plate_opening": "it is being opened, and its first frames come",
    "plate_seek": "it was sent elsewhere, and was on its way there",
    "plate_set": "another film of its set was late",
    "plate_no_room": "there is no memory for them, as is said beside",
    "plate_failed": "they cannot be read, as is said beside",
    "plate_other": "an unknown cause",
    "plate_without_timecode": "a film of world {world} stands or is not in time: {why}",
    "timecode_none": "there is no time code: name its tracker as `timecode` in [stage], and check that it sends one",
    "timecode_stands": "the time code stands, or its tracker sends no more",
    "timecode_no_start": "its file has no time code: give start_timecode; it counts from 00:00:00:00",
    "plate_rates_differ": "{file} has {found:g} frames/s, {other} of the same set {expected:g}: convert one of them",
    "world_gone": "world {world} is there no longer: it stays on air until another one is",
    "world_from_copy": "{file} can no longer be read: the run's own copy is shown",
    "takes_folder_missing": "takes cannot be written: {file}: {found}; it is tried again, a wanted take starts then",
    "helper_missing": "the {helper} has ended ({exit}): it is started again after ever longer pauses",
    "panel_missing": "the preview page cannot be served at {address}: end what listens there; it is tried again",
    "checkpoint_missing": (
        "there is no room for the checkpoint ({found}): free space in the temporary folder; until the stage is "
        "started again, a core that dies may lose its last second"
    ),
    "journal_not_kept": "the journal cannot be written to {file}: {found}; what is changed now is in no log, and a "
    "power cut may lose the last second of it",
    "not_redone": "commands that were answered before the restart, and could not be carried out again: {count} of "
    "{of}, the first one {id}",
    "state_not_kept": "the state cannot be written to {file}: {found}; it would not survive a power cut",
}
"""What is missing outside the show, and is held and tried again."""

PICTURES = {
    "picture_mended": "repaired {samples} bad samples in {file}: negative, too large or not finite",
    "picture_animated": "{file} is an animation of {frames} pictures: the first of them is shown",
    "mask_stretched": (
        "{mask} has {mask_columns} x {mask_rows} pixels, {file} has {columns} x {rows}: the mask is stretched over it"
    ),
    "depth_mended": "{samples} depths in {file} are no distances, but negative or no numbers: taken for far away",
    "depth_all_alike": "all depths in {file} are alike: nothing in it is nearer than anything else",
    "depth_of_8_bits": "{file} has 8 bits: its steps are smoothed, far surfaces stay rough; ask for 16 bits or EXR",
}

REMARKS = {
    "not_a_sphere": "{columns} x {rows} pixels show no whole sphere, and are stretched over all of it: place it flat",
    "horizon_off": "its horizon is {percent} % from its top, and {off_deg:g} degrees off the height of the eye",
    "horizon_tilted": "its horizon is tilted by {tilted_deg:g} degrees",
    "seam_seen": "its left and right edges differ by {percent} % of their light: where they meet a seam is seen",
    "zenith_uneven": "its top row should be one point, but varies by {percent} %: the zenith looks pinched",
    "nadir_uneven": "its bottom row should be one point, but varies by {percent} %: the ground below looks pinched",
    "highlights_clipped": "{percent:g} % of it is clipped to white, about {stops:g} stops too dark to light anybody",
    "sun_too_dark": (
        "its sun, {elevation_deg:g} degrees high, has {stops:g} stops less light than the real one has there beside a "
        "clear sky like this: give its shadows and glints by a light or a card"
    ),
    "depth_stretched": (
        "its depth map has {depth_columns} x {depth_rows} pixels and another shape than its {columns} x {rows}: it is "
        "stretched over it"
    ),
    "depth_holds": (
        "its depth holds up to {metres:g} m off its centre: so far, a hundredth of it at most is what opens behind its "
        "edges, and nothing, {nearest_m:g} m away at the nearest, is closer than half of that"
    ),
    "picture_banded": (
        "{percent} % of it are gradients of so few values that they are steps: dither hides them on the wall as far as "
        "that can be; ask for 16 bits, or for grain"
    ),
    "flat_soft_on_wall": (
        "soft on wall {wall}: {found} picture pixels across its {needed}; ask for a picture at least {wide} wide, or "
        "soften it"
    ),
    "sphere_soft_on_wall": (
        "soft on wall {wall}: {found} picture pixels across its {needed}; ask for a flat picture at least {wide} wide, "
        "or soften it"
    ),
    "flat_soft_at_camera": (
        "camera {camera}: soft at {focal_mm:g} mm: {found} picture pixels across the frame's {needed}; ask for a "
        "picture at least {wide} wide, or soften it"
    ),
    "sphere_soft_at_camera": (
        "camera {camera}: soft at {focal_mm:g} mm: {found} picture pixels across the frame's {needed}; ask for a flat "
        "picture at least {wide} wide, or soften it"
    ),
    "brighter_than_on_air": "{stops:g} stops brighter than what is on air: a cut to it dazzles",
    "darker_than_on_air": "{stops:g} stops darker than what is on air: after a cut nothing is seen for a while",
}
"""What a director should know of a picture."""
