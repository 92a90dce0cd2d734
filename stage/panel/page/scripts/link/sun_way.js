// The sun's way on the day that is set, asked for again when place or date change.
import { effect, signal } from "@preact/signals";
import { value } from "./values.js";

const SETTLES_MS = 150;
const PLACE = ["date", "latitude_deg", "longitude_deg", "altitude_m", "utc_offset_h", "front_azimuth_deg"];

/** `{date, rises_h, sets_h, way}`; null before it is known. */
export const sunWay = signal(null);

export function followSunWay() {
  let timer = 0;
  effect(() => {
    const place = PLACE.map((name) => value(`/place/${name}`).value);
    clearTimeout(timer);
    if (!place.includes(undefined)) timer = setTimeout(ask, SETTLES_MS);
  });
}

async function ask() {
  try {
    const answer = await fetch("/api/v1/sun-way", { cache: "no-store" });
    if (answer.ok) sunWay.value = await answer.json();
  } catch {
    setTimeout(ask, 2000);
  }
}
