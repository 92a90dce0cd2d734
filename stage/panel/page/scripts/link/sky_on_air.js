// Whether a sky is on the walls: the sun shines from nowhere else, whatever the hour.
import { effect, signal, untracked } from "@preact/signals";
import { ask } from "./socket.js";
import { status } from "./values.js";

/** True until the stage has said that none of the worlds on air has a sky. */
export const skyOnAir = signal(true);

/** Keeps it until the page ends: the worlds are asked for whenever others come on air. */
export function followSky() {
  let known = "";
  effect(() => {
    const air = status.value && status.value.world;
    const names = air ? [air.on_air, air.coming].filter(Boolean) : [];
    if (!names.length || names.join("\n") === known) return;
    known = names.join("\n");
    untracked(() => look(names, () => names.join("\n") === known, () => (known = "")));
  });
}

// Asks page after page until all that are on air were found: a library may hold thousands.
async function look(names, isWanted, again) {
  const found = [];
  for (let [first, total] = [0, 1]; first < total && found.length < names.length;) {
    const answer = await ask({ type: "worlds", first });
    if (answer.type !== "ok") return again();
    if (!answer.worlds.length) break;
    found.push(...answer.worlds.filter((one) => names.includes(one.name)));
    [first, total] = [first + answer.worlds.length, answer.total];
  }
  if (isWanted() && found.length) skyOnAir.value = found.some((one) => one.kind.split(", ").includes("sky"));
  return undefined;
}
