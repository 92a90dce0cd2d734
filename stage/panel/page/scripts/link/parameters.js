// What can be set: each parameter's declaration, asked for once for each version of the tree.
import { effect, signal, untracked } from "@preact/signals";
import { ask } from "./socket.js";
import { tree } from "./values.js";

/** Declarations by path: `{path, kind, default, unit, minimum, maximum, choices, role, fades, help, ...}`. */
export const parameters = signal(new Map());

/** The declaration at a path; undefined where the stage has none. */
export function parameter(path) {
  return parameters.value.get(path);
}

/** Keeps the declarations as the tree changes. */
export function followParameters() {
  effect(() => {
    const wanted = tree.value;
    if (wanted.epoch >= 0) untracked(() => load(wanted));
  });
}

async function load(wanted) {
  const answer = await ask({ type: "describe", path: "" });
  if (answer.type === "ok") parameters.value = new Map(answer.parameters.map((one) => [one.path, one]));
  else if (tree.peek() === wanted) setTimeout(() => tree.peek() === wanted && load(wanted), 500);
}
