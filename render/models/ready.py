"""What a model needs before it is drawn, made where it was read, so that the loop that draws need not wait for it."""

from __future__ import annotations

from render.models.edges import edges_of
from render.models.materials import holds_colours
from render.models.model import Mesh, Model, Part, Picture
from render.models.parts import ball_of
from render.models.texture_levels import made_levels


def made_ready(model: Model) -> Model:
    """The model with the edges of its parts, and all levels of its pictures. About a third larger."""
    standing = {node.mesh for node in model.nodes}
    colours = holds_colours(model)
    return model._replace(
        meshes=tuple(_mesh(mesh) if number in standing else mesh for number, mesh in enumerate(model.meshes)),
        pictures=tuple(
            _picture(picture, is_srgb=colours[number]) if number in colours else picture
            for number, picture in enumerate(model.pictures)
        ),
    )


def _mesh(mesh: Mesh) -> Mesh:
    return mesh._replace(parts=tuple(_part(part) for part in mesh.parts))


def _part(part: Part) -> Part:
    return part._replace(edges=edges_of(part), ball=ball_of(part))


def _picture(picture: Picture, *, is_srgb: bool) -> Picture:
    return picture._replace(levels=made_levels(picture.codes, is_srgb=is_srgb), is_srgb=is_srgb)
