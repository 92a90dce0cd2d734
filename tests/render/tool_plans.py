"""On-wall tools for drawing tests, made by hand."""

import msgspec

from render.plan.cards import CardPlan
from render.plan.inner import InnerPicturePlan, PicturePartPlan
from render.plan.key import KeyPlan
from render.views.edges import Tangents
from render.worlds.panorama.record import PanoramaPlan
from tests.render.sample_plans import OUTER_EYE, air_of

GREEN = (0.1, 0.6, 0.05)
CROSS = (0.9, 0.2, 0.1)
FIXED_EYE = (0.0, 0.0, 1.5)
SOME_PANORAMA = PanoramaPlan()


def card(name="key", kind="card", shape="rectangle", azimuth=0.0, elevation=0.0, **changes):
    """20 degrees wide, 10 high, a feather of 3, white, whole."""
    plan = CardPlan(
        name=name,
        eye_m=OUTER_EYE,
        kind=kind,
        shape=shape,
        azimuth_deg=azimuth,
        elevation_deg=elevation,
        roll_deg=0.0,
        width_deg=20.0,
        height_deg=10.0,
        feather_deg=3.0,
        red=1.0,
        green=1.0,
        blue=1.0,
        exposure_stops=0.0,
        temperature_k=6500.0,
        opacity=1.0,
    )
    return msgspec.structs.replace(plan, **changes)


def with_cards(plan, *cards):
    return msgspec.structs.replace(plan, outer=msgspec.structs.replace(plan.outer, cards=tuple(cards)))


def key(region="view", markers="off", **changes):
    plan = KeyPlan(
        region=region,
        light=GREEN,
        markers=markers,
        marker_light=CROSS,
        marker_eye_m=FIXED_EYE,
        spacing_rad=0.14,
        size_rad=0.05,
    )
    return msgspec.structs.replace(plan, **changes)


def keyed(camera, region="view", markers="off", **changes):
    return msgspec.structs.replace(camera, key=key(region, markers, **changes))


def outlined(camera):
    return msgspec.structs.replace(camera, outline=True)


def earlier_picture(camera, *, frame=0, world=SOME_PANORAMA, wider=1.4):
    """What was drawn from `camera`'s pose, wider than its own picture and as fine."""
    drawn = camera.drawn
    return InnerPicturePlan(
        frame=frame,
        air=air_of(world),
        eye_m=camera.eye_m,
        right=camera.right,
        ahead=camera.ahead,
        up=camera.up,
        drawn=Tangents(
            left=drawn.left * wider, right=drawn.right * wider, bottom=drawn.bottom * wider, top=drawn.top * wider
        ),
        size_px=(round(camera.size_px[0] * wider), round(camera.size_px[1] * wider)),
    )


def looking_into(camera, picture, coming=None, part=0, parts=1):
    following = None if coming is None else PicturePartPlan(picture=coming, part=part, parts=parts)
    return msgspec.structs.replace(camera, picture=picture, coming=following)
