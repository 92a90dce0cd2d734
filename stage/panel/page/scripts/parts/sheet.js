// A sheet over the page for what is seldom needed: its title, Done, and whatever it holds. Escape closes it.
import { useEffect, useRef } from "preact/hooks";
import { me } from "../link/me.js";
import { t } from "../words.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";

/** `close` is called when people are done. `wide` takes the width of the page. */
export function Sheet({ title, close, wide = false, children }) {
  const place = useRef(null);
  // A touch beside the sheet closes it, unless it began before the sheet was there: a key that is held opens some.
  const beside = useRef(false);
  useEffect(() => {
    const dialog = place.current;
    const before = document.activeElement;
    dialog.showModal();
    return () => {
      if (dialog.open) dialog.close();
      if (before && before.focus) before.focus({ preventScroll: true });
    };
  }, []);
  // Whoever opens a tablet that was locked finds the page, and not what somebody had left open on it.
  const { locked } = me.value;
  useEffect(() => {
    if (locked) close();
  }, [locked]);
  return html`<dialog class=${`sheet ${wide ? "wide" : ""}`} ref=${place} aria-label=${title} onCancel=${(event) => { event.preventDefault(); close(); }}
    onPointerDown=${(event) => (beside.current = event.target === place.current)} onClick=${(event) => event.target === place.current && beside.current && close()}>
    <div class="sheet-body">
      <header><h2>${title}</h2><button class="key-wide" onClick=${close}><${Icon} name="check" size=${20} />${t("page.done")}</button></header>
      ${children}
    </div>
  </dialog>`;
}
