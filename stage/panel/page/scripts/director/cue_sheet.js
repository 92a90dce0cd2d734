// One cue: its number, what it sets, and in which time. What is changed here is changed at once, for everybody.
import { useEffect, useState } from "preact/hooks";
import { status } from "../link/values.js";
import { unitWords } from "../parts/amounts.js";
import { HeldButton } from "../parts/held_button.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { Segmented } from "../parts/segmented.js";
import { t } from "../words.js";
import { CueValues } from "./cue_values.js";
import { CueShown, GoTo, changeCues, cueName, mayNot } from "./cues_sheet.js";
import { cues, lookInForce, looks } from "./lists.js";
import { LookParts } from "./look_parts.js";
import { lookName } from "./shelf.js";
import { fadeSeconds, cueNumber, sheet } from "./view.js";

const CURVES = ["linear", "ease"];
const WAYS = ["shorter", "forward", "backward"];
const STEP_S = 1;
const MOST_S = 3600;

export function CueSheet({ of }) {
  const number = Number(of);
  const cue = cues.value.find((one) => one.number === number);
  // What this stage has not got is not told: such a cue is not changed here, since that would be lost.
  const [values, setValues] = useState(null);
  if (!cue) return html`<p class="none">${t("page.cue_gone", { number: cueNumber(number) })}</p><${ToList} />`;
  const edit = (fields) => changeCues({ action: "edit", cues: [{ number, ...fields }] }, cueNumber(number));
  const renumber = async (to) => (await changeCues({ action: "renumber", number, to }, cueNumber(number))) && (sheet.value = `cue ${Number(to)}`);
  const ownValues = (shown) => setValues(shown.absent.length + Object.keys(shown.refused).length === 0 ? Object.fromEntries(shown.changes.map((one) => [one.path, one.cue])) : null);
  const words = (choices) => choices.map((value) => ({ value, name: t(`page.cue_${value}`) }));
  return html`<h3 class="named"><span class="number">${cueNumber(number)}</span> <bdi>${cueName(cue)}</bdi></h3>
    <${CueShown} number=${number} anew=${JSON.stringify(cue)} known=${ownValues} title=${(count) => t("page.cue_changes", { count })} />
    <div class="controls" data-request="cue edit">
      <${Typed} name=${t("page.name")} now=${cue.name} most=${64} give=${(name) => edit({ name })} />
      <${LookOfCue} cue=${cue} edit=${edit} />
      ${cue.look ? html`<${LookParts} only=${cue.only} choose=${(only) => edit({ only })} disabled=${mayNot()} />` : html`<${CueValues} values=${values} count=${cue.count} give=${(given) => edit({ values: given })} />`}
      <${Seconds} name=${t("page.fade")} now=${cue.fade_s} give=${(fade_s) => edit({ fade_s })} />
      <${Seconds} name=${t("page.cue_delay")} now=${cue.delay_s} give=${(delay_s) => edit({ delay_s })} />
      <div class="setting"><span class="name">${t("page.cue_curve")}</span><${Segmented} label=${t("page.cue_curve")} chosen=${cue.curve} choices=${words(CURVES)} disabled=${mayNot()} choose=${(curve) => edit({ curve })} /></div>
      <div class="setting"><span class="name">${t("page.cue_way")}</span><${Segmented} label=${t("page.cue_way")} chosen=${cue.way} choices=${words(WAYS)} disabled=${mayNot()} choose=${(way) => edit({ way })} /></div>
      <div class="setting"><span class="name">${t("page.cue_follow_on")}</span><${Segmented} label=${t("page.cue_follow_on")} chosen=${cue.follow_on} disabled=${mayNot()} choose=${(follow_on) => edit({ follow_on })}
        choices=${[{ value: false, name: t("page.off") }, { value: true, name: t("page.on") }]} /></div>
      <div data-request="cue renumber"><${Typed} name=${t("page.number")} now=${cueNumber(number)} most=${8} decimal=${true} give=${renumber} /></div>
    </div>
    <div class="keys"><${GoTo} number=${number} />
      <button class="key-wide" disabled=${mayNot()} onClick=${() => (sheet.value = `new_cue ${number}`)}><${Icon} name="plus" size=${20} />${t("page.cue_insert_after")}</button>
      <${HeldButton} kind="key-wide" label=${t("page.delete")} disabled=${mayNot()} data-request="cue delete" held=${() => changeCues({ action: "delete", number }, cueNumber(number)).then((done) => done && (sheet.value = "cues"))} />
      <${ToList} /></div>`;
}

function ToList() {
  return html`<button class="key-wide" onClick=${() => (sheet.value = "cues")}><${Icon} name="back" size=${20} />${t("page.cues")}</button>`;
}

/** Which look it recalls. A look that is not there any more stands among the others, as it is called. */
function LookOfCue({ cue, edit }) {
  const now = looks.value.find((one) => one.name.toLowerCase() === cue.look.toLowerCase())?.name ?? cue.look;
  const names = new Map([...looks.value.map((one) => [one.name, lookName(one)]), ...(now && !looks.value.some((one) => one.name === now) ? [[now, now]] : [])]);
  return html`<div class="setting"><span class="name">${t("page.look")}</span>
    <span class="select"><select aria-label=${t("page.look")} disabled=${mayNot()} value=${now} onChange=${(event) => event.target.value && edit({ look: event.target.value })}>
      ${!cue.look && html`<option value="">${t("page.cue_values", { count: cue.count })}</option>`}
      ${[...names].map(([name, words]) => html`<option key=${name} value=${name}>${words}</option>`)}</select></span></div>`;
}

/** A text that is given once it was typed; where it is refused it is what it was. */
function Typed({ name, now, most, give, decimal = false }) {
  const given = async (event) => {
    const field = event.target;
    const wanted = field.value.trim().replace(",", decimal ? "." : ",");
    if (wanted !== now && !(await give(wanted))) field.value = now;
  };
  return html`<div class="setting"><span class="name">${name}</span><input aria-label=${name} maxlength=${most} inputmode=${decimal ? "decimal" : "text"} autocomplete="off" disabled=${mayNot()} defaultValue=${now} key=${now} onChange=${given} /></div>`;
}

/** A time: typed, or by a second more or less. */
function Seconds({ name, now, give }) {
  const bounded = (wanted) => Math.min(MOST_S, Math.max(0, Math.round(wanted * 1000) / 1000));
  const given = async (event) => {
    const field = event.target;
    const wanted = Number(field.value.trim().replace(",", "."));
    if (field.value.trim() === "" || !Number.isFinite(wanted) || !(await give(bounded(wanted)))) field.value = String(now);
  };
  const step = (by) => html`<button type="button" class="key-wide" aria-label=${`${name} ${by > 0 ? "+" : "−"}${STEP_S}`} disabled=${mayNot()} onClick=${() => give(bounded(now + by))}><${Icon} name=${by > 0 ? "plus" : "minus"} size=${20} /></button>`;
  return html`<div class="setting seconds"><span class="name">${name}</span><span class="stepped">${step(-STEP_S)}
    <input aria-label=${`${name}, ${unitWords("s")}`} inputmode="decimal" autocomplete="off" disabled=${mayNot()} defaultValue=${String(now)} key=${now} onChange=${given} /><small>${unitWords("s")}</small>${step(STEP_S)}</span></div>`;
}

/** A new cue of a look: at a number, after another cue, or at the end. What else it is, its own sheet says then. */
export function NewCue({ of }) {
  const after = of === undefined ? null : Number(of);
  const [number, setNumber] = useState("");
  const [look, setLook] = useState(lookInForce.peek());
  useEffect(() => { if (!look && looks.value.length) setLook(looks.value[0].name); }, [looks.value]);
  const add = async (event) => {
    event.preventDefault();
    const cue = { look, fade_s: fadeSeconds.peek(), ...(number.trim() && { number: number.trim().replace(",", ".") }) };
    const answer = await changeCues({ action: "add", cues: [cue], ...(after !== null && !cue.number && { after }) });
    if (answer) sheet.value = `cue ${answer.value}`;
  };
  const place = after === null ? t("page.cue_at_the_end") : t("page.cue_after_number", { number: cueNumber(after) });
  return html`<form class="sheet-form new-cue" onSubmit=${add}>
      <label><span class="name">${t("page.look")}</span><span class="select"><select value=${look} disabled=${mayNot()} onChange=${(event) => setLook(event.target.value)}>${looks.value.map((one) => html`<option key=${one.kind + one.name} value=${one.name}>${lookName(one)}</option>`)}</select></span></label>
      <label><span class="name">${t("page.number")}</span><input value=${number} maxlength="8" inputmode="decimal" autocomplete="off" placeholder=${place} onInput=${(event) => setNumber(event.target.value)} /></label>
      <button class="key-wide" data-request="cue add" disabled=${!look || mayNot()}><${Icon} name="plus" size=${20} />${t("page.add")}</button></form>
    <small class="note">${t("page.new_cue_note")}</small>
    <${CueValues} values=${{}} count=${0} give=${(values) => changeCues({ action: "add", cues: [{ values, fade_s: fadeSeconds.peek() }], ...(after !== null && { after }) }).then((answer) => answer && (sheet.value = `cue ${answer.value}`))} />
    <${ToList} />`;
}
