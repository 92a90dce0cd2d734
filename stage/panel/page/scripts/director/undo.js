// Taking back what this page has changed, one step or several, and putting it in force again.
import { useEffect, useState } from "preact/hooks";
import { isDirector } from "../link/me.js";
import { parameter } from "../link/parameters.js";
import { command, live, status, value } from "../link/values.js";
import { elapsed, inWords, nameOf } from "../parts/amounts.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { tell, toast } from "../parts/toast.js";
import { valueTitle } from "../parts/value_title.js";
import { t } from "../words.js";

export const undo = () => step("undo");
export const redo = () => step("redo");
const BACK = { undo: redo, redo: undo };

/** Undoes or redoes so many steps, one after the other, until the stage refuses one. */
async function step(action, count = 1) {
  let answer = null;
  let done = 0;
  while (done < count) {
    answer = await command({ type: "undo", action });
    if (!tell(answer)) break;
    done += 1;
  }
  if (!done || answer.type === "error") return;
  const back = BACK[action];
  toast(() => (done === 1 ? taken(answer) : t(action === "undo" ? "page.steps_back" : "page.steps", { count: done })), { icon: action, action: { name: t(action === "undo" ? "page.redo" : "page.undo"), run: back } });
}

/** What came back: the one value with its name, or how many. */
function taken({ before = {} }) {
  const paths = Object.keys(before);
  if (paths.length !== 1) return t("page.values_back", { count: paths.length });
  const declared = parameter(paths[0]);
  return t("page.value_back", { name: nameOf(paths[0]), value: declared ? inWords(value(paths[0]).value, declared) : "" });
}

/** The newest steps with what each did. A touch takes back all down to that one, or puts all up to it in force again. */
export function UndoSheet({ close }) {
  const [steps, setSteps] = useState(null);
  useEffect(() => {
    command({ type: "undo", action: "list" }).then((answer) => tell(answer) && setSteps(answer));
  }, []);
  if (!steps) return html`<p class="none"></p>`;
  const run = (action, count) => { close(); step(action, count); };
  return html`<${Steps} of=${steps.redo} action="redo" run=${run} /><${Steps} of=${steps.undo} action="undo" run=${run} />
    ${!steps.undo.length && !steps.redo.length && html`<p class="none">${t("page.nothing_to_undo")}</p>`}<small>${t("page.undo_note")}</small>`;
}

/** Those that are undone stand in the order of time, above those that are done: what comes next is next to the line. */
function Steps({ of, action, run }) {
  if (!of.length) return null;
  const rows = of.map((one, index) => html`<li key=${one.frame + index} class="row step">
    <span class="number">${ago(one.frame)}</span>
    <span class="what"><b class="cut">${titleOf(one)}</b><small class="cut">${didOf(one)}</small></span>
    <button class="key-wide" data-request="undo" disabled=${!live.value || !isDirector.value} onClick=${() => run(action, index + 1)}><${Icon} name=${action} size=${20} />${index ? t("page.steps", { count: index + 1 }) : t(`page.${action}`)}</button></li>`);
  return html`<ul class=${`rows steps-${action}`} aria-label=${t(`page.${action}`)}>${action === "redo" ? rows.reverse() : rows}</ul>`;
}

function ago(frame) {
  const now = status.value;
  return now ? elapsed((now.frame - frame) / now.rate_hz) : "";
}

function titleOf({ names, values, count }) {
  if (names) return html`<bdi>${names}</bdi>`;
  if (!values.length) return "";
  return html`${valueTitle(values[0].path)}${count > 1 ? ` ${t("page.and_more", { count: count - 1 })}` : ""}`;
}

function didOf({ names, values, count }) {
  if (names || !values.length) return t("page.cue_values", { count });
  const [{ path, before, after }] = values;
  const declared = parameter(path);
  return declared ? `${inWords(before, declared)} → ${inWords(after, declared)}` : "";
}
