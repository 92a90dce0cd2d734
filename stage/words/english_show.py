"""The English sentences about a show's cues, lights, films and 3D scenes, by code."""

from __future__ import annotations

CUE_REFUSALS = {
    "no_cues": "there are no cues: add one, or put cues.toml into the show's folder",
    "no_cue_left": "the last cue has been played: go back, or go to one by its number",
    "no_cue": "there is no cue {number}, of {count}; near it: {near}",
    "no_go_to_take_back": "no GO is left to go back from",
    "cue_without_look": "cue {cue} names the look {look!r}, which is not there: make it, or go to another cue",
    "too_many_cues_wait": "too many values wait for the delays of their cues: wait, or go back",
    "not_in_cues": "{path} is the stage's own, or kept from a take that records, so no cue holds it",
    "not_a_cue_number": "no cue has the number {found}: expected 0.001 to 9999.999 with at most three decimals",
    "cue_number_missing": "a cue's number is missing",
    "cue_number_taken": "there is a cue {number} already: edit it, or give another number",
    "no_room_between_cues": "there is no number left after cue {number}: renumber the cues",
    "cue_name_not_one_line": "the name of cue {number} is printable and one line, not {found!r}",
    "cue_of_look_and_values": "cue {number} has a look and values of its own: give one of them",
    "cue_of_nothing": "cue {number} has neither a look nor a value: give it one of them",
    "cue_part_of_no_look": "cue {number} has parts of a look (only), and no look: leave them out",
    "no_cue_named": "no cue is named: give at least one",
    "too_many_cues": "there may be {most} cues: delete some first",
    "cues_too_large": "the values of all cues would take more than {most_mib} MiB: make looks of them",
}
"""Refusals of the fold."""

CUES = {
    **CUE_REFUSALS,
    "cue_look_missing": "cue {cue} is next, and its look {look!r} is not there: make it, or edit the cue",
    "cue_world_missing": "cue {cue} is next, and its world {world!r} is not there: add it, or edit the cue",
    "cues_unreadable": "{file} is not read anew, the cues stay as they were: {why}",
    "cues_not_written": "the cues cannot be written to {file}: {found}; it is tried again",
    "cues_set_aside": "{file} was changed by hand and by a client at once: what was written by hand is in {aside}",
}


LIGHTS = {
    "lights_overlap": (
        "light {light} and light {other} share channels of universe {universe}, {light} has them: patch one anew"
    ),
    "light_beyond": "light {light} ends at channel {last} of universe {universe}, beyond 512: give it a lower address",
    "lights_unmeasured": (
        "lights that follow more than can be measured ({most} cells): {count}; they keep what they gave"
    ),
    "desk_silent": "the desk on universe {universe} has fallen silent: what it set stays; see to its cable",
    "desk_unknown_path": "{path} is no parameter of this stage, so no desk can move it",
    "desk_geometry": "{path} belongs to how the stage is set up, and no desk ever moves that",
    "desk_role": "{path} may not be set by a desk with the role {role}: see [dmx] role",
    "desk_no_choices": "{path} has nothing to choose from, so no desk can move it",
    "desk_range": "the range that a desk is to move {path} in goes beyond its own: give low and high within it",
    "desk_text": "{path} is text, which no desk can set",
    "lights_restarted": "restarts of the process that sends to the lights: {count}; they go on as they were",
    "lights_link": "the lights get nothing by {output}: {why}",
}

LIGHT_REFUSALS = {
    "no_light": "there is no light {light!r}, there are: {lights}",
    "no_light_at_all": "there is no light {light!r}: the configuration has no [[lights]]",
    "lights_asked": "{most} lights are being measured already: ask again in a moment",
    "light_not_measured": "what light {light} would follow was not measured within {seconds:g} s: is anything drawn?",
}


PLATES = {
    "plate_unreadable": "film {file} cannot be read: {found}",
    "film_lens_unread": "{file} is shown as it was shot: its lens {lens} is read of worlds in the configuration alone",
    "plate_no_memory": (
        "film {file} needs {needed} MiB for the frames that are read ahead, {budget} are left for all: raise "
        "library.plates_mib, or use smaller films"
    ),
    "plate_no_gpu_room": "frames of films have no room in graphics memory: {why}",
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
