"""Cards before each other, of a film with alpha and of a picture: their parallax; and the light of a film at probes."""

from fractions import Fraction

import av
import msgspec
import numpy as np
import pytest
from PIL import Image

from render.media.examine import examine_media
from render.media.planes import FrameMemory
from render.media.reader import MediaReader
from render.probes.light import COARSE
from render.worlds.on_air import LayerPlan
from render.worlds.panorama.record import PanoramaPlan
from tests.render.film_frames import ACESCG_FROM_REC709, FILM, facts_of, frame_of, light_of_rec709
from tests.render.gathered_light import cosine, flat_wall, gathered
from tests.render.measured_light import (
    BACK,
    FRONT,
    PLACES,
    SIDE,
    assert_within,
    measured,
    new_renderer,
    probe,
    with_probes,
)
from tests.render.sample_plans import ASSET, OUTER_EYE, air_of, frame_plan, inner, plane_positions, plane_wall
from tests.render.test_plates import WALL, film, stage

pytestmark = pytest.mark.gl
NEAR_M, FAR_M, WALL_M = 4.0, 20.0, 3.0
PITCH_M = 4.0 / 160


def film_with_alpha(path):
    """ProRes 4444 of one frame: its left half red, its right half open."""
    codes = np.zeros((90, 160, 4), np.uint8)
    codes[...] = (200, 20, 20, 0)
    codes[:, :80, 3] = 255
    with av.open(str(path), "w") as container:
        options = {"profile": "4", "alpha_bits": "16"}
        stream = container.add_stream("prores_ks", rate=Fraction(25), options=options)
        stream.width, stream.height, stream.pix_fmt = 160, 90, "yuva444p10le"
        frame = av.VideoFrame.from_ndarray(codes, format="rgba").reformat(format="yuva444p10le")
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def picture_of_two_colours(path):
    """A PNG whose left half is green and whose right half is blue."""
    codes = np.zeros((90, 160, 3), np.uint8)
    codes[:, :80, 1] = codes[:, 80:, 2] = 255
    Image.fromarray(codes).save(path)
    return light_of_rec709(np.asarray(Image.open(path)) / 255.0) @ ACESCG_FROM_REC709.T


def with_cards_of(renderer, folder):
    """The card of the film before that of the picture, both as wide as they were placed from the outer eye."""
    path = film_with_alpha(folder / "front.mov")
    facts = examine_media(path).facts
    assert facts.has_alpha
    frame = memoryview(bytearray(FrameMemory(facts).bytes))
    MediaReader(path, facts, threads=1).read(0, frame)
    renderer.load_plate(FILM, 0, facts, frame)
    renderer.load_world(ASSET, picture_of_two_colours(folder / "back.png").astype(np.float32))
    card = {"projection": "flat", "width_deg": 110.0, "anchor_m": OUTER_EYE}
    back = LayerPlan(light=PanoramaPlan(asset=ASSET), distance_m=FAR_M, **card)
    return air_of(back, LayerPlan(light=film(), distance_m=NEAR_M, **card))


def shares(row, lights):
    """How much of each of three lights an LED of a row has: (columns, 3)."""
    return np.linalg.solve(np.array(lights).T, row.T).T


def on_wall_m(eye_x_m, distance_m):
    """Where a ray from an eye to a card's middle passes the wall, by similar triangles."""
    return eye_x_m * (1.0 - WALL_M / distance_m)


@pytest.mark.parametrize("seen_by", ["outer eye", "camera"])
@pytest.mark.parametrize("eye_x_m", [0.8, 0.0])
def test_two_cards_move_against_each_other_as_an_eye_moves(context, tmp_path, seen_by, eye_x_m):
    renderer = stage(context)
    plan = frame_plan((WALL,), air=with_cards_of(renderer, tmp_path))
    eye = (eye_x_m, 0.0, OUTER_EYE[2])
    if seen_by == "camera":
        camera = inner(eye=eye, half=(1.2, 0.8))
        plan = frame_plan((WALL,), (camera,), air=plan.air)
    else:
        plan = msgspec.structs.replace(plan, outer=msgspec.structs.replace(plan.outer, eye_m=eye))
    renderer.draw(plan)
    row = renderer.read_wall_linear(WALL.name)[45].astype(float)
    red, green, blue = shares(row, (row[4], ACESCG_FROM_REC709[:, 1], ACESCG_FROM_REC709[:, 2])).T
    assert red.sum() * PITCH_M - 2.0 == pytest.approx(on_wall_m(eye_x_m, NEAR_M), abs=0.1 * PITCH_M)
    if eye_x_m > 0.0:
        assert 2.0 - blue.sum() * PITCH_M == pytest.approx(on_wall_m(eye_x_m, FAR_M), abs=0.1 * PITCH_M)
        assert green.max() == pytest.approx(1.0, abs=0.01)
    else:
        assert green.sum() < 0.5, "the film hides all that is green"


def codes_towards(rays):
    """Codes of a film all around that is smooth everywhere, along unit vectors (..., 3)."""
    x, y, z = np.moveaxis(rays, -1, 0)
    waves = [0.55 + 0.3 * np.sin(3.0 * x), 0.55 + 0.3 * np.sin(4.0 * y + x), 0.55 + 0.3 * np.cos(5.0 * z)]
    return np.stack(waves, axis=-1)


def light_towards(rays):
    return light_of_rec709(codes_towards(rays)) @ ACESCG_FROM_REC709.T


def all_around(columns=256, rows=128):
    turn = (np.arange(columns) + 0.5) / columns * 2.0 * np.pi - np.pi
    rise = 0.5 * np.pi - (np.arange(rows)[:, None] + 0.5) / rows * np.pi
    return np.stack(
        np.broadcast_arrays(np.sin(turn) * np.cos(rise), np.cos(turn) * np.cos(rise), np.sin(rise)), axis=-1
    )


def test_light_of_a_film_reaches_followers_as_integrated_by_numbers(context):
    wall = plane_wall(size=(160, 90), peak_nits=300.0)
    renderer = new_renderer(context, wall, fineness=COARSE)
    facts = facts_of(256, 128, planes="rgb", bits=16, full_range=True)
    codes = np.rint(codes_towards(all_around()) * 65535.0)
    renderer.load_plate(FILM, 0, facts, frame_of(facts, list(np.moveaxis(codes, -1, 0))))
    aims = [(place, axis) for place in PLACES for axis in (FRONT, SIDE, BACK)]
    plan = frame_plan((wall,), (inner(),), world=LayerPlan(light=film(full_range=True)))
    found, _ = measured(renderer, with_probes(plan, *(probe(place, axis) for place, axis in aims)))
    walls = [flat_wall(renderer, "flat", plane_positions(wall), (4.0, 2.25))]
    for light, (place, axis) in zip(found, aims, strict=True):
        assert_within(light, gathered(place, cosine(axis), walls, light_towards))
