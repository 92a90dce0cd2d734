// What does not change while the stage runs, and what is asked for again and again: takes, tablets, worlds, the log.

import { useEffect } from "preact/hooks";
import { signal } from "@preact/signals";

export const facts = signal(null);

const AGAIN_MS = 2000;

export async function fetched(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

// Asks for the stage until it is told: a web process may be up before its stage is.
export async function learnFacts() {
  while (!facts.value) {
    try {
      facts.value = await fetched("/api/v1/stage");
    } catch {
      await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
  }
}

// Keeps asking for something while a part of the page that shows it is seen. `ask` answers a promise.
export function useAsked(ask, everyMs) {
  useEffect(() => {
    let [ended, timer] = [false, 0];
    const round = async () => {
      if (!document.hidden) await ask().catch(() => null);
      if (!ended) timer = setTimeout(round, everyMs);
    };
    round();
    return () => { ended = true; clearTimeout(timer); };
  }, []);
}
