// By how much a key moves a value: a coarse and a fine step, by its unit or its range, and how the key names it.

import { unitWords, writing } from "../parts/amounts.js";
import { digitsOf, figure } from "./figures.js";

const BY_UNIT = {
  m: [0.01, 0.001], deg: [1, 0.1], ms: [1, 0.1], px: [10, 1], mm: [5, 1], stops: [1, 0.1], K: [500, 100], h: [1, 0.1], nits: [100, 10],
};
const FAR_M = 1000;
// The patch of a light is in whole numbers.
const WHOLE = /^\/light\/[^/]+\/(universe|address)$/;

export function stepsOf({ path, unit, minimum, maximum }) {
  if (WHOLE.test(path)) return [10, 1];
  if (unit === "m" && maximum - minimum > FAR_M && maximum < 1e5) return [100, 10];
  if (BY_UNIT[unit]) return BY_UNIT[unit];
  const power = 10 ** Math.floor(Math.log10((maximum - minimum) / 5 || 1));
  const coarse = Math.min(power, 1);
  return [coarse, coarse / 10];
}

// What is read of one unit of a parameter: a share of the whole is read in percent, here as on the director's page.
export const shownOf = (parameter) => writing(parameter).shown;

// The unit behind a reading.
export const unitOf = (parameter) => (shownOf(parameter) === 1 ? unitWords(parameter.unit) : "%");

// A step as its key says it: lengths in the stage in centimetres and millimetres, angles with their sign.
export function stepWord(step, parameter) {
  const { unit } = parameter;
  const sign = step < 0 ? "−" : "+";
  const size = Math.abs(step) * shownOf(parameter);
  if (unit === "m" && size < 1) return `${sign}${size >= 0.01 ? `${figure(size * 100, 0)} cm` : `${figure(size * 1000, 0)} mm`}`;
  return `${sign}${figure(size, digitsOf(size))}${unit === "deg" ? "°" : ""}`;
}

// A number of a parameter as it is read, with the digits of its fine step.
export function readingOf(value, parameter) {
  const shown = shownOf(parameter);
  return typeof value === "number" ? figure(value * shown, digitsOf(stepsOf(parameter)[1] * shown)) : "–";
}

// What somebody typed, as a number; NaN where it is none. A comma is a point, as on many keyboards.
export function typed(text) {
  const plain = text.trim().replace("−", "-").replace(",", ".");
  return plain === "" ? NaN : Number(plain);
}
