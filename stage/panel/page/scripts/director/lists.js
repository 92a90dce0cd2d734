// What is on the shelves: looks, worlds and cues, asked for again while the page is seen.
import { computed, effect, signal, untracked } from "@preact/signals";
import { command, live, status } from "../link/values.js";

const TICK_MS = 1000;
/** The lists are asked for on every fifth tick only: many tablets must not cost the stage's loop much. */
const SELDOM = 5;

export const looks = signal([]);
/** The first worlds, and the one on air. */
export const worlds = signal([]);
/** Whether looks and worlds have been told once. */
export const listed = { looks: signal(false), worlds: signal(false) };
/** How many the stage has: where that is more, a sheet finds the others. */
export const worldsInAll = signal(0);
export const cues = signal([]);
/** The look whose values are all in force; "" for none that is known. */
export const lookInForce = computed(() => (status.value ? status.value.look : ""));

/** Keeps the lists until the page ends. */
export function followLists() {
  let ticks = 0;
  setInterval(() => {
    if (document.hidden || !live.peek()) return;
    ticks += 1;
    if (isMoving() || ticks % SELDOM === 0) askWorlds();
    if (ticks % SELDOM === 2) askLooks();
    if (ticks % SELDOM === 4) askCues();
  }, TICK_MS);
  effect(() => {
    if (live.value) untracked(askAll);
  });
  let known = "";
  effect(() => {
    const now = status.value && status.value.cues;
    if (!now) return;
    const stands = `${now.count} ${now.pointer} ${now.next} ${now.next_name}`;
    if (stands === known) return;
    known = stands;
    untracked(askCues);
  });
}

/** Whether a world is being read, or changes. */
function isMoving() {
  const air = status.peek() && status.peek().world;
  return worlds.peek().some((one) => one.state === "loading") || Boolean(air && (air.coming || air.target !== air.on_air || air.target !== shownOnAir()));
}

function shownOnAir() {
  const found = worlds.peek().find((one) => one.on_air);
  return found ? found.name : "";
}

function askAll() {
  return Promise.all([askWorlds(), askLooks(), askCues()]);
}

export async function askWorlds() {
  const answer = await command({ type: "worlds", action: "list" });
  if (answer.type !== "ok") return;
  const beyond = answer.worlds.some((one) => one.on_air) ? null : await onAirAfter(answer.worlds.length, answer.total);
  worlds.value = beyond ? [beyond, ...answer.worlds] : answer.worlds;
  worldsInAll.value = answer.total;
  listed.worlds.value = true;
}

/** The world on air, where it stands behind the first ones. */
async function onAirAfter(first, total) {
  while (first < total) {
    const answer = await command({ type: "worlds", action: "list", first });
    if (answer.type !== "ok" || !answer.worlds.length) return null;
    const found = answer.worlds.find((one) => one.on_air);
    if (found) return found;
    first += answer.worlds.length;
  }
  return null;
}

export async function askLooks() {
  const found = await asked({ type: "look", action: "list" }, "looks");
  if (found && JSON.stringify(found) !== JSON.stringify(looks.peek())) looks.value = found;
  if (found) listed.looks.value = true;
}

export async function askCues() {
  const found = await asked({ type: "cue", action: "list" }, "cues");
  if (found && JSON.stringify(found) !== JSON.stringify(cues.peek())) cues.value = found;
}

/** All of a list, which the stage gives in several answers where it is long; null where it gave none. */
export async function asked(fields, what) {
  const found = [];
  for (let total = 1; found.length < total;) {
    const answer = await command({ ...fields, first: found.length });
    if (answer.type !== "ok") return null;
    if (!answer[what].length) break;
    found.push(...answer[what]);
    total = answer.total;
  }
  return found;
}
