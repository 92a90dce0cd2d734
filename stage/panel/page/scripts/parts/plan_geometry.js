// The geometry of the plan: where a view puts a place of the stage, and how far a camera sees before a wall ends it.
// Places are [x, y, z] in metres: x to the right, y into the front wall, z up. Angles are in degrees.

const RAD = Math.PI / 180;
const RAYS = 12;

// What a view looks along: from above, from the stage's right-hand side with the front wall on the right, or any way.
export const VIEWS = { above: { turn: 0, lift: 90 }, side: { turn: -90, lift: 0 }, turn: { turn: 28, lift: 32 } };

// A place on the view's two axes, the second one downwards, in metres.
export function projected(place, { turn, lift }) {
  const [sin, cos] = [Math.sin(turn * RAD), Math.cos(turn * RAD)];
  const away = place[0] * sin + place[1] * cos;
  return [place[0] * cos - place[1] * sin, -(place[2] * Math.cos(lift * RAD) + away * Math.sin(lift * RAD))];
}

// Right, ahead and up of a pose that is written as pan, tilt and roll: turns about z, then x, then y.
export function axesOf([pan, tilt, roll]) {
  const [sp, cp] = [Math.sin(pan * RAD), Math.cos(pan * RAD)];
  const [st, ct] = [Math.sin(tilt * RAD), Math.cos(tilt * RAD)];
  const [sr, cr] = [Math.sin(roll * RAD), Math.cos(roll * RAD)];
  return {
    right: [cp * cr - sp * st * sr, sp * cr + cp * st * sr, -ct * sr],
    ahead: [-sp * ct, cp * ct, st],
    up: [cp * sr + sp * st * cr, sp * sr - cp * st * cr, ct * cr],
  };
}

// Half of what a lens sees, across and up, as tangents.
export function halfView(sensorMm, focalMm) {
  return focalMm > 0 ? [(0.5 * sensorMm[0]) / focalMm, (0.5 * sensorMm[1]) / focalMm] : null;
}

// The sides of a view as tangents, beyond the lens's own by a margin in degrees on each side.
export function sidesOf([across, up], margin) {
  const beyond = (tangent, by) => Math.tan(Math.min(Math.atan(tangent) + (by || 0) * RAD, 85 * RAD));
  return {
    left: -beyond(across, margin?.left), right: beyond(across, margin?.right),
    bottom: -beyond(up, margin?.bottom), top: beyond(up, margin?.top),
  };
}

// The triangles of walls that are told as points along their columns.
export function trianglesOf(walls) {
  const found = [];
  for (const { outline } of walls) {
    for (let at = 1; at < outline.length; at += 1) {
      const [left, right] = [outline[at - 1], outline[at]];
      found.push([left.lower_m, right.lower_m, right.upper_m], [left.lower_m, right.upper_m, left.upper_m]);
    }
  }
  return found;
}

// How far a ray goes until it meets a wall; null where it meets none.
export function rayLength(start, way, triangles) {
  let nearest = null;
  for (const triangle of triangles) {
    const distance = met(start, way, triangle);
    if (distance > 1e-6 && (nearest === null || distance < nearest)) nearest = distance;
  }
  return nearest;
}

// Where the rays of a camera's view end, in a row across its middle and around its border. A ray that passes the walls
// goes as far as the farthest of those that meet one.
export function viewEnds(pose, sides, triangles, farthest) {
  const at = (from, to, share) => from + (to - from) * share;
  const shares = Array.from({ length: RAYS + 1 }, (_, number) => number / RAYS);
  const row = shares.map((share) => [at(sides.left, sides.right, share), 0]);
  const border = shares.flatMap((share) => [
    [at(sides.left, sides.right, share), sides.bottom], [at(sides.left, sides.right, share), sides.top],
    [sides.left, at(sides.bottom, sides.top, share)], [sides.right, at(sides.bottom, sides.top, share)],
  ]);
  const ways = [...row, ...border].map(([x, y]) => wayOf(pose, x, y));
  const lengths = ways.map((way) => rayLength(pose.position, way, triangles));
  const met = lengths.filter((length) => length !== null);
  const most = met.length ? Math.max(...met) : farthest;
  const ends = ways.map((way, number) => along(pose.position, way, lengths[number] ?? most));
  return { row: ends.slice(0, row.length), border: ends.slice(row.length) };
}

// The direction of a place that is so far to the left and up, seen along +y: how light cards are placed.
export function wayAt(azimuth, elevation) {
  const flat = Math.cos(elevation * RAD);
  return [-Math.sin(azimuth * RAD) * flat, Math.cos(azimuth * RAD) * flat, Math.sin(elevation * RAD)];
}

// The convex outline of points, after A. M. Andrew's monotone chain.
export function hull(points) {
  const ordered = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const chain = (list) => {
    const kept = [];
    for (const point of list) {
      while (kept.length > 1 && turnOf(kept[kept.length - 2], kept[kept.length - 1], point) <= 0) kept.pop();
      kept.push(point);
    }
    return kept.slice(0, -1);
  };
  return ordered.length < 3 ? ordered : [...chain(ordered), ...chain(ordered.reverse())];
}

// The smallest rectangle around projected places.
export function boundsOf(points) {
  const [xs, ys] = [points.map((one) => one[0]), points.map((one) => one[1])];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

function wayOf({ right, ahead, up }, x, y) {
  const way = [0, 1, 2].map((axis) => ahead[axis] + x * right[axis] + y * up[axis]);
  const length = Math.hypot(...way);
  return way.map((part) => part / length);
}

export function along(start, way, distance) {
  return [start[0] + way[0] * distance, start[1] + way[1] * distance, start[2] + way[2] * distance];
}

// The distance at which a ray meets a triangle, or -1 (T. Moeller, B. Trumbore: Fast, Minimum Storage Ray-Triangle
// Intersection, 1997).
function met(start, way, [first, second, third]) {
  const [one, two] = [minus(second, first), minus(third, first)];
  const across = cross(way, two);
  const slope = dot(one, across);
  if (Math.abs(slope) < 1e-12) return -1;
  const from = minus(start, first);
  const u = dot(from, across) / slope;
  const turned = cross(from, one);
  const v = dot(way, turned) / slope;
  return u < -1e-9 || v < -1e-9 || u + v > 1 + 1e-9 ? -1 : dot(two, turned) / slope;
}

const minus = (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const turnOf = (a, b, c) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
