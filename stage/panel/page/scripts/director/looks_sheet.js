// The looks, a level down: one is made of what is in force or taken from a file, each opens to be compared and changed.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { isDirector } from "../link/me.js";
import { command, live, recording, status } from "../link/values.js";
import { HeldButton } from "../parts/held_button.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { Segmented } from "../parts/segmented.js";
import { tell, toast } from "../parts/toast.js";
import { listed, t } from "../words.js";
import { ChangesShown } from "./changes_shown.js";
import { FromFile } from "./files_read.js";
import { askLooks, asked, looks } from "./lists.js";
import { LookParts, partWords } from "./look_parts.js";
import { inSeconds, lookName } from "./shelf.js";
import { fadeSeconds, sheet } from "./view.js";

/** Looks that are kept of takes, and whether they are what the sheet lists. */
const ofTakes = signal([]);
const listsTakes = signal(false);

const mayNot = () => !live.value || !isDirector.value;

async function ask() {
  if (listsTakes.peek()) ofTakes.value = await asked({ type: "look", action: "list", takes: true }, "looks") ?? ofTakes.peek();
  else await askLooks();
}

export function LooksSheet() {
  const takes = listsTakes.value;
  useEffect(() => { if (live.value) ask(); }, [takes, live.value]);
  const rows = takes ? ofTakes.value : looks.value;
  return html`<${SaveLook} />
    <${Segmented} label=${t("page.looks")} chosen=${takes} choose=${(one) => (listsTakes.value = one)}
      choices=${[{ value: false, name: t("page.looks_of_show") }, { value: true, name: t("page.looks_of_takes") }]} data-request="look list" />
    ${!rows.length && html`<p class="none">${t("page.no_looks")}</p>`}
    <ul class="rows">${rows.map((look) => html`<li key=${look.kind + look.name} class="row look-row">
      <span class="look-picture">${look.thumbnail && html`<img src=${`/preview/look/${encodeURIComponent(look.name)}.jpg`} alt="" loading="lazy" />`}</span>
      <span class="what"><b class="cut"><bdi>${lookName(look)}</bdi></b><small class="cut">${aboutLook(look)}</small></span>
      <button class="key-wide" onClick=${() => (sheet.value = `look ${encodeURIComponent(look.name)}`)}>${t("page.open")}</button></li>`)}</ul>
    <${FromFile} kind="look" name=${t("page.look_of_file")} request="look import">${(read, done) => html`<${Imported} read=${read} done=${done} />`}<//>`;
}

function aboutLook({ kind, parts, count, world }) {
  return listed(kind === "shipped" && t("page.look_shipped"), partWords(parts), t("page.cue_values", { count }), world);
}

function SaveLook() {
  const [name, setName] = useState("");
  const [only, setOnly] = useState([]);
  const save = async (event) => {
    event.preventDefault();
    const answer = await command({ type: "look", action: "save", name, only });
    if (!tell(answer, name)) return;
    toast(() => t("page.look_saved", { look: answer.value }), { icon: "check" });
    setName("");
    listsTakes.value = false;
    askLooks();
  };
  return html`<form class="sheet-form" onSubmit=${save}><label><span class="name">${t("page.look_name")}</span>
    <input value=${name} maxlength="64" autocomplete="off" onInput=${(event) => setName(event.target.value)} /></label>
    <button class="key-wide" data-request="look save" disabled=${!name.trim() || mayNot()}>${t("page.save_look")}</button></form>
    <${LookParts} only=${only} choose=${setOnly} disabled=${mayNot()} />`;
}

/** A look that was read from a file: it is new, or takes the place of one of the same name. */
function Imported({ read: { name, values }, done }) {
  const give = async (replace) => {
    const answer = await command({ type: "look", action: "import", name, values, replace });
    if (!tell(answer, name)) return;
    toast(() => t("page.look_saved", { look: answer.value }), { icon: "check" });
    askLooks();
    done();
  };
  const isThere = looks.value.some((one) => one.kind === "show" && one.name === name);
  return html`<p><b><bdi>${name}</bdi></b> <small>${t("page.cue_values", { count: Object.keys(values).length })}</small></p>
    <div class="keys">${isThere ? html`<${HeldButton} kind="key-wide" label=${t("page.replace")} held=${() => give(true)} disabled=${mayNot()} />`
      : html`<button class="key-wide" disabled=${mayNot()} onClick=${() => give(false)}>${t("page.take_over")}</button>`}
      <button class="key-wide" onClick=${done}>${t("page.leave_it")}</button></div>`;
}

/** One look: what it would change here, some parts of it alone, and what becomes of it. */
export function LookSheet({ of }) {
  const name = decodeURIComponent(of);
  const takes = listsTakes.value;
  const look = (takes ? ofTakes.value : looks.value).find((one) => one.name === name);
  const [only, setOnly] = useState([]);
  const [shown, setShown] = useState(null);
  const [to, setTo] = useState(name);
  const given = takes ? { name, takes } : { name };
  const compare = () => command({ type: "look", action: "diff", only, ...given }).then((answer) => answer.type === "ok" && setShown(answer.look));
  useEffect(() => { if (live.value) compare(); }, [only, status.value?.look, look?.frame, live.value]);
  if (!look) return html`<p class="none">${t("page.look_gone")}</p>`;
  const change = async (fields, done = "") => {
    const answer = await command({ type: "look", ...given, ...fields });
    if (!tell(answer, name)) return false;
    if (done) toast(() => t(done, { look: name }), { icon: "check" });
    await ask();
    return true;
  };
  const recall = () => change({ action: "recall", only, fade_s: fadeSeconds.peek() });
  const rename = async (event) => {
    event.preventDefault();
    // A look of a take that is given a name is one of the show from then on.
    if (await change({ action: "rename", to })) { listsTakes.value = false; sheet.value = "looks"; }
  };
  const isOwn = look.kind !== "shipped";
  const recallWords = t("page.recall_in", { time: inSeconds(fadeSeconds.value) });
  return html`<h3 class="named"><bdi>${lookName(look)}</bdi></h3><p class="note">${aboutLook(look)}</p>
    <${LookParts} only=${only} choose=${setOnly} disabled=${mayNot()} />
    ${shown && html`<div data-request="look diff">${shown.total === 0 && html`<p class="none">${t("page.look_in_force")}</p>`}
      <${ChangesShown} title=${t("page.look_changes", { count: shown.total })} shown=${shown} field="look" open=${true} /></div>`}
    <div class="keys">${recording.value ? html`<${HeldButton} kind="key-wide" label=${recallWords} held=${recall} disabled=${mayNot()} data-request="look recall" />`
      : html`<button class="key-wide" data-request="look recall" disabled=${mayNot()} onClick=${recall}><${Icon} name="go" size=${20} />${recallWords}</button>`}
      ${look.kind === "show" && html`<${HeldButton} kind="key-wide" label=${t("page.look_update")} disabled=${mayNot()} data-request="look update" held=${() => change({ action: "update", only }, "page.look_saved").then(compare)} />`}
      ${isOwn && html`<${HeldButton} kind="key-wide" label=${t("page.delete")} disabled=${mayNot()} data-request="look delete" held=${() => change({ action: "delete" }).then((done) => done && (sheet.value = "looks"))} />`}</div>
    ${isOwn && html`<form class="sheet-form" onSubmit=${rename}><label><span class="name">${t("page.look_name")}</span>
      <input value=${to} maxlength="64" autocomplete="off" onInput=${(event) => setTo(event.target.value)} /></label>
      <button class="key-wide" data-request="look rename" disabled=${!to.trim() || to === name || mayNot()}>${t("page.rename")}</button></form>`}
    ${!isOwn && html`<small class="note">${t("page.look_shipped_note")}</small>`}
    <button class="key-wide" onClick=${() => (sheet.value = "looks")}><${Icon} name="back" size=${20} />${t("page.looks")}</button>`;
}
