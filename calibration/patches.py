"""The distance from a place to a wall's surface, by a few flat patches of it. Pure, plain floats."""

from __future__ import annotations

import math

from tracking.records import Vec3

Triangle = tuple[Vec3, Vec3, Vec3]


def distance_m(patches: tuple[Triangle, ...], place: Vec3) -> float:
    """The distance from a place to the nearest of the triangles, metres; inf if there are none."""
    return min((math.dist(place, _closest(triangle, place)) for triangle in patches), default=math.inf)


def _closest(triangle: Triangle, place: Vec3) -> Vec3:
    """The point of a triangle nearest to a place (Ericson, Real-Time Collision Detection, section 5.1.5)."""
    a, b, c = triangle
    along, across = _from(a, b), _from(a, c)
    offset_a, offset_b, offset_c = _from(a, place), _from(b, place), _from(c, place)
    a_along, a_across = _dot(along, offset_a), _dot(across, offset_a)
    b_along, b_across = _dot(along, offset_b), _dot(across, offset_b)
    c_along, c_across = _dot(along, offset_c), _dot(across, offset_c)
    if a_along <= 0.0 and a_across <= 0.0:
        return a
    if b_along >= 0.0 and b_across <= b_along:
        return b
    if c_across >= 0.0 and c_along <= c_across:
        return c
    weight_c = a_along * b_across - b_along * a_across
    if weight_c <= 0.0 <= a_along and b_along <= 0.0:
        return _moved(a, along, a_along / (a_along - b_along))
    weight_b = c_along * a_across - a_along * c_across
    if weight_b <= 0.0 <= a_across and c_across <= 0.0:
        return _moved(a, across, a_across / (a_across - c_across))
    weight_a = b_along * c_across - c_along * b_across
    beyond_b, beyond_c = b_across - b_along, c_along - c_across
    if weight_a <= 0.0 <= beyond_b and beyond_c >= 0.0:
        return _moved(b, _from(b, c), beyond_b / (beyond_b + beyond_c))
    whole = weight_a + weight_b + weight_c
    return _moved(_moved(a, along, weight_b / whole), across, weight_c / whole)


def _from(start: Vec3, end: Vec3) -> Vec3:
    return (end[0] - start[0], end[1] - start[1], end[2] - start[2])


def _dot(one: Vec3, other: Vec3) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def _moved(start: Vec3, way: Vec3, share: float) -> Vec3:
    return (start[0] + share * way[0], start[1] + share * way[1], start[2] + share * way[2])
