// Where directions and cameras' views lie on the picture of a wall, from the points along its columns.
const DEG = 180 / Math.PI;

/**
 * A wall as it is seen from `eye`: for each point along its columns the azimuth (+ to the left, as the stage counts),
 * how far it is, and the heights of its ends.
 */
export function seenFrom(outline, eye) {
  let before = null;
  return outline.map(({ lower_m: lower, upper_m: upper }) => {
    const across = (lower[0] + upper[0]) / 2 - eye[0];
    const ahead = (lower[1] + upper[1]) / 2 - eye[1];
    let azimuth = Math.atan2(-across, ahead) * DEG;
    if (before !== null) azimuth += Math.round((before - azimuth) / 360) * 360;
    before = azimuth;
    return { azimuth, away: Math.hypot(across, ahead), low: lower[2] - eye[2], high: upper[2] - eye[2] };
  });
}

const OVERHEAD_DEG = 50;

/** Walls from left to right as the outer eye sees them, then those overhead: so they stand side by side. */
export function leftToRight(walls, eye) {
  const side = ({ outline }) => {
    const { azimuth, away, low, high } = between(seenFrom(outline, eye), (outline.length - 1) / 2);
    return Math.atan2((low + high) / 2, away) * DEG > OVERHEAD_DEG ? -Infinity : azimuth;
  };
  const placed = walls.map((wall) => ({ wall, at: side(wall) }));
  return placed.sort((one, other) => (one.at === other.at ? 0 : other.at - one.at)).map(({ wall }) => wall);
}

/** The direction of a place of the picture: `[azimuth, elevation]` in degrees of shares from the left and the top. */
export function directionAt(columns, x, y) {
  const { azimuth, away, low, high } = between(columns, x * (columns.length - 1));
  return [azimuth, Math.atan2(high + (low - high) * y, away) * DEG];
}

/** Where a direction is in the picture, as shares from the left and the top; beyond its ends it goes on as they do. */
export function placeOf(columns, azimuth, elevation) {
  const last = columns.length - 1;
  const middle = (columns[0].azimuth + columns[last].azimuth) / 2;
  const wanted = azimuth + Math.round((middle - azimuth) / 360) * 360;
  let index = 0;
  while (index < last - 1 && (columns[index + 1].azimuth - wanted) * Math.sign(columns[0].azimuth - columns[last].azimuth || 1) > 0) index += 1;
  const [from, to] = [columns[index], columns[index + 1]];
  const at = index + (wanted - from.azimuth) / (to.azimuth - from.azimuth || 1);
  const { away, low, high } = between(columns, Math.min(last, Math.max(0, at)));
  return [at / last, (high - Math.tan(elevation / DEG) * away) / (high - low || 1)];
}

function between(columns, at) {
  const index = Math.min(columns.length - 2, Math.max(0, Math.floor(at)));
  const share = at - index;
  const [from, to] = [columns[index], columns[index + 1]];
  const mixed = (name) => from[name] + (to[name] - from[name]) * share;
  return { azimuth: mixed("azimuth"), away: mixed("away"), low: mixed("low"), high: mixed("high") };
}

/**
 * What a camera's frame covers of a wall: `{left, right, top, bottom}` as shares of its picture, or null where it sees
 * none of it. `sight` has its eye, axes and the tangents of its frame, as a picture of the wall tells them.
 */
export function frameOnWall(outline, sight) {
  const { eye_m: eye, right, ahead, up, frame } = sight;
  const [toLeft, toRight, toBottom, toTop] = frame;
  const seen = outline.map(({ lower_m: lower, upper_m: upper }) => {
    const ends = [lower, upper].map((point) => {
      const away = point.map((part, axis) => part - eye[axis]);
      const depth = dot(away, ahead);
      return depth > 0.01 ? [dot(away, right) / depth, dot(away, up) / depth] : null;
    });
    return ends[0] && ends[1] ? { x: (ends[0][0] + ends[1][0]) / 2, low: ends[0][1], high: ends[1][1] } : null;
  });
  const crossing = (tangent) => crossed(seen, tangent);
  const inside = seen.map((one, index) => (one && one.x > toLeft && one.x < toRight ? index : -1)).filter((one) => one >= 0);
  if (!inside.length) return null;
  const last = outline.length - 1;
  const left = (crossing(toLeft) ?? inside[0]) / last;
  const rightEnd = (crossing(toRight) ?? inside.at(-1)) / last;
  const middle = seen[inside[Math.floor(inside.length / 2)]];
  const row = (tangent) => Math.min(1, Math.max(0, (middle.high - tangent) / (middle.high - middle.low || 1)));
  return { left, right: rightEnd, top: row(toTop), bottom: row(toBottom) };
}

function crossed(seen, tangent) {
  for (let index = 1; index < seen.length; index += 1) {
    const [from, to] = [seen[index - 1], seen[index]];
    if (from && to && from.x !== to.x && (from.x - tangent) * (to.x - tangent) <= 0) return index - 1 + (tangent - from.x) / (to.x - from.x);
  }
  return null;
}

function dot(a, b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
