"""The demo's arc wall, and a camera's inner picture before it: what several benchmarks draw."""

from __future__ import annotations

from calibration.walls import ArcShape, Signal, Wall
from render.plan.frame import OuterPlan
from render.plan.inner import InnerPlan
from render.views.edges import Tangents
from tracking.records import Vec3

OUTER = OuterPlan(eye_m=(0.0, 0.0, 1.5), face_px=512)


def demo_wall(peak_nits: float) -> Wall:
    """The wall of `hw_configs/sim_demo.toml`, as bright as is asked for."""
    return Wall(
        name="main",
        resolution_px=(1024, 320),
        shape=ArcShape(radius_m=4.0, sweep_deg=120.0, height_m=2.6),
        signal=Signal(curve="srgb", peak_nits=peak_nits),
    )


def demo_inner(eye_m: Vec3, size_px: tuple[int, int]) -> InnerPlan:
    """What camera A sees of it, looking straight ahead through a lens of 54 degrees."""
    return InnerPlan(
        camera="A",
        light_ns=0,
        eye_m=eye_m,
        right=(1.0, 0.0, 0.0),
        ahead=(0.0, 1.0, 0.0),
        up=(0.0, 0.0, 1.0),
        frame=Tangents(left=-0.514, right=0.514, bottom=-0.289, top=0.289),
        view=Tangents(left=-0.55, right=0.55, bottom=-0.32, top=0.32),
        feather=0.05,
        drawn=Tangents(left=-0.61, right=0.61, bottom=-0.38, top=0.38),
        size_px=size_px,
    )
