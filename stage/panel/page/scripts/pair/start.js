// The page on which a tablet joins a stage: eight digits, a name, and then it is the director's or the operator's.
import { signal } from "@preact/signals";
import { me } from "../link/me.js";
import { hasWords, refusal, t } from "../words.js";
import { html } from "../parts/html.js";
import { Keypad, digitsOf } from "../parts/keypad.js";
import { start } from "../parts/start.js";
import { StatusLine } from "../parts/status_line.js";
import { nameOfDevice } from "./device.js";

const DIGITS = 8;
const HOME = { director: "/", viewer: "/", operator: "/operator", admin: "/operator" };

const digits = signal(digitsOf(location.hash, DIGITS));
const name = signal(nameOfDevice());
const busy = signal(false);
const refused = signal(null);

// A code in the address is for once: it must not stand in the history, nor be kept with a bookmark.
if (location.hash) history.replaceState(null, "", location.pathname);

function enter(found) {
  refused.value = null;
  digits.value = found;
}

async function join(event) {
  event.preventDefault();
  if (busy.value || digits.value.length < DIGITS) return;
  busy.value = true;
  const answer = await fetch("/api/v1/pair", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code: digits.value, name: name.value }),
  }).catch(() => null);
  const found = answer ? await answer.json().catch(() => ({})) : { reason: "page.not_connected" };
  busy.value = false;
  if (answer && answer.ok) return location.assign(HOME[found.role] || "/");
  refused.value = found;
  if (found.reason !== "pairing_too_often" && answer) digits.value = "";
  return undefined;
}

// Eight places, read and typed as one field.
function Code() {
  const places = Array.from({ length: DIGITS }, (_, at) => digits.value[at] || "");
  return html`<div class="code">
    <div class="places" aria-hidden="true">${places.map((digit, at) => html`<span key=${at}
      class=${at === Math.min(digits.value.length, DIGITS - 1) ? "next" : ""}>${digit}</span>`)}</div>
    <input aria-label=${t("page.pair_code")} inputmode="none" autocomplete="off" value=${digits.value}
      onInput=${(event) => { enter(digitsOf(event.currentTarget.value, DIGITS)); event.currentTarget.value = digits.value; }} />
  </div>`;
}

function Already() {
  const { paired, person, role, here, lost } = me.value;
  if (lost && !paired) return html`<p class="already warn" role="status">${t("page.pair_lost")}</p>`;
  if (!paired && !here) return null;
  const words = paired ? t("page.pair_is", { name: person, role: t(`page.${role}`) }) : t("page.pair_here");
  return html`<p class="already" role="status"><bdi>${words}</bdi><a class="word" href=${HOME[role]}>${t("page.pair_go_on")}</a></p>`;
}

function Pair() {
  const whole = digits.value.length === DIGITS;
  const why = refused.value && (hasWords(refused.value.reason) || refused.value.detail) ? refusal(refused.value) : "";
  return html`<${StatusLine} /><main>
    <form class="join" onSubmit=${join}>
      <h1>${t("page.pair")}</h1>
      <p class="how">${t("page.pair_how")}</p>
      <${Already} />
      <div class="typing"><${Code} />
        <p class="why" role="alert">${why}</p>
        <${Keypad} digits=${digits.value} most=${DIGITS} enter=${enter} /></div>
      <label class="called"><span>${t("page.pair_name")}</span>
        <input value=${name.value} maxlength="64" autocomplete="off" spellcheck="false" dir="auto"
          onInput=${(event) => { name.value = event.currentTarget.value; }} /></label>
      <button class="submit" disabled=${!whole || busy.value}>${t("page.pair_join")}</button>
      <p class="heard">${t("page.pair_overheard")}</p>
    </form>
  </main>`;
}

start(Pair, () => t("page.pair"));
