// The light cards: their names, their values, the shape that each has in directions, and cards made from presets.
import { parameters } from "../link/parameters.js";
import { setValues, value } from "../link/values.js";
import { directionAt } from "./wall_geometry.js";

const DEG = 180 / Math.PI;
const SIDE_STEPS = 6;
const ELLIPSE_STEPS = 32;
const UNNAMED = /^card\d+$/;

/** The cards' names in their order. */
export function cardNames() {
  return [...new Set([...parameters.value.keys()].filter((path) => path.startsWith("/card/")).map((path) => path.split("/")[2]))];
}

/** The cards to show: those with a name of their own, and of the spare ones those that are on. */
export function shownCards() {
  return cardNames().filter((name) => !UNNAMED.test(name) || value(cardPath(name, "enabled")).value === true);
}

export function cardPath(name, what) {
  return `/card/${name}/${what}`;
}

/** A card's values as they are now. */
export function card(name) {
  const of = (what) => value(cardPath(name, what)).value;
  return {
    name, kind: of("kind"), shape: of("shape"), enabled: of("enabled") === true,
    azimuth: of("azimuth_deg") ?? 0, elevation: of("elevation_deg") ?? 0, width: of("width_deg") ?? 1, height: of("height_deg") ?? 1,
    roll: of("roll_deg") ?? 0, feather: of("feather_deg") ?? 0,
  };
}

/** A place on a card, in degrees to its right and up from its middle, as a direction `[azimuth, elevation]`. */
export function onCard(one, right, up) {
  const [s, c] = [Math.sin(one.roll / DEG), Math.cos(one.roll / DEG)];
  const across = right * c + up * s;
  const down = up * c - right * s;
  return [one.azimuth - across / Math.max(0.2, Math.cos(one.elevation / DEG)), one.elevation + down];
}

/** The inverse of `onCard`. */
export function cardPlace(one, azimuth, elevation) {
  const [s, c] = [Math.sin(one.roll / DEG), Math.cos(one.roll / DEG)];
  const turn = ((one.azimuth - azimuth + 540) % 360) - 180;
  const across = turn * Math.max(0.2, Math.cos(one.elevation / DEG));
  const up = elevation - one.elevation;
  return [across * c - up * s, across * s + up * c];
}

/** Directions along a card's outline, `beyond` degrees outside of it. */
export function outlineOf(one, beyond = 0) {
  const [half, high] = [one.width / 2 + beyond, one.height / 2 + beyond];
  if (one.shape === "ellipse") {
    return Array.from({ length: ELLIPSE_STEPS }, (_, index) => {
      const angle = (index / ELLIPSE_STEPS) * 2 * Math.PI;
      return onCard(one, half * Math.cos(angle), high * Math.sin(angle));
    });
  }
  const corners = [[-half, high], [half, high], [half, -high], [-half, -high]];
  return corners.flatMap(([x, y], index) => {
    const [nextX, nextY] = corners[(index + 1) % 4];
    return Array.from({ length: SIDE_STEPS }, (_, step) => onCard(one, x + ((nextX - x) * step) / SIDE_STEPS, y + ((nextY - y) * step) / SIDE_STEPS));
  });
}

const CARD = { kind: "card", shape: "rectangle", roll_deg: 0, opacity: 1, in_view: false, temperature_k: 6500, red: 1, green: 1, blue: 1 };

/** What cards are made for: where on a wall, as shares of it, and how large; a size in degrees stands as it is. */
export const PRESETS = {
  soft_left: { x: 0.12, y: 0.5, wide: 0.2, high: 0.8, values: { feather_deg: 6, exposure_stops: 1.5 } },
  soft_right: { x: 0.88, y: 0.5, wide: 0.2, high: 0.8, values: { feather_deg: 6, exposure_stops: 1.5 } },
  top: { x: 0.5, y: 0.12, wide: 0.6, high: 0.2, values: { feather_deg: 5, exposure_stops: 1.5 } },
  negative: { x: 0.84, y: 0.5, wide: 0.28, high: 0.95, values: { kind: "flag", feather_deg: 4, exposure_stops: 0 } },
  eyeline: { x: 0.62, y: 0.42, values: { shape: "ellipse", width_deg: 1, height_deg: 1, feather_deg: 0.2, exposure_stops: 1 } },
};

/** The values of a preset on a wall that is seen as `columns`. */
export function presetOn(columns, { x, y, wide, high, values }) {
  const [azimuth, elevation] = directionAt(columns, x, y);
  const size = {};
  if (wide) {
    const [left, right] = [directionAt(columns, x - wide / 2, y), directionAt(columns, x + wide / 2, y)];
    const [upper, lower] = [directionAt(columns, x, y - high / 2), directionAt(columns, x, y + high / 2)];
    Object.assign(size, { width_deg: Math.abs(left[0] - right[0]), height_deg: upper[1] - lower[1] });
  }
  return { ...CARD, azimuth_deg: ((azimuth + 540) % 360) - 180, elevation_deg: elevation, ...size, ...values };
}

/** Makes a card of a preset in the first spare one. Answers its name, null where none is spare. */
export async function makeCard(preset, columns) {
  const spare = cardNames().find((name) => UNNAMED.test(name) && value(cardPath(name, "enabled")).peek() === false);
  if (!spare) return { name: null, answer: null };
  const wanted = { ...presetOn(columns, PRESETS[preset]), enabled: true };
  return { name: spare, answer: await setValues(Object.fromEntries(Object.entries(wanted).map(([what, found]) => [cardPath(spare, what), found]))) };
}
