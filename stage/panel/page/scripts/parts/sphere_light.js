// The light on a grey sphere at a place: of walls, from what they show, and of lamps. Light is linear, in the primaries of
// screens (Rec.709): nits of walls, lux on surfaces. Places are metres of the stage.
const ALBEDO = 0.18;
const ROWS = 16;
const LUMINANCE = [0.2126, 0.7152, 0.0722];
const FROM_XYZ = [[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.204, 1.057]];
const DEG = Math.PI / 180;
const LINEAR = Array.from({ length: 256 }, (_, code) => {
  const part = code / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
});

/** Parts of a wall that is told as points along its columns: where each is in its picture, and as seen from a place. */
export function wallParts(outline, place) {
  const found = [];
  const columns = outline.length - 1;
  for (let column = 0; column < columns; column += 1) {
    const [left, right] = [outline[column], outline[column + 1]];
    for (let row = 0; row < ROWS; row += 1) {
      const share = (row + 0.5) / ROWS;
      const height = (one) => mixed(one.upper_m, one.lower_m, share);
      const [from, to] = [height(left), height(right)];
      const tall = scaled(sum(minus(left.upper_m, left.lower_m), minus(right.upper_m, right.lower_m)), 0.5 / ROWS);
      const away = minus(mixed(from, to, 0.5), place);
      const length = Math.max(Math.hypot(...away), 1e-6);
      const steradians = -dot(away, cross(minus(to, from), tall)) / length ** 3;
      if (steradians > 0) found.push({ box: [column / columns, row / ROWS, (column + 1) / columns, (row + 1) / ROWS], towards: scaled(away, 1 / length), steradians });
    }
  }
  return found;
}

/** What comes from the parts of a wall whose picture this is, white being `peakNits`: `[{towards, light}]`. */
export function wallLight(parts, { data, width, height }, peakNits) {
  return parts.map(({ box: [left, top, right, bottom], towards, steradians }) => {
    const [x0, y0] = [Math.floor(left * width), Math.floor(top * height)];
    const [x1, y1] = [Math.max(x0 + 1, Math.floor(right * width)), Math.max(y0 + 1, Math.floor(bottom * height))];
    const light = [0, 0, 0];
    for (let y = y0; y < y1; y += 1) {
      for (let at = 4 * (y * width + x0), end = 4 * (y * width + x1); at < end; at += 4) {
        for (let part = 0; part < 3; part += 1) light[part] += LINEAR[data[at + part]];
      }
    }
    return { towards, light: scaled(light, (peakNits * steradians) / ((x1 - x0) * (y1 - y0))) };
  });
}

/** The irradiance, lux, of a surface that faces `normal`. */
export function wallsGive(normal, lights) {
  const found = [0, 0, 0];
  for (const { towards, light } of lights) {
    const cosine = dot(normal, towards);
    if (cosine > 0) for (let part = 0; part < 3; part += 1) found[part] += cosine * light[part];
  }
  return found;
}

/** A lamp as the stage tells of it, with what the wire makes it give where that is known. */
export function lampOf({ position_m: place, aim_m: aim, beam_deg: beam, lux_at_1m: lux, given, ...now }) {
  const [x, y, level] = given ?? [now.x, now.y, now.level];
  const luminance = lux * Math.min(1, level ?? 0);
  const axis = minus(aim, place);
  return { place, axis: scaled(axis, 1 / Math.max(Math.hypot(...axis), 1e-6)), half: Math.max(0.5 * beam * DEG, 1e-6), light: luminance > 0 && y > 0 ? rgbOf(x, y, luminance) : [0, 0, 0] };
}

/** The irradiance, lux, by lamps at a place: by the inverse square of the distance, half at the edge of the beam. */
export function lampsGive(place, normal, lamps) {
  const found = [0, 0, 0];
  for (const lamp of lamps) {
    const way = minus(lamp.place, place);
    const length = Math.max(Math.hypot(...way), 1e-6);
    const cosine = dot(normal, way) / length;
    if (cosine <= 0) continue;
    const angle = Math.acos(Math.min(1, Math.max(-1, -dot(way, lamp.axis) / length))) / lamp.half;
    const strength = (Math.exp(-Math.LN2 * angle * angle) * cosine) / length ** 2;
    for (let part = 0; part < 3; part += 1) found[part] += strength * lamp.light[part];
  }
  return found;
}

/** The middle and unit axes of a sphere's picture from `eye`: to the right, up, and to the eye. */
export function facing(place, eye) {
  const way = minus(eye, place);
  const towards = scaled(way, 1 / Math.max(Math.hypot(...way), 1e-6));
  const aside = cross([0, 0, 1], towards);
  const flat = Math.hypot(...aside);
  const right = flat > 1e-6 ? scaled(aside, 1 / flat) : [1, 0, 0];
  return { right, up: cross(towards, right), towards };
}

/** The nits of a grey sphere's picture, `side` squared, row by row; beyond its edge it goes on as it is there. */
export function sphereNits(side, { right, up, towards }, irradiance) {
  const nits = new Float32Array(3 * side * side);
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      let [x, y] = [(2 * column + 1) / side - 1, 1 - (2 * row + 1) / side];
      const out = Math.max(1, Math.hypot(x, y) * 1.0001);
      [x, y] = [x / out, y / out];
      const z = Math.sqrt(Math.max(0, 1 - x * x - y * y));
      nits.set(scaled(irradiance(sum(scaled(right, x), scaled(up, y), scaled(towards, z))), ALBEDO / Math.PI), 3 * (row * side + column));
    }
  }
  return nits;
}

/** The white of a sphere's picture, nits: the next doubling of 1 nit above its brightest place, at least 1. */
export const whiteOf = (nits) => 2 ** Math.ceil(Math.log2(nits.reduce((found, one) => Math.max(found, one), 1)));

/** The picture as a screen shows it. */
export function screenCodes(nits, white) {
  const codes = new Uint8ClampedArray((nits.length / 3) * 4).fill(255);
  nits.forEach((one, at) => {
    const part = Math.max(0, one / white);
    codes[4 * Math.floor(at / 3) + (at % 3)] = 255 * (part <= 0.0031308 ? 12.92 * part : 1.055 * part ** (1 / 2.4) - 0.055);
  });
  return codes;
}

export const luxOf = (light) => Math.max(0, dot(LUMINANCE, light));

function rgbOf(x, y, luminance) {
  const xyz = [(luminance * x) / y, luminance, (luminance * (1 - x - y)) / y];
  return FROM_XYZ.map((row) => dot(row, xyz));
}

const minus = (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const scaled = (a, by) => [a[0] * by, a[1] * by, a[2] * by];
const sum = (...all) => all.reduce((a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]]);
const mixed = (a, b, share) => sum(scaled(a, 1 - share), scaled(b, share));
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
