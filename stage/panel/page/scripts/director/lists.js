// What is on the shelves: looks, worlds and cues, asked for again while the page is seen.
import { effect, signal, untracked } from "@preact/signals";
import { command, live, status } from "../link/values.js";

const TICK_MS = 1000;
/** The lists are asked for on every fifth tick only: many tablets must not cost the stage's loop much. */
const SELDOM = 5;
const MOST_COMPARED = 24;
const SETTLES_MS = 1500;
/** What goes on by itself, and so leaves a look in force. */
const MOVES_BY_ITSELF = new Set(["/time/hour", "/place/date", "/sky/clouds/drift_m"]);

export const looks = signal([]);
export const worlds = signal([]);
export const cues = signal([]);
/** The look whose values are all in force; "" for none that is known. */
export const lookInForce = signal("");

let reachedAt = 0;

/** Keeps the lists until the page ends. */
export function followLists() {
  let ticks = 0;
  setInterval(() => {
    if (document.hidden || !live.peek()) return;
    ticks += 1;
    if (isMoving() || ticks % SELDOM === 0) askWorlds();
    if (ticks % SELDOM === 2) askLooks().then(compare);
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

async function askAll() {
  await Promise.all([askWorlds(), askLooks(), askCues()]);
  await findInForce();
}

export async function askWorlds() {
  const answer = await command({ type: "worlds", action: "list" });
  if (answer.type === "ok") worlds.value = answer.worlds;
}

export async function askLooks() {
  const answer = await command({ type: "look", action: "list" });
  if (answer.type === "ok" && JSON.stringify(answer.looks) !== JSON.stringify(looks.peek())) looks.value = answer.looks;
}

async function askCues() {
  const answer = await command({ type: "cue", action: "list" });
  if (answer.type === "ok") cues.value = answer.cues;
}

async function isInForce(name) {
  const answer = await command({ type: "look", action: "diff", name });
  return answer.type === "ok" && answer.look.changes.every((one) => MOVES_BY_ITSELF.has(one.path));
}

/** Notes that a look was asked for, which is reached in so many seconds. */
export function recalled(name, seconds) {
  lookInForce.value = name;
  reachedAt = performance.now() + seconds * 1000 + SETTLES_MS;
}

/** The first look that is in force already when the page opens. */
async function findInForce() {
  if (lookInForce.peek()) return;
  for (const { name } of looks.peek().slice(0, MOST_COMPARED)) {
    if (lookInForce.peek()) return;
    if (await isInForce(name)) { lookInForce.value = name; return; }
  }
}

/** A look that somebody has changed since is not in force any more. */
async function compare() {
  const name = lookInForce.peek();
  if (performance.now() < reachedAt) return;
  if (name && !(await isInForce(name)) && lookInForce.peek() === name) lookInForce.value = "";
}
