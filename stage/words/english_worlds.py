"""The English sentences about what worlds show, by code: films that play, and files of 3D scenes."""

from __future__ import annotations

PLATES = {
    "plate_unreadable": "film {file} cannot be read: {found}",
    "film_lens_unread": "{file} is shown as it was shot: its lens {lens} is read of worlds in the configuration alone",
    "plate_no_memory": (
        "film {file} needs {needed} MiB for the frames that are read ahead, {budget} are left for all: raise "
        "library.plates_mib, or use smaller films"
    ),
    "plate_no_gpu_room": "frames of films have no room in graphics memory: {found}",
    "plates_restarted": "restarts of the process that reads films: {count}; see which film was playing then",
    "page.plate": "Film",
    "page.no_film": "No film is on the walls.",
    "page.film_is": "{length}, {rate:.4g} frames a second",
    "page.film_runs": "Runs",
    "page.film_stands": "Stands",
    "page.film_play": "Play",
    "page.film_pause": "Pause",
    "page.film_to_begin": "To its beginning",
    "page.film_in_here": "Begin here",
    "page.film_out_here": "End here",
    "page.film_whole": "Whole film",
    "page.film_place": "Place in the film",
    "page.film_timecode": "It goes with time code: where it is decides the code.",
    "page.film_late": "{count} frames late",
    "page.choice.loop": "Loop",
    "page.choice.hold": "Hold",
    "page.choice.hide": "Hide",
    "page.parameter.play": "Plays",
    "page.parameter.layer.speed": "Speed",
    "page.parameter.position_s": "Place",
    "page.parameter.offset_s": "Later by",
    "page.parameter.in_s": "Begins at",
    "page.parameter.out_s": "Ends at",
    "page.parameter.end": "At its end",
    "page.parameter.loop_frames": "Loop's dissolve",
    "page.parameter.near_m": "Nearest",
    "page.parameter.far_m": "Farthest",
    "page.parameter.crop_left": "Crop, left",
    "page.parameter.crop_right": "Crop, right",
    "page.parameter.crop_top": "Crop, top",
    "page.parameter.crop_bottom": "Crop, bottom",
}

MODELS = {
    "model_extension_ignored": "{file} uses {extension}, which is passed over: it may look different here",
    "model_cameras_ignored": "cameras of {file} that are passed over: {count}; the stage has its own",
    "model_extras_ignored": "nodes, meshes or materials in {file} whose custom properties are passed over: {count}",
    "model_lamps_many": "lamps in {file}: {count}, of which the {most} nearest to each eye are drawn with",
    "model_scenes_ignored": "further scenes of {file} that are passed over: {count}; its default one is shown",
    "model_lines_ignored": "parts of {file} made of points or lines, which are passed over: {count}",
    "model_flat_triangles_dropped": "triangles of {file} without area, which are left out: {count}",
    "model_joints_ignored": (
        "parts of {file} with more than 8 joints a vertex: {count}; the first 8 move it, so export it with at most 8"
    ),
    "model_maps_ignored": (
        "maps of {file} without a picture, or on a third set of UVs or later, which are passed over: {count}"
    ),
    "model_channels_ignored": "channels of animations in {file} that move nothing that is shown: {count}",
    "model_empty": "{file} has no triangle to show: export the objects too",
    "movement_unknown": "{file} has no animation {found}, so it stands still; it has: {movements}",
    "page.scene": "Where the scene stands",
    "page.scene_note": "Drag it on the plan, the stage's front up. Two fingers turn it and make it larger or smaller.",
    "page.scene_place": "Plan: the scene stands {x:.1f} m right, {y:.1f} m to the front",
    "page.parameter.floor_m": "Ground's height",
    "page.parameter.scale": "Scale",
    "page.parameter.moves": "Moves",
    "page.parameter.pace": "Pace",
}
