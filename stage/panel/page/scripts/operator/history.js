// What telemetry showed lately: each tracker's age and place, and how long frames took. Bounded, and only of this page.

import { effect, signal } from "@preact/signals";
import { status } from "../link/values.js";

const AGES = 600;
const PLACES = 120;
const PATH = 60;
const GAP_MS = 400;
const FRAMES = 240;

export const moved = signal(0);
const trackers = new Map();
const frames = [];
const cameras = new Map();
let newestFrame = -1;
let heardAt = 0;

// The ages in ms of the last minute, null where nothing was heard.
export const agesOf = (name) => trackers.get(name)?.ages ?? [];

// Where a tracked body or a camera was lately, the newest last; null in a camera's path where nothing was heard.
export const placesOf = (name) => trackers.get(name)?.places ?? [];
export const pathOf = (camera) => cameras.get(camera) ?? [];

// How long the newest frames took, in ms.
export const frameTimes = () => frames;

effect(() => {
  const now = status.value;
  if (!now) return;
  const silent = performance.now() - heardAt > GAP_MS;
  heardAt = performance.now();
  for (const [name, one] of Object.entries(now.trackers)) {
    if (!trackers.has(name)) trackers.set(name, { ages: [], places: [] });
    const kept = trackers.get(name);
    push(kept.ages, one.age_ms, AGES);
    push(kept.places, one.position_m, PLACES);
  }
  for (const [name, one] of Object.entries(now.cameras ?? {})) {
    if (!cameras.has(name)) cameras.set(name, []);
    if (silent) push(cameras.get(name), null, PATH);
    if (one.position_m) push(cameras.get(name), one.position_m, PATH);
  }
  keepFrames(now);
  moved.value = moved.peek() + 1;
});

// Only frames that were not in the message before: after a restart the count begins anew.
function keepFrames(now) {
  const fresh = now.frame > newestFrame ? Math.min(now.frame - newestFrame, now.took_ms.length) : now.took_ms.length;
  newestFrame = now.frame;
  for (const took of fresh ? now.took_ms.slice(-fresh) : []) push(frames, took, FRAMES);
}

function push(list, value, most) {
  list.push(value);
  if (list.length > most) list.shift();
}
