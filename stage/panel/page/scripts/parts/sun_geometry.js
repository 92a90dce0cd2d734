// The sky seen from above, the stage's front up: the rim is the horizon, the middle the zenith. The night runs outside.
export const RIM = 98;
const NIGHT = 13;
const NIGHT_DEG = 24;

/** Where a direction is drawn: azimuth + to the left of the front, elevation + up, both in degrees. */
export function place(azimuth, elevation) {
  const radius = elevation >= 0 ? (RIM * (90 - elevation)) / 90 : RIM + NIGHT * Math.tanh(-elevation / NIGHT_DEG);
  const angle = (azimuth * Math.PI) / 180;
  return [-Math.sin(angle) * radius, -Math.cos(angle) * radius];
}

/** The direction of a place: `[azimuth, elevation]`; one beyond the rim is below the horizon. */
export function directionOf(x, y) {
  const radius = Math.hypot(x, y);
  const azimuth = (Math.atan2(-x, -y) * 180) / Math.PI;
  if (radius <= RIM) return [azimuth, 90 - (radius / RIM) * 90];
  const share = Math.min(0.97, (radius - RIM) / NIGHT);
  return [azimuth, -Math.atanh(share) * NIGHT_DEG];
}

/** The sun's direction at an hour on its way: rows of hour, azimuth and elevation, ten minutes apart. */
export function sunAt(way, hour) {
  const at = (((hour % 24) + 24) % 24) * ((way.length - 1) / 24);
  const index = Math.min(way.length - 2, Math.floor(at));
  const share = at - index;
  const [from, to] = [way[index], way[index + 1]];
  const turn = ((to[1] - from[1] + 540) % 360) - 180;
  return [from[1] + turn * share, from[2] + (to[2] - from[2]) * share];
}

/** The hour whose place on the way is nearest to a point, of those within `reach` hours of `hour`. */
export function hourNear(way, x, y, hour, reach = 3) {
  let best = hour;
  let least = Infinity;
  for (let index = 1; index < way.length; index += 1) {
    const [from, to] = [way[index - 1], way[index]];
    const apart = Math.abs(((from[0] - hour + 36) % 24) - 12);
    if (apart > reach) continue;
    const [ax, ay] = place(from[1], from[2]);
    const [bx, by] = place(to[1], to[2]);
    const length = (bx - ax) ** 2 + (by - ay) ** 2 || 1;
    const share = Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
    const away = Math.hypot(x - ax - (bx - ax) * share, y - ay - (by - ay) * share);
    if (away < least) { least = away; best = from[0] + (to[0] - from[0]) * share; }
  }
  return best % 24;
}

/** The way as paths: by day, and by night. */
export function wayPaths(way) {
  const paths = { day: "", night: "" };
  let before = "";
  for (const [, azimuth, elevation] of way) {
    const [x, y] = place(azimuth, elevation).map((part) => Math.round(part * 10) / 10);
    const kind = elevation >= 0 ? "day" : "night";
    if (before && before !== kind) paths[before] += `L${x} ${y}`;
    paths[kind] += `${before === kind ? "L" : "M"}${x} ${y}`;
    before = kind;
  }
  return paths;
}

/** The marks of the hours by day: a tick across the way for each, with its figure for every third. */
export function hourMarks(way) {
  const marks = [];
  for (const [hour, azimuth, elevation] of way) {
    if (elevation < 0 || Math.abs(hour - Math.round(hour)) > 0.01 || hour >= 24) continue;
    const [x, y] = place(azimuth, elevation);
    const [nextX, nextY] = place(...sunAt(way, hour + 0.1));
    const length = Math.hypot(nextX - x, nextY - y) || 1;
    let [acrossX, acrossY] = [-(nextY - y) / length, (nextX - x) / length];
    if (acrossX * x + acrossY * y < 0) [acrossX, acrossY] = [-acrossX, -acrossY];
    const isThird = Math.round(hour) % 3 === 0;
    const size = isThird ? 6 : 3.5;
    marks.push({
      hour: Math.round(hour), tick: `M${x} ${y}l${acrossX * size} ${acrossY * size}`,
      text: isThird ? [x + acrossX * 15, y + acrossY * 15 + 4] : null,
    });
  }
  return marks;
}
