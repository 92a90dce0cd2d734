// The stage lights: what each is, its patch, and what it gives now; asked for while a part of the page shows them.
import { signal } from "@preact/signals";
import { parameters } from "./parameters.js";
import { ask } from "./socket.js";
import { useAsked } from "./facts.js";
import { shape } from "./shape.js";

const EVERY_MS = 500;

/** All lights in the order of the configuration, as the stage answered last. */
export const lights = signal([]);

async function askForLights() {
  const found = [];
  for (let total = 1; found.length < total;) {
    const answer = await ask({ type: "lights", first: found.length });
    if (answer.type !== "ok") return;
    if (!answer.lights.length) break;
    found.push(...answer.lights);
    total = answer.total;
  }
  lights.value = found;
}

/** Keeps asking while the part that calls it is on the page. */
export function useLights() {
  useAsked(askForLights, EVERY_MS);
}

/** Whether the stage has lights. */
export function hasLights() {
  return parameters.value.size === 0 ? shape.lights : [...parameters.value.keys()].some((path) => path.startsWith("/light/"));
}

export function lightPath(key, what) {
  return `/light/${key}/${what}`;
}

/** The groups' keys. */
export function groupKeys() {
  return [...parameters.value.keys()].filter((path) => path.startsWith("/lights/group/")).map((path) => path.split("/")[3]);
}

/** A light's colour for a screen, as bright as a screen shows it: CIE 1931 x, y to sRGB (IEC 61966-2-1). */
export function screenColour({ x, y, level }) {
  if (!level || !y) return "transparent";
  const [X, Z] = [x / y, (1 - x - y) / y];
  const linear = [3.2406 * X - 1.5372 - 0.4986 * Z, -0.9689 * X + 1.8758 + 0.0415 * Z, 0.0557 * X - 0.204 + 1.057 * Z];
  const most = Math.max(...linear, 1e-6);
  const parts = linear.map((one) => Math.round(255 * Math.max(0, one / most) ** (1 / 2.2)));
  return `rgb(${parts.join(" ")})`;
}
