// Who this page is to the stage: its person, role and tablet.
import { computed, effect, signal, untracked } from "@preact/signals";
import { ask, callAs, connected } from "./socket.js";

const RANKS = ["viewer", "director", "operator", "admin"];

/** `{person, role, tablet, paired, here, language, locked}`, as far as the stage has said. */
export const me = signal({ person: "", role: "viewer", tablet: null, paired: false, here: false, language: null, locked: false });
/** The stage's name. */
export const stageName = signal("");

/** Whether this page may do what needs `role`. */
export function may(role) {
  return RANKS.indexOf(me.value.role) >= RANKS.indexOf(role);
}

export const isDirector = computed(() => may("director"));
export const isOperator = computed(() => may("operator"));

/** Asks the stage who this page is, after each connection anew. */
export function followMe(calledWithoutName) {
  callAs(() => me.peek().person || calledWithoutName());
  effect(() => {
    document.body.dataset.role = me.value.role;
  });
  effect(() => {
    if (connected.value) untracked(introduce);
  });
}

export async function introduce() {
  const hello = await ask({ type: "hello" });
  if (hello.type === "ok") {
    stageName.value = hello.stage;
    document.title = hello.stage;
  }
  const found = await fetch("/api/v1/me", { cache: "no-store" }).then((answer) => (answer.ok ? answer.json() : null), () => null);
  if (found) me.value = { ...me.peek(), ...found };
  else if (hello.type === "ok") me.value = { ...me.peek(), role: hello.role };
}
