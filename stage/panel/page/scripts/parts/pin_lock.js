// The lock of a tablet that is left on a chair: the stage refuses all that it asks for until its PIN is given.
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { introduce, me } from "../link/me.js";
import { refusal, t } from "../words.js";
import { html } from "./html.js";
import { Icon } from "./icons.js";
import { Keypad } from "./keypad.js";

const LEAST = 4;
const MOST = 12;
const LOOKS_EVERY_MS = 3000;
const why = signal(null);

async function sent(address, pin) {
  const answer = await fetch(address, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ pin }),
  }).catch(() => null);
  const found = answer ? await answer.json().catch(() => ({})) : { reason: "page.not_connected" };
  const granted = Boolean(answer && answer.ok);
  why.value = granted ? null : found;
  if (granted) me.value = { ...me.peek(), ...found };
  return granted;
}

// The PIN as dots, its keys, and the one key that acts.
function Pin({ address, name, done }) {
  const [pin, setPin] = useState("");
  const act = async (event) => {
    event.preventDefault();
    if (pin.length < LEAST) return;
    const granted = await sent(address, pin);
    setPin("");
    if (granted) done();
  };
  const typed = (found) => { why.value = null; setPin(found); };
  return html`<form class="pin" onSubmit=${act}>
    <p class="dots" aria-label=${t("page.pin_typed", { count: pin.length })}>${"•".repeat(pin.length) || " "}</p>
    <p class="why" role="alert">${why.value ? refusal(why.value) : ""}</p>
    <${Keypad} digits=${pin} most=${MOST} enter=${typed} />
    <button class="submit" disabled=${pin.length < LEAST}>${name}</button>
  </form>`;
}

/** Who this tablet is, and the key that locks it, for a sheet. */
export function ThisTablet() {
  const [open, setOpen] = useState(false);
  const { paired, person, role } = me.value;
  const words = paired ? t("page.pair_is", { name: person, role: t(`page.${role}`) }) : t("page.pair_not");
  return html`<div class="setting"><span class="name"><bdi>${words}</bdi></span>
      ${paired
        ? html`<button type="button" class="key-wide" aria-expanded=${open} onClick=${() => setOpen(!open)}><${Icon} name="lock" size=${18} />${t("page.pin_lock")}</button>`
        : html`<a class="key-wide" href="/pair">${t("page.pair")}</a>`}</div>
    ${open && html`<p class="note">${t("page.pin_choose", { least: LEAST, most: MOST })}</p>
      <${Pin} address="/api/v1/lock" name=${t("page.pin_lock")} done=${() => setOpen(false)} />`}`;
}

/** What lies over the page of a locked tablet. An operator may have opened the lock meanwhile. */
export function PinLock() {
  return me.value.locked ? html`<${Locked} />` : null;
}

/** No key closes a dialog that locks. */
export function refuseEscape(event) {
  if (event.key === "Escape") event.preventDefault();
}

/** Opens a dialog over all others; one that the browser closed all the same opens again. */
export function keepOpen(place) {
  if (place.current && !place.current.open) place.current.showModal();
}

function Locked() {
  const place = useRef(null);
  useEffect(() => {
    keepOpen(place);
    const timer = setInterval(introduce, LOOKS_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const words = t("tablet_locked", { name: me.value.person });
  return html`<dialog class="pin-lock" ref=${place} aria-label=${words} onKeyDown=${refuseEscape}
    onCancel=${(event) => event.preventDefault()} onClose=${() => keepOpen(place)}>
    <h2><bdi>${words}</bdi></h2>
    <${Pin} address="/api/v1/unlock" name=${t("page.pin_unlock")} done=${() => null} />
  </dialog>`;
}
