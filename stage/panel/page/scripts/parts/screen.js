// The screen itself: how bright the page is on a dark stage, kept on this tablet.
import { effect, signal } from "@preact/signals";

/** Normal, dim, and dark: one amber and one red on black, pictures at a fifth. */
export const BRIGHTNESSES = ["normal", "dim", "dark"];

/** The brightness in force. */
export const brightness = signal(BRIGHTNESSES.includes(localStorage.getItem("brightness")) ? localStorage.getItem("brightness") : "normal");

export function nextBrightness() {
  brightness.value = BRIGHTNESSES[(BRIGHTNESSES.indexOf(brightness.value) + 1) % BRIGHTNESSES.length];
}

effect(() => {
  document.documentElement.dataset.light = brightness.value;
  localStorage.setItem("brightness", brightness.value);
});

/** Keeps the screen awake where the browser lets a page do that; on plain http it may not. */
export async function stayAwake() {
  if (!("wakeLock" in navigator)) return;
  const ask = () => document.visibilityState === "visible" && navigator.wakeLock.request("screen").catch(() => null);
  await ask();
  document.addEventListener("visibilitychange", ask);
}
