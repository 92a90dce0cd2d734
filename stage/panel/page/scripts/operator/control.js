// The control of a parameter, made of its declaration: keys that step a number, keys to choose from, a switch, a field.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "../parts/html.js";
import { choiceWords, nameOf } from "../parts/amounts.js";
import { parameter } from "../link/parameters.js";
import { value } from "../link/values.js";
import { t } from "../words.js";
import { changed } from "./changes.js";
import { figure, digitsOf } from "./figures.js";
import { readingOf, shownOf, stepWord, stepsOf, typed, unitOf } from "./steps.js";

const MOST_KEYS = 4;
const ECHO_MS = 1000;

export function Control({ path, name, note }) {
  const known = parameter(path);
  if (!known) return null;
  const Kind = { float: NumberControl, integer: NumberControl, boolean: SwitchControl, choice: ChoiceControl }[known.kind] ?? TextControl;
  return html`<${Kind} path=${path} known=${known} name=${name ?? nameOf(path)} note=${note} now=${value(path).value} />`;
}

function set(path, wanted) {
  return changed(path, wanted);
}

function NumberControl({ path, known, name, note, now }) {
  const [typing, setTyping] = useState(false);
  const nudge = useNudge(path, now, known);
  const [coarse, fine] = stepsOf(known);
  return html`<div class="control number" role="group" aria-label=${name} data-parameter=${path}>
    <div class="read"><span class="name">${name}</span>
      ${typing ? html`<${Field} path=${path} known=${known} now=${now} name=${name} onDone=${() => setTyping(false)} />`
        : html`<button type="button" class="value" aria-description=${t("page.board.type_value")}
          onClick=${() => setTyping(true)}>${readingOf(now, known)}<${Unit} of=${known} /></button>`}</div>
    <div class="steps">${[-coarse, -fine, fine, coarse].map((step) => html`<button type="button" class="step" key=${step}
      onClick=${() => nudge(step)}>${stepWord(step, known)}</button>`)}</div>
    ${note && html`<small class="note">${note}</small>`}
  </div>`;
}

/** A unit behind its number: degrees belong to it, others stand apart. */
function Unit({ of }) {
  return unitOf(of) && html`<small class=${of.unit === "deg" ? "tight" : ""}>${unitOf(of)}</small>`;
}

// Steps that are asked for faster than the stage answers add up: until a value has come back, the next one begins there.
function useNudge(path, now, known) {
  const aim = useRef(null);
  if (aim.current === now) aim.current = null;
  return async (step) => {
    const digits = Math.max(digitsOf(Math.abs(step)), 4);
    const wanted = Number(((aim.current ?? now) + step).toFixed(digits));
    const own = Math.max(known.minimum ?? -Infinity, Math.min(known.maximum ?? Infinity, wanted));
    aim.current = own;
    const answer = await set(path, own);
    const forget = () => { if (aim.current === own) aim.current = null; };
    if (answer.type === "error") forget();
    else setTimeout(forget, ECHO_MS);
  };
}

// A typed value. What is out of range is said by the stage, not clipped here; the value that moves on is not followed.
function Field({ path, known, now, name, onDone }) {
  const field = useRef(null);
  const left = useRef(false);
  const shown = shownOf(known);
  const first = useRef(String(Number((now * shown).toFixed(6))));
  useLayoutEffect(() => { field.current.focus(); field.current.select(); }, []);
  const done = (keep) => {
    if (left.current) return;
    left.current = true;
    const wanted = typed(field.current.value);
    if (keep && !Number.isNaN(wanted) && field.current.value !== first.current) set(path, wanted / shown);
    onDone();
  };
  const range = known.minimum === null ? "" : t("page.board.range", { low: figure(known.minimum * shown, 0), high: figure(known.maximum * shown, 0) });
  return html`<input class="typed" ref=${field} inputmode="decimal" autocomplete="off" aria-label=${`${name}, ${range}`}
    defaultValue=${first.current} title=${range} onBlur=${() => done(true)}
    onKeyDown=${(event) => { if (event.key === "Enter") done(true); if (event.key === "Escape") done(false); }} />`;
}

function SwitchControl({ path, name, note, now }) {
  return html`<div class="control switch" data-parameter=${path}>
    <div class="read"><span class="name">${name}</span></div>
    <button type="button" class="pick" role="switch" aria-checked=${now === true} aria-label=${name}
      onClick=${() => set(path, now !== true)}>${t(now === true ? "page.board.is_on" : "page.board.is_off")}</button>
    ${note && html`<small class="note">${note}</small>`}</div>`;
}

function ChoiceControl({ path, known, name, note, now }) {
  const few = known.choices.length <= MOST_KEYS;
  return html`<div class="control choice ${few ? "few" : ""}" data-parameter=${path}>
    <div class="read"><span class="name">${name}</span></div>
    ${few ? html`<div class="keys" role="radiogroup" aria-label=${name}>${known.choices.map((choice) => html`<button type="button"
        class="pick" role="radio" key=${choice} aria-checked=${now === choice} onClick=${() => set(path, choice)}>
        <bdi>${choiceWords(choice)}</bdi></button>`)}</div>`
      : html`<span class="select"><select aria-label=${name} value=${now} onChange=${(event) => set(path, event.currentTarget.value)}>
        ${known.choices.map((choice) => html`<option key=${choice} value=${choice}>${choiceWords(choice)}</option>`)}</select></span>`}
    ${note && html`<small class="note">${note}</small>`}
  </div>`;
}

function TextControl({ path, name, note, now }) {
  return html`<div class="control text" data-parameter=${path}>
    <div class="read"><span class="name">${name}</span></div>
    <input aria-label=${name} autocomplete="off" value=${now ?? ""}
      onChange=${(event) => set(path, event.currentTarget.value)} />
    ${note && html`<small class="note">${note}</small>`}</div>`;
}
