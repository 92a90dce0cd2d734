// What this page shows: the whole page, the film picture alone, or the light cards; which camera and frame lines.
import { computed, signal } from "@preact/signals";
import { status } from "../link/values.js";
import { facts } from "../link/facts.js";
import { shape } from "../link/shape.js";

const FRAMES = ["9:16", "16:9", "1:1", "2.39:1"];

/** "page", "film", "cards" or "placing". */
export const view = signal("page");
/** The sheet that lies over the page: its name, or null. */
export const sheet = signal(null);
/** How long looks, worlds and doors fade, in seconds. */
export const fadeSeconds = signal(Number(localStorage.getItem("fade_s") ?? 3));

const wantedCamera = signal("");
const wantedLines = signal(null);
/** Whether the film picture is cropped to its frame lines where it stands alone. */
export const cropped = signal(true);

/** The cameras' names. */
export const cameras = computed(() => (status.value ? Object.keys(status.value.cameras) : []));
/** The camera whose film picture is shown; "" before there is one. */
export const camera = computed(() => (cameras.value.includes(wantedCamera.value) ? wantedCamera.value : cameras.value[0] || ""));
/** What the configuration says of that camera, of its first one until the stage is heard; null before it is known. */
export const cameraFacts = computed(() => {
  const known = facts.value ? facts.value.cameras : [];
  return (status.value ? known.find((one) => one.name === camera.value) : known[0]) || null;
});
/** The film picture's width over its height. */
export const filmAspect = computed(() => {
  const size = facts.value ? cameraFacts.value && cameraFacts.value.resolution_px : shape.film;
  return size ? size[0] / size[1] : 16 / 9;
});

const ownLines = computed(() => (!facts.value ? shape.lines : cameraFacts.value ? cameraFacts.value.frame_lines : []));
/** The frame lines in force: those that were chosen, else the configuration's first; "" for none. */
export const lines = computed(() => (wantedLines.value === null ? ownLines.value[0] || "" : wantedLines.value));

/** The frame lines' width over their height; null where there are none. */
export const linesAspect = computed(() => aspectOf(lines.value));

export function aspectOf(name) {
  const [wide, high] = name.split(":").map(Number);
  return wide > 0 && high > 0 ? wide / high : null;
}

export function chooseCamera(name) {
  wantedCamera.value = name;
  wantedLines.value = null;
}

/** Steps through the frame lines: the configuration's first, then the others, then none. */
export function nextLines() {
  const all = [...new Set([...ownLines.value, ...FRAMES]), ""];
  wantedLines.value = all[(all.indexOf(lines.value) + 1) % all.length];
}

/** Escape leaves what is shown alone, unless something over it, or a field, has that key. */
export function followEscape() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (!event.target.closest("input, textarea, select")) view.value = "page";
  });
}

export function setFade(seconds) {
  fadeSeconds.value = seconds;
  localStorage.setItem("fade_s", String(seconds));
}

/** A cue's number as people write it: 1.1. */
export function cueNumber(number) {
  return String(Math.round(number * 1000) / 1000);
}
