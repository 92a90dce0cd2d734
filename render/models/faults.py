"""What is wrong with the file of a 3D scene, as codes with values: alike in terminals, health and pages. Pure."""

from __future__ import annotations

from typing import ClassVar

from render.images.faults import FaultError, PictureError, RefusedFileError
from tracking.system_faults import said_by_system

_DAMAGED = ": the file is cut off or damaged: export it again"
_IN_FOLDER = ": keep it in the scene's folder, or export one .glb"
_AS_PNG = ": export its pictures as PNG or JPEG"
_NOT_GLTF = "; the file breaks glTF 2.0: export it again"

MODEL_FAULTS = {
    "model_unreadable": "cannot be read ({found}); check the path",
    "model_takes_memory": "needs more memory than there is; use smaller meshes and pictures",
    "model_pack_broken": "found bytes that are no whole scene ({found}); load its file again",
    # its container and its JSON
    "model_ending": "found a name that ends in {found!r}, expected .glb or .gltf",
    "model_no_glb": "found the first bytes {found}, expected glTF: this is no .glb, export it again",
    "model_version": "found glTF {found!r}, expected 2.0: export it as glTF 2.0",
    "model_cut_off": "found {found} bytes, expected {expected}" + _DAMAGED,
    "model_header_wrong": "found a header that says {found} bytes, and JSON of {text}" + _DAMAGED,
    "model_chunk_wrong": "found chunk {number} of type {found}, expected JSON first and once" + _DAMAGED,
    "model_no_json": "found no chunk of JSON" + _DAMAGED,
    "model_wide_text": "found UTF-16 text, expected UTF-8: save the file again with the encoding UTF-8",
    "model_nested": "found JSON that is nested too deep, expected a glTF file: do not use it",
    "model_type_wrong": "found {found}, expected {expected}" + _NOT_GLTF,
    "model_value_wrong": "found another value, expected {expected}" + _NOT_GLTF,
    "model_not_gltf": "{found}" + _NOT_GLTF,
    "model_lacks": "found no {expected}, expected one: export it again",
    # numbers that name something, and counts
    "model_number_unknown": "found number {found}, expected one of {count} in {of}: export it again",
    "model_count_wrong": "found {found}, expected {expected}, as many as {of}: export it again",
    "model_too_far": "found {found:.3g}, expected at most {most:g}: export it again",
    # its bytes
    "model_range_beyond": "found an end at byte {found}, expected at most {most}, the end of {of}" + _DAMAGED,
    "model_no_bytes": "found neither a uri nor bytes in the file, expected one: export it again as .glb",
    "model_stride_small": "found elements of {size} bytes every {found}, expected a stride of {size}: export it again",
    "model_sparse_many": "found {found} others, expected at most {most}: export it again",
    "model_sparse_places": "found other places, expected rising numbers below {most}" + _DAMAGED,
    "model_accessor_type": "found accessor {number} of type {found}, expected {expected}: export it again",
    "model_not_whole": "found numbers of type {found}, expected unsigned whole ones: export it again",
    "model_not_finite": "found NaN or infinity in element {place} of accessor {number}: export it again",
    "model_compressed": "is compressed with {found}, which is not read: export it without compression",
    # what it requires
    "model_needs": "found {found!r}, which is not read: export it without",
    "model_needs_compression": "found {found!r}, which is not read: export it without compression of meshes",
    "model_needs_pictures": "found {found!r}, which is not read" + _AS_PNG,
    "model_needs_glossiness": "found {found!r}, which is not read: export it with metallic-roughness materials",
    "model_needs_splats": "found {found!r}, which is not read: this is no scene of triangles",
    # its tree
    "model_two_parents": "found node {found}, which is below node {parent} too: export it again",
    "model_no_root": "found node {found}, which is below node {parent}, expected a root: export it again",
    "model_root_twice": "found node {found} twice, expected each root once: export it again",
    "model_circle": "found a node below itself, expected a tree: export it again",
    "model_matrix_beside": (
        "found a matrix beside translation, rotation or scale, expected one of the two: export it again"
    ),
    "model_no_placement": "found a last row that is not 0 0 0 1, expected a placement: export it again",
    "model_no_rotation": "found a quaternion of length {found:.4g}, expected 1: export it again",
    "model_cone_wrong": "found an inner cone of {found:.4g} and an outer of {outer:.4g}, expected a wider outer one",
    "model_places_far": "found places beyond {most:g} m, expected a scene around its origin",
    # the ground of a crowd
    "model_ground_none": (
        "found {found} triangles, none of which looks upwards and is at most 60 degrees steep, expected ground to "
        "stand on: name its node, or turn its faces over"
    ),
    "model_ground_many": "found {found} triangles to stand on, expected at most {most}: name a node, or decimate it",
    "model_ground_far": "found ground beyond {most:g} m, expected it around the scene's origin",
    "model_ground_unnamed": "found none that is called {found!r}, expected one of {expected}",
    # its meshes and movements
    "model_vertex_unknown": "found vertex {found} at place {place}, expected one of {count}: export it again",
    "model_morphs_differ": "found parts with different numbers of morph targets, expected the same for all",
    "model_half_influences": "found one of {joints} and {weights}, expected both: export it again",
    "model_joints_wide": "found joints of 32 bits, expected 8 or 16: export it again",
    "model_joint_unknown": "found joint {found}, expected one of {count} of {of}: export it again",
    "model_joint_elsewhere": "found node {found}, expected one of the scene that is shown: export it again",
    "model_channel_twice": "found a second channel for it, expected one: export it again",
    "model_keys_wrong": "found {found} values, expected {expected} for {times} times: export it again",
    "model_times_fall": "found times that do not rise from 0 on, expected each later than the one before",
    "model_sheared_moves": "found a node with a matrix that shears, expected one that can be moved",
    # its pictures
    "model_picture_source": "found neither or both of uri and bufferView, expected one: export it again",
    "model_picture_kind": "found a picture that begins with {found}, expected PNG or JPEG" + _AS_PNG,
    "model_picture_broken": "a picture of it cannot be decoded: {stage}; export its pictures as PNG or JPEG",
    "model_picture_memory": "found more pixels than there is memory for: make the picture smaller",
    # files beside it
    "model_file_beside": "found the file {found!r} beside it, expected all in one: export a .glb",
    "model_file_absent": "found no file {found!r} beside the scene" + _IN_FOLDER,
    "model_file_unreadable": "{found!r} cannot be read ({said})" + _IN_FOLDER,
    "model_file_address": "found the address {found!r}, expected a file beside the scene" + _IN_FOLDER,
    "model_file_nowhere": "found {found!r}, which leads nowhere" + _IN_FOLDER,
    "model_file_outside": "found {found!r}, which leads out of the scene's folder" + _IN_FOLDER,
    "model_file_not_utf8": "found {found!r}, expected a name in UTF-8: rename the file",
    "model_file_name": "found {found!r}, expected a relative name with / between folders: rename it",
    "model_data_uri": "found {found!r}, expected a data URI in base64: export one .glb",
    "model_data_damaged": "found base64 that is damaged ({found}): export it again",
    # how much of anything it may have, by the names of `ModelLimits`
    "model_most_file_bytes": "found {found} bytes of files, expected at most {most}: use smaller pictures and buffers",
    "model_most_decoded_bytes": "found {found} bytes of arrays, expected at most {most}: use fewer vertices",
    "model_most_json_bytes": (
        "found {found} bytes of JSON, expected at most {most}: keep buffers and pictures outside of it: export a .glb"
    ),
    "model_most_json_tables": "found {found} tables of JSON, expected at most {most}: join meshes and nodes",
    "model_most_json_values": "found {found} values of JSON, expected at most {most}: join meshes and nodes",
    "model_most_accessors": "found {found} accessors or views, expected at most {most}: join meshes",
    "model_most_nodes": "found {found} nodes, expected at most {most}: join objects",
    "model_most_depth": "found a node {found} deep in the tree, expected at most {most}: flatten the tree",
    "model_most_meshes": "found {found} meshes, expected at most {most}: join objects",
    "model_most_parts": "found {found} parts, expected at most {most}: join meshes",
    "model_most_materials": "found {found} materials, expected at most {most}: let objects share materials",
    "model_most_textures": "found {found} textures, expected at most {most}: let materials share them",
    "model_most_pictures": "found {found} pictures, expected at most {most}: let materials share them",
    "model_most_picture_pixels": "found a picture of {found} pixels, expected at most {most}: make it smaller",
    "model_most_pixels": "found {found} pixels of pictures, expected at most {most}: make pictures smaller",
    "model_most_vertices": "found {found} vertices, expected at most {most}: decimate the meshes",
    "model_most_triangles": "found {found} triangles, expected at most {most}: decimate the meshes",
    "model_most_drawn_triangles": (
        "found {found} drawn triangles, expected at most {most}: decimate the meshes, or use fewer copies"
    ),
    "model_most_instances": "found {found} copies, expected at most {most}: use fewer",
    "model_most_lamps": "found {found} lamps, expected at most {most}: use fewer",
    "model_most_skins": "found {found} skins, expected at most {most}: use fewer",
    "model_most_joints": "found {found} joints, expected at most {most}: use fewer",
    "model_most_morphs": "found {found} morph targets, expected at most {most}: use fewer",
    "model_most_movements": "found {found} animations, expected at most {most}: use fewer",
    "model_most_channels": "found {found} channels, expected at most {most}: use fewer",
    "model_most_keys": "found {found} keys, expected at most {most}: sample the animation more coarsely",
}
"""By code, the English sentences: `str.format` templates over the values. `stage` is the code of a picture's fault."""


class ModelError(FaultError):
    """A file cannot be used: a code of the table above. `where` is a place in its JSON, "" for all."""

    sentences: ClassVar = {**PictureError.sentences, **MODEL_FAULTS}


def unreadable(error: OSError, path: object) -> RefusedFileError:
    """What the system says of a file that cannot be read."""
    return RefusedFileError(ModelError("model_unreadable", found=said_by_system(error)), path)
