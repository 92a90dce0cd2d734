"""The English sentences about files of 3D scenes, by code: what of one is passed over, and what that means."""

from __future__ import annotations

MODELS = {
    "model_extension_ignored": "{file} uses {extension}, which is passed over: it may look different here",
    "model_cameras_ignored": "cameras of {file} that are passed over: {count}; the stage has its own",
    "model_extras_ignored": "custom properties in {file}, which are passed over: of {count} nodes, meshes or materials",
    "model_lamps_many": "{file} has {count} lamps: of those, the {most} nearest to each eye are drawn with",
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
