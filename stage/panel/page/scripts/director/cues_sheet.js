// The list of cues: each is played alone or opened; more are added, also from a file, and all of them numbered anew.
import { useEffect, useState } from "preact/hooks";
import { isDirector } from "../link/me.js";
import { command, live, recording, status } from "../link/values.js";
import { HeldButton } from "../parts/held_button.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { tell, toast } from "../parts/toast.js";
import { listed, t } from "../words.js";
import { ChangesShown } from "./changes_shown.js";
import { FromFile } from "./files_read.js";
import { askCues, cues } from "./lists.js";
import { cueNumber, sheet } from "./view.js";

export const mayNot = () => !live.value || !isDirector.value;

/** Asks something about the list of cues, and for the list once it was done. Answers null where it was refused. */
export async function changeCues(fields, what = "") {
  const answer = await command({ type: "cue", ...fields });
  if (!tell(answer, what)) return null;
  await askCues();
  return answer;
}

/** What a cue is called: by its name, by its look, or by how much it sets. */
export function cueName({ name, look, count }) {
  return name || look || t("page.cue_values", { count });
}

/** The cues in their order; above them what the next one would change, before it does. */
export function CuesSheet() {
  const stands = status.value.cues;
  return html`<${CueShown} number=${stands.next} title=${(count) => t("page.next_changes", { count })} />
    ${cues.value.length === 0 && html`<p class="none">${t("page.no_cues_note")}</p>`}
    <ul class="rows">${cues.value.map((cue) => html`<li key=${cue.number} class=${`row ${cue.number === stands.pointer ? "now" : ""}`} aria-current=${cue.number === stands.pointer}>
      <span class="number">${cueNumber(cue.number)}</span>
      <span class="what"><b><bdi>${cueName(cue)}</bdi></b><small>${aboutCue(cue, stands)}</small></span>
      <button class="key-wide" aria-label=${t("page.cue_open", { number: cueNumber(cue.number) })} onClick=${() => (sheet.value = `cue ${cue.number}`)}>${t("page.change")}</button>
      <${GoTo} number=${cue.number} /></li>`)}</ul>
    <div class="keys cue-keys"><button class="key-wide" disabled=${mayNot()} onClick=${() => (sheet.value = "new_cue")}><${Icon} name="plus" size=${20} />${t("page.new_cue")}</button>
      ${cues.value.length > 0 && html`<${HeldButton} kind="key-wide" label=${t("page.renumber_all")} disabled=${mayNot()} data-request="cue renumber" held=${() => changeCues({ action: "renumber" })} />`}
      <${FromFile} kind="cues" name=${t("page.cues_of_file")} request="cue add">${(read, done) => html`<${Imported} cues=${read.cues} done=${done} />`}<//></div>`;
}

function aboutCue(cue, stands) {
  return listed(cue.delay_s > 0 && t("page.cue_after", { seconds: cue.delay_s }), cue.fade_s ? t("page.fades", { seconds: cue.fade_s }) : t("page.cut_at_once"),
    cue.follow_on && t("page.follows_on"), cue.number === stands.pointer ? t("page.cue_now") : cue.number === stands.next && t("page.cue_next"), cue.missing.length > 0 && t("page.cue_missing"));
}

/** Plays one cue alone. */
export function GoTo({ number }) {
  return html`<button class="key-wide" data-request="cue goto" disabled=${mayNot()} onClick=${() => command({ type: "cue", action: "goto", number }).then((answer) => tell(answer))}>${t("page.goto")}</button>`;
}

/** What a cue would change; `known` is called with the stage's answer, `anew` asks again when it changes. */
export function CueShown({ number, title, known, anew = "" }) {
  const [told, setTold] = useState({ of: null, shown: null });
  useEffect(() => {
    if (number === null) return;
    whole(number).then((found) => {
      setTold({ of: number, shown: found });
      if (found && known) known(found);
    });
  }, [number, anew, status.value?.cues.goes]);
  // What was told of this cue stands until it is told anew: what is below would jump from under the finger.
  const shown = told.of === number ? told.shown : null;
  return html`<div data-request="cue show">${shown && html`<${ChangesShown} title=${title(shown.total)} shown=${shown} field="cue" />`}</div>`;
}

/** All that a cue would change, which the stage tells in several answers where it is much. */
async function whole(number) {
  const changes = [];
  for (;;) {
    const answer = await command({ type: "cue", action: "show", number, first: changes.length });
    if (answer.type !== "ok") return null;
    changes.push(...answer.shown.changes);
    if (!answer.shown.changes.length || changes.length >= answer.shown.total) return { ...answer.shown, changes };
  }
}

/** Cues that were read from a file: beside those that there are, or in the place of all of them. */
function Imported({ cues: read, done }) {
  const give = async (replace) => {
    if (!(await changeCues({ action: "add", cues: read, replace }))) return;
    toast(() => t("page.cues_added", { count: read.length }), { icon: "check" });
    done();
  };
  return html`<p>${t("page.cues_read", { count: read.length, numbers: read.map((one) => cueNumber(one.number)).slice(0, 12).join(t("page.comma")) })}</p>
    <div class="keys"><button class="key-wide" disabled=${mayNot() || !read.length} onClick=${() => give(false)}>${t("page.take_over")}</button>
      ${cues.value.length > 0 && html`<${HeldButton} kind="key-wide" label=${t("page.replace_all_cues")} held=${() => give(true)} disabled=${mayNot() || !read.length || recording.value} />`}
      <button class="key-wide" onClick=${done}>${t("page.leave_it")}</button></div>`;
}
