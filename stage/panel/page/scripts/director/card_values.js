// The light cards: their names, their values, the shape that each has in directions, and cards made from presets.
import { parameters } from "../link/parameters.js";
import { setValues, value } from "../link/values.js";

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

/** What cards are made for, by the name of the preset. */
export const PRESETS = {
  soft_left: { ...CARD, azimuth_deg: 50, elevation_deg: 10, width_deg: 40, height_deg: 50, feather_deg: 8, exposure_stops: 1.5 },
  soft_right: { ...CARD, azimuth_deg: -50, elevation_deg: 10, width_deg: 40, height_deg: 50, feather_deg: 8, exposure_stops: 1.5 },
  top: { ...CARD, azimuth_deg: 0, elevation_deg: 30, width_deg: 90, height_deg: 20, feather_deg: 6, exposure_stops: 1.5 },
  negative: { ...CARD, kind: "flag", azimuth_deg: 50, elevation_deg: 10, width_deg: 50, height_deg: 60, feather_deg: 5, exposure_stops: 0 },
  eyeline: { ...CARD, shape: "ellipse", azimuth_deg: 15, elevation_deg: 0, width_deg: 1, height_deg: 1, feather_deg: 0.2, exposure_stops: 1 },
};

/** Makes a card of a preset in the first spare one. Answers its name, or null where none is spare. */
export async function makeCard(preset) {
  const spare = cardNames().find((name) => UNNAMED.test(name) && value(cardPath(name, "enabled")).peek() === false);
  if (!spare) return { name: null, answer: null };
  const wanted = Object.fromEntries(Object.entries({ ...PRESETS[preset], enabled: true }).map(([what, found]) => [cardPath(spare, what), found]));
  return { name: spare, answer: await setValues(wanted) };
}
