"""How often what is measured of pictures is wrong: missed where it is there, and found where it is not.

`python -m tests.finding_rates [--count N]` prints a row for each finding, over made pictures, and over panoramas of the
field where OPENSTAGE_DATA names them. A short form of it runs with the tests of `render`.
"""

import argparse
import os
from collections import Counter
from itertools import cycle, product
from pathlib import Path
from typing import NamedTuple

import numpy as np

from render.assets.decode import decode_picture
from render.assets.facts import LUMINANCE
from render.worlds.shared.values import LayerValues
from render.worlds.sky.daylight import sun_over_sky
from stage.show.air.remarks import picture_remarks
from stage.show.air.remarks_of_pictures import sun_remarks
from stage.show.air.sight import Sight
from tests.made_pictures import errors_deg, facts_of, light_of, seen, shots, sphere, with_sun

OFF_DEG, WORSE_DEG = 0.5, 0.3
_SUNS_DEG = (3.0, 15.0, 30.0, 50.0, 70.0)
_SMOOTH = (1.0, 2.0, 3.0)


class Rate(NamedTuple):
    """How many of `bad` pictures were missed, and how many of `good` ones something was said of."""

    what: str
    bad: int
    missed: int
    good: int
    alarms: int


def horizon_rates(count):
    """Rolled and cropped landscapes: how many have their horizon within half a degree, a wrong one, or none."""
    found = Counter()
    for index, shot in enumerate(shots(count)):
        facts = facts_of(light_of(shot, as_jpeg=index % 2 == 1))
        verdict = "none" if facts.horizon is None else "wrong" if max(errors_deg(shot, facts)) > OFF_DEG else "right"
        found[verdict] += 1
    return found


def level_rates(count):
    """Level landscapes: how many are moved by more than a third of a degree, of how many."""
    worse = 0
    for shot in shots(count, level=True):
        facts = facts_of(light_of(shot))
        worse += facts.horizon is not None and max(errors_deg(shot, facts)) > WORSE_DEG
    return worse


def spheres(count):
    """Light of spheres: made, and of the field."""
    yield from (sphere(seed=seed) for seed in range(1, count + 1))
    folder = os.environ.get("OPENSTAGE_DATA")
    for path in sorted((Path(folder) / "content" / "hdri").glob("*.[eh][xd]r")) if folder else ():
        yield decode_picture(path).pixels


def perspectives(count):
    """2:1 pictures in perspective."""
    for shot in shots(count, level=True):
        light = light_of(shot)
        rows = min(len(light), light.shape[1] // 2)
        yield light[len(light) - rows :, : 2 * rows]


def with_step(light, step):
    """A sphere whose right edge is brighter than its left one by a share."""
    return light * np.linspace(1.0, 1.0 + step, light.shape[1])[:, None]


def eight_bits(light):
    """Light as 8 bits of sRGB hold it, white at 1."""
    code = np.clip(light, 0.0, 1.0)
    code = np.where(code <= 0.0031308, code * 12.92, 1.055 * code ** (1.0 / 2.4) - 0.055)
    code = np.round(code * 255.0) / 255.0
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)


def exposed(light, share):
    """A picture so bright that this share of it is clipped, in 8 bits."""
    return eight_bits(np.minimum(light / max(float(np.quantile(light.max(-1), 1.0 - share)), 1e-6), 1.0))


def codes_of(light):
    """What is said of a picture where it is placed as it would start."""
    facts = facts_of(light)
    values = LayerValues(projection="sphere" if facts.is_sphere else "flat")
    return {remark.code for remark in picture_remarks("a", facts, values, Sight())}


def lacks_sun(light):
    """Whether something is said of the sun of a picture."""
    return any(sun_remarks(facts_of(light)))


def sun_errors(count):
    """How far the stops that a sun is said to lack are off, where it lacks three to fifteen."""
    skies = (sphere(seed=seed) for seed in range(1, count + 1))
    for light, high, stops in zip(skies, cycle(_SUNS_DEG), cycle((3.0, 6.0, 10.0))):
        dim = with_sun(light, high, sun_over_sky(high) * 2.0**-stops)
        for remark in sun_remarks(facts_of(dim)):
            yield remark.values["stops"] - stops


def rate(what, bad, good, is_found):
    """The rate of one finding over pictures that have it and pictures that do not."""
    found_bad, found_good = [is_found(one) for one in bad], [is_found(one) for one in good]
    return Rate(what, len(found_bad), found_bad.count(False), len(found_good), found_good.count(True))


def sun_rate(count):
    """The rate of suns that lack light, over made skies."""
    skies = [0.5 * light / float(light.max()) for light in (sphere(seed=seed) for seed in range(1, count + 1))]
    sunny = [with_sun(light, high, sun_over_sky(high)) for light, high in zip(skies, cycle(_SUNS_DEG))]
    dim = [np.minimum(light, 1.0) for light in sunny]
    return rate("a sun clipped at white; none, or a whole one", dim, [*skies, *sunny], lacks_sun)


def rates(count):
    """Every finding's rate, over `count` made pictures of each kind."""
    whole, flat = list(spheres(count)), list(perspectives(count))
    yield rate("a sphere is one (perspective of 2:1)", whole, flat, lambda light: facts_of(light).is_sphere)
    stepped = [with_step(light, 0.2) for light in whole]
    yield rate("seam of 20 %", stepped, whole, lambda light: "seam_seen" in codes_of(light))
    clipped = [exposed(light, 0.02) for light in whole]
    unclipped = [0.8 * light / float(light.max()) for light in whole]
    yield rate("2 % clipped", clipped, unclipped, lambda light: facts_of(light).clipped > 0.001)
    yield sun_rate(count)
    smooth = [sphere(512, seed, 0.0, _SMOOTH) for seed in range(1, count + 1)]
    grainy = [sphere(512, seed, 0.03, _SMOOTH) for seed in range(1, count + 1)]
    is_banded = lambda light: "picture_banded" in codes_of(light)  # noqa: E731
    yield rate("8-bit gradients (grain of 3 %)", map(eight_bits, smooth), map(eight_bits, grainy), is_banded)


def views_with_a_wrong_horizon():
    """Views into the panoramas of the field, rooms and streets: how many have a horizon that is wrong, of how many."""
    wrong, number = 0, 0
    for light in spheres(0):
        for pan_deg, tilt_deg in product(range(0, 360, 45), (0.0, 15.0, -20.0)):
            view, row = seen(light, pan_deg, tilt_deg)
            facts, number = facts_of(view), number + 1
            off = facts.horizon is not None and max(45.0 * abs(facts.horizon - row), abs(facts.roll_deg)) > 1.0
            wrong += off
    return wrong, number


def stops_errors(count):
    """How far the stops that clipped light is said to lack are off, over parts of half a percent to five."""
    for light in spheres(count):
        for share in (0.005, 0.02, 0.05):
            white = max(float(np.quantile(light.max(-1), 1.0 - share)), 1e-6)
            facts = facts_of(np.minimum(light / white, 1.0))
            luminance = light @ np.array(LUMINANCE)
            clipped = luminance[luminance >= white]
            if len(clipped) and facts.clipped:
                yield facts.missing_stops - float(np.log2(clipped.mean() / white))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=44, help="made pictures of each kind")
    count = parser.parse_args().count
    found = horizon_rates(count)
    print(f"horizons of {count} landscapes: {found['right']} right, {found['wrong']} wrong, {found['none']} not found")
    print(f"level landscapes made worse: {level_rates(count)} of {count}")
    wrong, number = views_with_a_wrong_horizon()
    print(f"views into panoramas of the field with a wrong horizon: {wrong} of {number}")
    for one in rates(count):
        print(f"{one.what}: missed {one.missed} of {one.bad}, false alarms {one.alarms} of {one.good}")
    errors = np.array(list(sun_errors(count)))
    print(f"stops that suns lack: said of {len(errors)}, off by {np.abs(errors).max():.1f} at most")
    errors = np.array(list(stops_errors(0)))
    if len(errors):
        print(
            f"stops that clipped light lacks, panoramas of the field: off by {np.abs(errors).mean():.1f} in the mean, "
            f"{np.abs(errors).max():.1f} at most"
        )


if __name__ == "__main__":
    main()
