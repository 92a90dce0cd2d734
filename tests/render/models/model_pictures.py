"""Small pictures of models for tests: a view, a target, light, and what is read back."""

import numpy as np

from render.models.around import LightAround
from render.models.drawing import ModelPass
from render.models.gpu import GpuModel
from render.models.light import ModelLight, even_light
from render.models.placing import place_model, raster_view, stage_from_model
from render.models.pose import pose_at
from render.views.edges import Tangents
from render.views.view import View

DARK = ModelLight(even_light((0.0, 0.0, 0.0)))


def view_of(eye_m=(0.0, -4.0, 0.0), size_px=(48, 48), half=0.3, near_m=0.1):
    """A view along +Y, upright, with its pixels' rays (rows, columns, 3), not normalised."""
    across = half * size_px[0] / size_px[1]
    edges = Tangents(left=-across, right=across, bottom=-half, top=half)
    view = View(
        eye_m=eye_m, right=(1.0, 0.0, 0.0), ahead=(0.0, 1.0, 0.0), up=(0.0, 0.0, 1.0), edges=edges, size_px=size_px
    )
    columns = (np.arange(size_px[0]) + 0.5) / size_px[0] * 2.0 * across - across
    rows = half - (np.arange(size_px[1]) + 0.5) / size_px[1] * 2.0 * half
    x, z = np.meshgrid(columns, rows)
    return raster_view(view, near_m), np.stack([x, np.ones_like(x), z], axis=-1)


class Drawn:
    """Draws models that stand still, and reads pictures back."""

    def __init__(self, context, size_px=(48, 48)):
        self.context = context
        self.models = ModelPass(context)
        self.texture = context.texture(size_px, 4, dtype="f4")
        self.target = context.framebuffer([self.texture], context.depth_texture(size_px))

    def placed(self, model, transform=None):
        gpu = GpuModel(self.context, model)
        return place_model(gpu, stage_from_model() if transform is None else transform, pose_at(model, None, 0.0).nodes)

    def picture(self, view, placed, light=DARK, tier="low"):
        """(rows, columns, 4), row 0 the top."""
        self.models.draw(self.target, view, placed, light, tier)
        width, height = self.texture.size
        return np.frombuffer(self.texture.read(), np.float32).reshape(height, width, 4).astype(float)


def sphere_normals(rays, eye_m, radius_m=1.0):
    """Where rays meet a sphere round the origin: normals (..., 3), and which of them do."""
    eye = np.array(eye_m)
    ways = rays / np.linalg.norm(rays, axis=-1, keepdims=True)
    along = -(ways @ eye)
    squared = along**2 - (eye @ eye - radius_m**2)
    met = squared > 0.0
    distance = along - np.sqrt(np.where(met, squared, 0.0))
    return (eye + distance[..., None] * ways) / radius_m, met


def even_cube(context, light):
    cube = context.texture_cube(
        (32, 32), 4, np.tile(np.array([*light, 1.0], np.float32), 6 * 32 * 32).tobytes(), dtype="f4"
    )
    around = LightAround(context)
    around.update(cube)
    return around
