"""Draws the small pictures of the shipped looks, each on the demo's stage as its wall would be sent; of its street, and
of a sky alone.

`PYTHONPATH=. .venv/bin/python hw_configs/looks/make_look_pictures.py` writes them beside the looks and the worlds.
"""

import tempfile
from pathlib import Path

import msgspec
from PIL import Image

from stage.stills.wall_stills import StillRequest, draw_still

LOOKS = Path(__file__).resolve().parent
CONFIG = LOOKS.parent / "sim_demo.toml"
SIZE_PX = (256, 144)
AFTERNOON = ("/time/hour", 15.0)
"""For the look whose sun goes with the hour."""
EYE = StillRequest(
    camera="A", position_m=(0.0, -1.0, 1.5), rotation_deg=(0.0, 4.0, 0.0), film=False, settings=(AFTERNOON,)
)
STREET = LOOKS.parent / "worlds" / "built_in_street.jpg"
AT_DUSK = msgspec.structs.replace(EYE, settings=(("/time/hour", 17.5),))
SKY = LOOKS.parent / "worlds" / "built_in_sky.jpg"
SKY_ALONE = msgspec.structs.replace(EYE, settings=(("/world/active", "Open sky"), AFTERNOON))


def look_picture(look: str, still: StillRequest = EYE) -> Image.Image:
    """The middle of the demo's wall under a shipped look, 16:9."""
    with tempfile.TemporaryDirectory() as folder:
        draw_still(CONFIG, still, Path(folder), look=look)
        with Image.open(Path(folder) / "wall-main.png") as wall:
            wide = round(wall.height * SIZE_PX[0] / SIZE_PX[1])
            left = (wall.width - wide) // 2
            return wall.convert("RGB").crop((left, 0, left + wide, wall.height)).resize(SIZE_PX, Image.Resampling.BOX)


if __name__ == "__main__":
    for file in sorted(LOOKS.glob("*.toml")):
        look_picture(file.stem).save(file.with_suffix(".jpg"), quality=85)
    look_picture("day", AT_DUSK).save(STREET, quality=85)
    look_picture("day", SKY_ALONE).save(SKY, quality=85)
