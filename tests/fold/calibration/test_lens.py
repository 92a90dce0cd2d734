"""The lens of the walls' path, both ways, against independent arithmetic; its frame and its folds."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calibration.lens import lens_of_focal_length, lens_setting, look_from, place_of
from calibration.lens_frame import check_lens, frame_edges
from calibration.lens_records import Lens, LensNode
from tracking.records import ViewError

SENSOR_MM = (36.0, 20.25)
MODELS = ("Brown-Conrady D-U", "Brown-Conrady U-D")

shares = st.floats(-0.5, 0.5)


@st.composite
def nodes(draw, zoom_raw=0.0, focal_lengths_mm=(12.0, 300.0)):
    """Lenses whose distortion is strong (up to a tenth at the corner) but does not fold over."""
    focal_length_mm = draw(st.floats(*focal_lengths_mm))
    corner_mm = math.hypot(*SENSOR_MM) * 0.5
    strengths = [draw(st.floats(-0.015, 0.015)) for _ in range(6)]
    radial = tuple(strength / corner_mm ** (2 * (index // 2 + 1)) for index, strength in enumerate(strengths))
    tangential = tuple(draw(st.floats(-0.01, 0.01)) / corner_mm for _ in range(2))
    offsets = [draw(st.floats(-1.0, 1.0)) for _ in range(4)]
    return LensNode(
        focal_length_mm=focal_length_mm,
        zoom_raw=zoom_raw,
        entrance_pupil_m=draw(st.floats(-0.1, 0.3)),
        radial=radial,
        tangential=tangential,
        projection_offset_mm=(offsets[0], offsets[1]),
        distortion_offset_mm=(offsets[2], offsets[3]),
    )


@st.composite
def zooms(draw):
    low = draw(nodes(0.0))
    high = draw(nodes(1000.0, (0.8 * low.focal_length_mm, 1.25 * low.focal_length_mm)))
    return Lens(nodes=(low, high), model=draw(st.sampled_from(MODELS)))


def polynomial(node, places_mm):
    """OpenLensIO's map in millimetres on arrays (n, 2), as printed in the standard."""
    x, y = places_mm.T
    k1, k2, k3, k4, k5, k6 = node.radial
    p1, p2 = node.tangential
    r = np.hypot(x, y)
    factor = (1 + k1 * r**2 + k3 * r**4 + k5 * r**6) / (1 + k2 * r**2 + k4 * r**4 + k6 * r**6)
    return np.stack(
        [x * factor + 2 * p1 * x * y + p2 * (r**2 + 2 * x**2), y * factor + p1 * (r**2 + 2 * y**2) + 2 * p2 * x * y],
        axis=1,
    )


def solved(node, wanted_mm):
    """The inverse by contraction with the Jacobian at the middle (the identity): slow but certain for these lenses."""
    found = wanted_mm.copy()
    for _ in range(400):
        missing = wanted_mm - polynomial(node, found)
        found += missing
        if np.abs(missing).max() < 1e-13:
            break
    assert np.abs(polynomial(node, found) - wanted_mm).max() < 1e-11
    return found


def tangents_of(node, model, places_mm):
    """What places on the sensor see, x right and y up."""
    projection, distortion = np.array(node.projection_offset_mm), np.array(node.distortion_offset_mm)
    centred = places_mm - projection - distortion
    straight = polynomial(node, centred) if model == MODELS[0] else solved(node, centred)
    return (straight + distortion) / node.focal_length_mm * (1.0, -1.0)


def border(count=801):
    across, down = np.linspace(-18.0, 18.0, count), np.linspace(-10.125, 10.125, count)
    sides = [np.stack([across, np.full(count, y)], 1) for y in (-10.125, 10.125)]
    return np.concatenate(sides + [np.stack([np.full(count, x), down], 1) for x in (-18.0, 18.0)])


@settings(max_examples=150, deadline=None)
@given(nodes(), st.sampled_from(MODELS), shares, shares)
def test_what_a_place_on_the_sensor_sees_agrees_with_the_standard(node, model, across, down):
    place = (across * SENSOR_MM[0], down * SENSOR_MM[1])
    seen = look_from(lens_setting(Lens(nodes=(node,), model=model), None), place)
    assert seen == pytest.approx(tangents_of(node, model, np.array([place]))[0], abs=1e-11)


@settings(max_examples=150, deadline=None)
@given(zooms(), st.floats(-200.0, 1200.0), shares, shares)
def test_a_ray_falls_back_on_the_place_that_sees_it(lens, zoom_raw, across, down):
    setting = lens_setting(lens, zoom_raw)
    place = (across * SENSOR_MM[0], down * SENSOR_MM[1])
    assert place_of(setting, look_from(setting, place)) == pytest.approx(place, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(nodes(), st.sampled_from(MODELS))
def test_the_frame_contains_all_that_the_border_sees_and_hardly_more(node, model):
    left, right, bottom, top = frame_edges(lens_setting(Lens(nodes=(node,), model=model), None), SENSOR_MM)
    x, y = tangents_of(node, model, border()).T
    slack = 0.004 * (right - left)
    for edge, furthest in ((-left, (-x).max()), (right, x.max()), (-bottom, (-y).max()), (top, y.max())):
        assert furthest - 2e-5 * (right - left) <= edge <= furthest + slack


@given(st.floats(12.0, 300.0), st.floats(12.0, 300.0), st.floats(0.0, 1000.0))
def test_between_two_nodes_the_logarithm_of_the_focal_length_is_linear(low_mm, high_mm, zoom_raw):
    lens = Lens(nodes=(LensNode(focal_length_mm=low_mm), LensNode(focal_length_mm=high_mm, zoom_raw=1000.0)))
    share = zoom_raw / 1000.0
    expected = low_mm ** (1.0 - share) * high_mm**share
    assert lens_setting(lens, zoom_raw).focal_length_mm == pytest.approx(expected, rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(zooms(), st.sampled_from((0, 1)))
def test_a_lens_equals_its_node_at_a_node_and_beyond_the_last(lens, index):
    alone = Lens(nodes=(lens.nodes[index],), model=lens.model)
    for zoom_raw in ((0.0, -50.0), (1000.0, 2000.0))[index]:
        assert lens_setting(lens, zoom_raw) == lens_setting(alone, None)


def shares_at_the_corner(setting):
    """Each coefficient by how far it moves the sensor's corner, as a share of the corner's distance.

    At unit focal length the coefficients of a long lens are huge: the corner is at tangent 0.03 and k6 multiplies its
    sixth power. Only their products with those powers have a common scale.
    """
    corner = 0.5 * math.hypot(*SENSOR_MM) / setting.focal_length_mm
    radial = [k * corner ** (2 * (index // 2 + 1)) for index, k in enumerate(setting.radial)]
    return [*radial, *(p * corner for p in setting.tangential)]


@settings(max_examples=60, deadline=None)
@given(zooms(), st.floats(0.0, 1000.0))
def test_a_focal_length_set_by_hand_selects_the_zoom_that_has_it(lens, zoom_raw):
    """The zoom is found by dividing logarithms, so nodes of nearly one focal length leave it hardly determined."""
    low_mm, high_mm = (node.focal_length_mm for node in lens.nodes)
    assume(abs(math.log(high_mm / low_mm)) > 1e-3)
    by_zoom = lens_setting(lens, zoom_raw)
    by_hand = lens_of_focal_length(lens, by_zoom.focal_length_mm)
    assert by_hand.focal_length_mm == pytest.approx(by_zoom.focal_length_mm, rel=1e-12)
    assert by_hand.entrance_pupil_m == pytest.approx(by_zoom.entrance_pupil_m, abs=1e-11)
    assert by_hand.projection_offset == pytest.approx(by_zoom.projection_offset, abs=1e-11)
    assert by_hand.distortion_offset == pytest.approx(by_zoom.distortion_offset, abs=1e-11)
    assert shares_at_the_corner(by_hand) == pytest.approx(shares_at_the_corner(by_zoom), abs=1e-12)
    assert by_hand.undistorts == by_zoom.undistorts


def test_a_focal_length_beyond_the_lens_keeps_the_shape_of_the_nearest_node():
    lens = Lens(
        nodes=(
            LensNode(focal_length_mm=24.0, radial=(1e-4,)),
            LensNode(focal_length_mm=70.0, zoom_raw=9.0, radial=(1e-5,)),
        )
    )
    found = lens_of_focal_length(lens, 100.0)
    assert (found.focal_length_mm, found.radial) == (100.0, lens_setting(lens, 9.0).radial)


@pytest.mark.parametrize(
    ("model", "radial"),
    [
        (MODELS[0], (-4e-3,)),
        (MODELS[0], (0.0, -4e-3)),
        (MODELS[1], (-4e-3,)),
        (MODELS[1], (0.0, 4e-3)),
        (MODELS[0], (math.nan,)),
        (MODELS[1], (math.inf, -1e300)),
    ],
)
def test_a_lens_that_folds_over_is_refused(model, radial):
    with pytest.raises(ViewError, match="lens_folds"):
        check_lens(Lens(nodes=(LensNode(focal_length_mm=24.0, radial=radial),), model=model), SENSOR_MM)


def test_a_fold_inside_the_frame_is_found_even_if_the_border_is_intact():
    """Its radius turns back at 3 mm and forward again at 8 mm; the border begins at 10 mm."""
    radial = (-73.0 / 576.0 / 3.0, 0.0, 1.0 / 576.0 / 5.0)
    lens = Lens(nodes=(LensNode(focal_length_mm=24.0, radial=radial),))
    with pytest.raises(ViewError, match="lens_folds"):
        check_lens(lens, SENSOR_MM)
