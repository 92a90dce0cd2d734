"""Parameters of the on-wall tools: light cards, key patches, outlines, the frozen outer, late pose. Pure.

Angles are seen from the outer eye; light is linear ACEScg, 1.0 is 100 nits at exposure 0.
"""

from __future__ import annotations

import msgspec

from render.plan.cards import CARD_SHAPES
from render.plan.key import KEY_REGIONS
from stage.show.plan.reprojection import MODES
from stage.values.kinds import Parameter, choice, look, operator_switch, setting, switch


def _in_looks(parameter: Parameter) -> Parameter:
    return msgspec.structs.replace(parameter, role="director", in_looks=True)


STAGE_TOOLS = (
    switch("/outer/freeze", "The picture outside the cameras' views keeps its eye and its world; cards still move."),
)
CARD = (
    _in_looks(switch("/card/{name}/enabled", "The card is on the walls.")),
    _in_looks(choice("/card/{name}/shape", CARD_SHAPES, "Its outline.")),
    look("/card/{name}/azimuth_deg", "deg", (-360.0, 360.0), 0.0, "Its middle, + to the left like pan; 0 is +Y."),
    look("/card/{name}/elevation_deg", "deg", (-90.0, 90.0), 20.0, "Its middle, + up."),
    look("/card/{name}/width_deg", "deg", (0.1, 360.0), 20.0, "From side to side, before it is rolled."),
    look("/card/{name}/height_deg", "deg", (0.1, 360.0), 20.0, "From top to bottom, before it is rolled."),
    look("/card/{name}/roll_deg", "deg", (-360.0, 360.0), 0.0, "Turned about its middle, + clockwise."),
    look("/card/{name}/feather_deg", "deg", (0.0, 90.0), 2.0, "Soft edge outside its size; at least one LED."),
    look("/card/{name}/exposure_stops", "stops", (-12.0, 12.0), 0.0, "A card's light; a window's change of light."),
    look("/card/{name}/red", "", (0.0, 100.0), 1.0, "Linear ACEScg factor on its red."),
    look("/card/{name}/green", "", (0.0, 100.0), 1.0, "Linear ACEScg factor on its green."),
    look("/card/{name}/blue", "", (0.0, 100.0), 1.0, "Linear ACEScg factor on its blue."),
    look("/card/{name}/temperature_k", "K", (2000.0, 15000.0), 6500.0, "White point, over its colour; 6500 is none."),
    look("/card/{name}/opacity", "", (0.0, 1.0), 1.0, "0 nothing of it, 1 all; how much light a flag takes away."),
    _in_looks(switch("/card/{name}/in_view", "It lies over the cameras' views too, and so in the film picture.")),
)
CAMERA_TOOLS = (
    operator_switch("/camera/{name}/outline", "Lines on the walls where the camera's frame and its view end."),
    choice(
        "/camera/{name}/late_pose",
        MODES,
        "Its picture is drawn every 2 to 8 frames, or in tiles over as many, and looked into from the newest eye; "
        "held: the view stands still between drawings, for comparison; auto: in as many tiles as drawing needs.",
    ),
    operator_switch("/camera/{name}/key/enabled", "A chroma-key patch in place of the camera's inner picture."),
    choice("/camera/{name}/key/region", KEY_REGIONS, "All of the view, or only what the lens sees."),
    setting("/camera/{name}/key/red", "", (0.0, 100.0), 0.15, "The patch's light, linear ACEScg."),
    setting("/camera/{name}/key/green", "", (0.0, 100.0), 0.4, "The patch's light, linear ACEScg."),
    setting("/camera/{name}/key/blue", "", (0.0, 100.0), 0.09, "The patch's light, linear ACEScg."),
    choice(
        "/camera/{name}/key/markers",
        ("stage", "frame", "off"),
        "Crosses that stick to the walls, for tracking; or stand still in the film frame; or none.",
    ),
    setting(
        "/camera/{name}/key/marker_exposure_stops", "stops", (-6.0, 6.0), -1.0, "The crosses' light over the key's."
    ),
    setting("/camera/{name}/key/marker_spacing_deg", "deg", (1.0, 90.0), 8.0, "From cross to cross."),
    setting("/camera/{name}/key/marker_size_deg", "deg", (0.1, 20.0), 1.5, "From tip to tip of a cross."),
)
