// The stage's values as signals, and setting them: the latest wins, one set of a path at a time, nothing is queued.
import { batch, computed, effect, signal } from "@preact/signals";
import { ask, connect, connectAnew, connected, onMessage } from "./socket.js";

const STALE_MS = 1000;
const GIVE_UP_MS = 6000;
const LOOK_EVERY_MS = 100;
const ASLEEP_MS = 2000;
const RENEW_MS = 700;
const TOLD_MS = 400;

/** The newest status, null before the first. */
export const status = signal(null);
/** "live", "stale" (nothing heard for a second) or "offline". */
export const link = signal("offline");
/** Whole seconds since the stage was heard last. */
export const silentSeconds = signal(0);
/** Which tree of parameters the values belong to: `{epoch, tree}`. */
export const tree = signal({ epoch: -1, tree: -1 });
/** Whether anything may be changed now. */
export const live = computed(() => link.value === "live");
/** Whether a take rolls, or rolled when the stage was heard last. */
export const recording = computed(() => status.value?.take?.state === "recording");

const signals = new Map();
const own = new Map();
const pending = new Map();
let heardAt = -Infinity;
let lookedAt = performance.now();
/** Whether the values are those of this connection: before its snapshot they are what another one had. */
let told = false;

/** The signal of a value; undefined while the stage has none at that path. */
export function value(path) {
  if (!signals.has(path)) signals.set(path, signal(undefined));
  return signals.get(path);
}

/** All paths that have a value now. */
export function paths() {
  return [...signals.keys()].filter((path) => signals.get(path).peek() !== undefined);
}

function take(message) {
  if (hasSlept()) return;
  if (message.type === "telemetry") {
    if (told && message.epoch === tree.peek().epoch) heardAt = performance.now();
    batch(() => {
      status.value = message.status;
      judge();
    });
    return;
  }
  if (message.type !== "snapshot" && message.type !== "state") return;
  batch(() => {
    if (message.type === "snapshot") {
      told = true;
      for (const [path, kept] of signals) if (!(path in message.values)) kept.value = undefined;
    }
    for (const [path, found] of Object.entries(message.values)) value(path).value = found;
    const before = tree.peek();
    if (before.epoch !== message.epoch || before.tree !== message.tree) {
      tree.value = { epoch: message.epoch, tree: message.tree };
    }
  });
}

/** Whether this page stood still until now. Its socket may hold what was said before: it takes a new one. */
function hasSlept() {
  const now = performance.now();
  const slept = now - lookedAt > ASLEEP_MS;
  lookedAt = now;
  if (slept) connectAnew();
  return slept;
}

function judge() {
  const silent = performance.now() - heardAt;
  link.value = silent <= STALE_MS ? "live" : connected.value || silent < GIVE_UP_MS ? "stale" : "offline";
  if (link.value === "stale" && status.peek() === null) link.value = "offline";
  silentSeconds.value = silent <= STALE_MS || !Number.isFinite(silent) ? 0 : Math.floor(silent / 1000);
}

/** Follows the stage until the page ends. */
export function follow() {
  onMessage(take);
  connect();
  setInterval(() => { hasSlept(); judge(); }, LOOK_EVERY_MS);
  effect(() => {
    if (!connected.value) told = false;
  });
  effect(() => {
    document.body.dataset.link = link.value;
    document.body.dataset.recording = recording.value ? "on" : "off";
  });
  // A tablet that wakes up may hold a socket that ended long ago, and values as old: it says so before anything else.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    judge();
    if (link.value !== "live") connectAnew();
  });
  window.addEventListener("online", connectAnew);
  window.addEventListener("pageshow", (event) => event.persisted && connectAnew());
}

/** Sends a command, unless the stage is silent: then it is refused here. `urgent` ones are sent all the same. */
export function command(fields, { urgent = false } = {}) {
  if (!urgent && link.peek() !== "live") {
    return Promise.resolve({ type: "error", code: "no_answer", reason: "page.not_live", values: {} });
  }
  return ask(fields);
}

/**
 * Sets a value, now or over `fade_s` seconds. Answers with the stage's answer; with `{type: "passed"}` where a later
 * one took its place before it was sent.
 */
export function setValue(path, wanted, options = {}) {
  const { urgent = false, ...fields } = options;
  return inTurn(path, { type: "set", path, value: wanted, ...fields }, urgent);
}

/** Sets several values in one frame, or none; a later set of the same ones takes the place of one that waits. */
export function setValues(values, fade_s = 0) {
  const items = Object.entries(values).map(([path, found]) => ({ path, value: found, fade_s }));
  return inTurn(Object.keys(values).join(" "), { type: "batch", items }, false);
}

function inTurn(what, fields, urgent) {
  const waiting = pending.get(what);
  return new Promise((resolve) => {
    const next = { fields, urgent, resolve };
    if (!waiting) return send(what, next);
    if (waiting.next) waiting.next.resolve({ type: "passed" });
    waiting.next = next;
  });
}

async function send(what, { fields, urgent, resolve }) {
  const waiting = { next: null };
  pending.set(what, waiting);
  const answer = await command(fields, { urgent });
  pending.delete(what);
  if (waiting.next) send(what, waiting.next);
  resolve(answer);
}

/** Holds values while a finger moves them: all that is set until `drop` is one step of undo. */
export function hold(...held) {
  for (const path of held) own.set(path, Infinity);
  const taken = command({ type: "lease", action: "take", paths: held });
  const renewing = setInterval(() => command({ type: "lease", action: "renew", paths: held }), RENEW_MS);
  return {
    taken,
    async drop() {
      clearInterval(renewing);
      await settled(held);
      const answer = await command({ type: "lease", action: "drop", paths: held });
      for (const path of held) own.set(path, performance.now() + TOLD_MS);
      return answer;
    },
  };
}

async function settled(held) {
  while (pending.has(held.join(" ")) || held.some((path) => pending.has(path))) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Who else holds a value now; null where nobody does, or this page. */
export function heldBy(path) {
  const found = status.value && status.value.leases.find((one) => one.path === path);
  return !found || (own.get(path) || 0) > performance.now() ? null : found.who;
}
