"""Are the walls as somebody would build them: size, attitude, pitch, brightness? Pure.

The rules of a wall's form go from the coarse to the fine. The first that finds something is enough, since what follows
would only be its consequence.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

from calibration.forms import distance_of, is_in_front
from calibration.walls import ArcShape, MeshShape, PlaneShape
from stage.config.findings import Finding
from stage.config.plausibility.units import in_radians, length_cure, listed, place_cure, within
from stage.config.survey.survey import Survey, WallSurvey
from tracking.records import Vec3

LARGEST_WALL_M = 100.0
SMALLEST_WALL_M = 0.25
HIGHEST_M = 30.0
FARTHEST_WALL_M = 40.0
FARTHEST_PLACE_M = 100.0
FINEST_PITCH_M, COARSEST_PITCH_M = 0.0001, 0.06
PITCH_TOLERANCE = 0.07
USUAL_PITCH_M = (0.0009, 0.02)
CORNER_TOLERANCE_DEG = {"plane": 1.5, "mesh": 3.0}
HIGHEST_BASE_M = 3.0
HEIGHT_OF_AN_EYE_M = 1.6
DIMMEST_NITS, BRIGHTEST_NITS = 50.0, 10_000.0


def implausible_forms(survey: Survey) -> Iterator[Finding]:
    """The first thing that is implausible of each wall's form."""
    for one in survey.walls:
        for rule in _FORM_RULES:
            found = list(rule(survey, one))
            if found:
                yield from found
                break


def implausible_signals(survey: Survey) -> Iterator[Finding]:
    """A peak that no LED wall has."""
    for one in survey.walls:
        peak = one.wall.signal.peak_nits
        key = f"{one.key}.signal.peak_nits"
        if peak < DIMMEST_NITS:
            kilo = f"written in thousands of nits? Then it is {peak * 1000.0:g}" if peak <= 10.0 else "it is in nits"
            yield Finding(key, f"found {peak:g} nits, but LED walls reach {DIMMEST_NITS:g} and more: {kilo}")
        elif peak >= BRIGHTEST_NITS:
            scale = "that is the end of PQ's scale" if peak == BRIGHTEST_NITS else "check the processor"
            yield Finding(key, f"found {peak:g} nits, which no wall reaches: {scale}; give what the wall can show")


def walls_in_one_place(survey: Survey) -> Iterator[Finding]:
    """Two walls with the same form, as a copied table has that was not changed."""
    for first, second in combinations(survey.walls, 2):
        apart = math.dist(first.form.centre_m, second.form.centre_m)
        turned = math.dist(first.form.facing, second.form.facing)
        if apart < 0.01 and turned < 0.1:
            found = f"found wall {second.wall.name!r} in the same place as {first.wall.name!r}"
            yield Finding(f"{second.key}.shape", f"{found}: a copied table? Give it its own shape")


def _places(one: WallSurvey) -> Iterator[tuple[str, Vec3]]:
    """Every place of a wall's shape with its key."""
    match one.wall.shape:
        case PlaneShape() as plane:
            for name in ("lower_left_m", "lower_right_m", "upper_left_m"):
                yield f"{one.key}.shape.{name}", getattr(plane, name)
        case ArcShape() as arc:
            yield f"{one.key}.shape.base_m", arc.base_m


def _far_places(_survey: Survey, one: WallSurvey) -> Iterator[Finding]:
    for key, place in _places(one):
        if max(map(abs, place)) > FARTHEST_PLACE_M or abs(place[2]) > HIGHEST_M:
            found = f"found {listed(place)}, far from the stage or high above it"
            cure = place_cure(place, 0.03, 20.0, lambda factor: _fits_whole(one, factor))
            if "written" not in cure:
                cure = place_cure(place, 0.03, 20.0)
            yield Finding(key, f"{found}: {cure}")
            return


def _absurd_arcs(_survey: Survey, one: WallSurvey) -> Iterator[Finding]:
    shape, form = one.wall.shape, one.form
    if not isinstance(shape, ArcShape):
        return
    for name, length, along, other in (
        ("radius_m", shape.radius_m, form.across_m, form.up_m),
        ("height_m", shape.height_m, form.up_m, form.across_m),
    ):
        if length > LARGEST_WALL_M:
            found = f"found {length:g} m, which makes the wall {form.width_m:.4g} x {form.height_m:.4g} m"
            yield Finding(f"{one.key}.shape.{name}", f"{found}: {_arc_cure(one, length, along, other)}")
            return


def _arc_cure(one: WallSurvey, length_m: float, along_m: float, other_m: float) -> str:
    """The unit that makes the LEDs square, or their pitch a usual one; else any that makes the wall a wall."""
    cure = length_cure(
        length_m,
        lambda metres: (
            _unevenness(along_m * metres / length_m, other_m) <= PITCH_TOLERANCE or _fits_whole(one, metres / length_m)
        ),
    )
    return cure if "written" in cure else length_cure(length_m, within(0.8, 60.0))


def _fits_whole(one: WallSurvey, factor: float) -> bool:
    """Whether the whole wall, made smaller by a factor, has square LEDs at a usual pitch."""
    finest, coarsest = USUAL_PITCH_M
    even = _unevenness(one.form.across_m, one.form.up_m) <= PITCH_TOLERANCE
    return even and finest <= one.form.across_m * factor <= coarsest


def _high_arcs(_survey: Survey, one: WallSurvey) -> Iterator[Finding]:
    """An upright wall that begins above everybody's head, as one with a base in centimetres does."""
    shape = one.wall.shape
    if isinstance(shape, ArcShape) and shape.base_m[2] > HIGHEST_BASE_M:
        found = f"found {listed(shape.base_m)}, a wall that begins {shape.base_m[2]:g} m above the floor"
        yield Finding(f"{one.key}.shape.base_m", f"{found}: {place_cure(shape.base_m, 0.005, 1.0)}")


def _absurd_sizes(_survey: Survey, one: WallSurvey) -> Iterator[Finding]:
    shape, form = one.wall.shape, one.form
    if max(form.width_m, form.height_m) > LARGEST_WALL_M:
        key = f"{one.key}.shape.scale" if isinstance(shape, MeshShape) else f"{one.key}.shape"
        found = f"found a wall of {form.width_m:.4g} x {form.height_m:.4g} m"
        cure = _scale_cure(one) if isinstance(shape, MeshShape) else "lengths are in metres"
        yield Finding(key, f"{found}: {cure}")


def _scale_cure(one: WallSurvey) -> str:
    """The scale that gives a mesh a usual pitch."""
    for unit, factor in (("millimetres", 0.001), ("centimetres", 0.01), ("inches", 0.0254)):
        if _fits_whole(one, factor):
            return f"is the mesh in {unit}? Then scale = {factor:g}"
    return "is the mesh in another unit? Millimetres need scale = 0.001"


def _sweep_in_radians(_survey: Survey, one: WallSurvey) -> Iterator[Finding]:
    """A sweep of at most a turn in radians that makes LEDs less square than the same number of degrees."""
    shape, form = one.wall.shape, one.form
    if isinstance(shape, ArcShape) and shape.sweep_deg <= 2.0 * math.pi + 0.01:
        wider = form.across_m * math.degrees(1.0)
        if _unevenness(wider, form.up_m) < _unevenness(form.across_m, form.up_m):
            found = f"found {shape.sweep_deg:g} degrees, which makes the wall {form.width_m:.3g} m wide"
            cure = f"written in radians? In degrees it is {math.degrees(shape.sweep_deg):.7g}"
            yield Finding(f"{one.key}.shape.sweep_deg", f"{found}: {cure}")


def _turn_in_radians(_survey: Survey, one: WallSurvey) -> Iterator[Finding]:
    if isinstance(one.wall.shape, ArcShape):
        turn = one.wall.shape.turn_deg
        meant = in_radians(turn)
        if meant is not None:
            yield Finding(
                f"{one.key}.shape.turn_deg", f"found {turn:g}: written in radians? In degrees it is {meant:g}"
            )


def _tiny_sizes(_survey: Survey, one: WallSurvey) -> Iterator[Finding]:
    width, height = one.form.width_m, one.form.height_m
    if max(one.wall.resolution_px) > 1 and max(width, height) < SMALLEST_WALL_M:
        mesh = isinstance(one.wall.shape, MeshShape)
        cure = "check the mesh's unit and scale" if mesh else "lengths are in metres"
        key = f"{one.key}.shape.scale" if mesh else f"{one.key}.shape"
        yield Finding(key, f"found a wall of {width:.3g} x {height:.3g} m: {cure}")


def _on_its_head(_survey: Survey, one: WallSurvey) -> Iterator[Finding]:
    if one.form.upward[2] < -0.5:
        cure = "flip V of its UVs: (0, 0) is the lower left LED"
        if isinstance(one.wall.shape, PlaneShape):
            cure = "have lower_left_m and upper_left_m been exchanged?"
        yield Finding(
            f"{one.key}.shape", f"found wall {one.wall.name!r} on its head, its top row below the others: {cure}"
        )


def _sheared(_survey: Survey, one: WallSurvey) -> Iterator[Finding]:
    angle = one.form.corner_deg
    if abs(angle - 90.0) > CORNER_TOLERANCE_DEG["plane" if isinstance(one.wall.shape, PlaneShape) else "mesh"]:
        cure = "check the corners" if isinstance(one.wall.shape, PlaneShape) else "check the UVs"
        if isinstance(one.wall.shape, PlaneShape):
            cure += ": upper_left_m must be above lower_left_m, at a right angle to the lower edge"
        found = f"found wall {one.wall.name!r} sheared, its rows at {angle:.3g} degrees to its columns, expected 90"
        key = f"{one.key}.shape.upper_left_m" if isinstance(one.wall.shape, PlaneShape) else f"{one.key}.shape"
        yield Finding(key, f"{found}: {cure}")


def _unequal_pitch(_survey: Survey, one: WallSurvey) -> Iterator[Finding]:
    across, up = one.form.across_m, one.form.up_m
    columns, rows = one.wall.resolution_px
    if min(columns, rows) < 2 or min(across, up) <= 0.0 or _unevenness(across, up) <= PITCH_TOLERANCE:
        return
    square = max(1, round(columns * one.form.height_m / one.form.width_m))
    found = f"found LEDs {across * 1000.0:.3g} mm apart in rows and {up * 1000.0:.3g} mm in columns, expected the same"
    cure = f"with {columns} columns, a wall of {one.form.width_m:.4g} x {one.form.height_m:.4g} m has {square} rows"
    if _unevenness(one.form.width_m / rows, one.form.height_m / columns) <= PITCH_TOLERANCE:
        cure = f"have columns and rows been exchanged? {listed((rows, columns))}"
    if _lies_on_its_side(one):
        found = f"found wall {one.wall.name!r} on its side, its rows running upwards, and LEDs of unequal pitch"
        yield Finding(f"{one.key}.shape", f"{found}: have lower_right_m and upper_left_m been exchanged?")
        return
    yield Finding(f"{one.key}.resolution_px", f"{found}: {cure}; correct it or the shape")


def _lies_on_its_side(one: WallSurvey) -> bool:
    """Whether an upright plane's columns run along the floor."""
    upright = abs(one.form.facing[2]) < 0.5 and abs(one.form.upward[2]) < 0.5
    return isinstance(one.wall.shape, PlaneShape) and upright


def _absurd_pitch(_survey: Survey, one: WallSurvey) -> Iterator[Finding]:
    columns, rows = one.wall.resolution_px
    pitch = one.form.across_m
    if min(columns, rows) > 1 and not FINEST_PITCH_M <= pitch <= COARSEST_PITCH_M:
        found = f"found LEDs {pitch * 1000.0:.3g} mm apart on {one.form.width_m:.4g} x {one.form.height_m:.4g} m"
        span = f"{FINEST_PITCH_M * 1000.0:g} to {COARSEST_PITCH_M * 1000.0:g} mm"
        yield Finding(f"{one.key}.resolution_px", f"{found}, expected {span}: correct the resolution or the shape")


def _faces_away(survey: Survey, one: WallSurvey) -> Iterator[Finding]:
    """Its nearest part shines neither towards the outer eye nor towards the stage's middle at its height."""
    eye = survey.config.stage.outer_eye_m
    if max(map(abs, eye)) > HIGHEST_M or is_in_front(one.surface, eye):
        return
    if is_in_front(one.surface, (0.0, 0.0, min(eye[2], HEIGHT_OF_AN_EYE_M))):
        return  # Then the eye is at fault, which the stage's own rules report.
    cure = "reverse U of its UVs" if isinstance(one.wall.shape, MeshShape) else "check its base and turn"
    if isinstance(one.wall.shape, PlaneShape):
        cure = "have lower_left_m and lower_right_m been exchanged? Left is as seen from in front of the LEDs"
        if one.form.facing[2] < -0.5 and one.form.centre_m[2] < eye[2]:
            cure = f"it faces down at {one.form.centre_m[2]:g} m, below that eye; is its height right? Or {cure}"
    yield Finding(f"{one.key}.shape", f"found wall {one.wall.name!r} facing away from the outer eye: {cure}")


def _far_away(survey: Survey, one: WallSurvey) -> Iterator[Finding]:
    eye = survey.config.stage.outer_eye_m
    distance = distance_of(one.surface, eye)
    if max(map(abs, eye)) <= HIGHEST_M and FARTHEST_WALL_M < distance < math.inf:
        found = f"found wall {one.wall.name!r} {distance:.0f} m from the outer eye"
        yield Finding(f"{one.key}.shape", f"{found}: places are in metres, from the stage's origin")


def _unevenness(one: float, other: float) -> float:
    """How much two lengths differ, as a share of the smaller; infinite where one is zero."""
    smaller = min(one, other)
    return max(one, other) / smaller - 1.0 if smaller > 0.0 else math.inf


_FORM_RULES = (
    _absurd_arcs,
    _far_places,
    _high_arcs,
    _absurd_sizes,
    _sweep_in_radians,
    _turn_in_radians,
    _tiny_sizes,
    _on_its_head,
    _sheared,
    _unequal_pitch,
    _absurd_pitch,
    _faces_away,
    _far_away,
)
WALL_RULES = (implausible_forms, implausible_signals, walls_in_one_place)
