// A key that asks to be held: a ring waits on it, fills while the finger stays, and the key says so where it left early.
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../words.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

/** How long a finger stays to confirm. */
export const HOLD_MS = 500;
const LONGER_MS = 1500;
const AWAY_PX = 24;

/**
 * What makes an element confirm by being held: its handlers, and how far it is.
 * `phase` is "", "down" or "longer"; with `tap`, a short touch does that instead of asking for longer.
 */
export function useHold(confirmed, { tap = null, holds = true } = {}) {
  const [phase, setPhase] = useState("");
  const timer = useRef(0);
  const from = useRef(null);
  const done = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);
  const end = (next) => {
    clearTimeout(timer.current);
    from.current = null;
    setPhase(next);
  };
  const confirm = () => {
    done.current = true;
    end("");
    confirmed();
  };
  const begin = ({ clientX = 0, clientY = 0, timeStamp }) => {
    if (from.current || !holds) return;
    clearTimeout(timer.current);
    from.current = { x: clientX, y: clientY, at: timeStamp };
    done.current = false;
    setPhase("down");
    timer.current = setTimeout(confirm, HOLD_MS);
  };
  const leave = ({ timeStamp }) => {
    if (!from.current) return;
    // A page that was busy meanwhile hears that the finger has left before its own timer: the finger's time counts.
    if (timeStamp - from.current.at >= HOLD_MS) {
      confirm();
      return;
    }
    end(tap ? "" : "longer");
    if (!tap) timer.current = setTimeout(() => setPhase(""), LONGER_MS);
  };
  const isKey = (event) => event.key === " " || event.key === "Enter";
  return {
    phase,
    handlers: {
      onPointerDown: (event) => event.button === 0 && begin(event),
      onPointerUp: leave,
      onPointerCancel: () => from.current && end(""),
      onPointerLeave: () => from.current && end(""),
      onPointerMove: (event) => {
        const start = from.current;
        if (start && Math.hypot(event.clientX - start.x, event.clientY - start.y) > AWAY_PX) end("");
      },
      onKeyDown: (event) => holds && isKey(event) && (event.preventDefault(), event.repeat || begin(event)),
      onKeyUp: (event) => holds && isKey(event) && (event.preventDefault(), leave(event)),
      onContextMenu: (event) => event.preventDefault(),
      onClick: () => {
        const confirmedNow = done.current;
        done.current = false;
        if (!holds) confirmed();
        else if (tap && !confirmedNow) tap();
      },
    },
  };
}

/** The ring of a key or tile that is being held; it fills in `HOLD_MS`, in four steps where motion is unwanted. */
export function HoldRing({ phase, size = 36 }) {
  return html`<svg class=${`hold-ring ${phase}`} viewBox="0 0 36 36" width=${size} height=${size} aria-hidden="true">
    <circle class="rest" cx="18" cy="18" r="16" /><circle class="run" cx="18" cy="18" r="16" pathLength="1" />
  </svg>`;
}

/** A key that is held to confirm, such as Freeze and Black. `on` says whether it is in force. */
export function HoldKey({ icon, name, on = false, disabled = false, confirmed, ...rest }) {
  const { phase, handlers } = useHold(confirmed);
  return html`<button class=${`key hold ${on ? "on" : ""} ${phase}`} aria-pressed=${on} disabled=${disabled}
    aria-description=${t("page.hold_to_confirm")} ...${rest} ...${handlers}>
    <span class="ring-place"><${HoldRing} phase=${phase} /><${Icon} name=${icon} size=${18} /></span>
    <span>${phase === "longer" ? t("page.longer") : name}</span>
  </button>`;
}
