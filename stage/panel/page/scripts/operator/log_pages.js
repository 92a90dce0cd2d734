// The log: who asked what of the show, when, and how it was answered; the newest first, more on demand.
import { useEffect, useState } from "preact/hooks";
import { isOperator } from "../link/me.js";
import { parameter } from "../link/parameters.js";
import { inWords } from "../parts/amounts.js";
import { html } from "../parts/html.js";
import { valueTitle } from "../parts/value_title.js";
import { hasWords, language, refusal, t } from "../words.js";
import { asked } from "./changes.js";

const AT_ONCE = 64;

export function LogPage() {
  const [lines, setLines] = useState([]);
  const [before, setBefore] = useState(null);
  const [person, setPerson] = useState("");
  const [path, setPath] = useState("");
  const load = async (from) => {
    const answer = await asked({ type: "log", last: AT_ONCE, person, path, ...(from === null ? {} : { before: from }) });
    if (answer.type !== "ok") return;
    setLines((kept) => (from === null ? answer.lines : [...kept, ...answer.lines]));
    setBefore(answer.before);
  };
  useEffect(() => { if (isOperator.value) load(null); }, [isOperator.value]);
  return html`<section class="log" aria-label=${t("page.board.view.log")}>
    <div class="title"><h1>${t("page.board.view.log")}</h1></div>
    <form class="edit" onSubmit=${(event) => { event.preventDefault(); load(null); }}>
      <label class="field"><small>${t("page.board.log_person")}</small><input value=${person} autocomplete="off" maxlength="128"
        onInput=${(event) => setPerson(event.currentTarget.value)} /></label>
      <label class="field"><small>${t("page.board.log_path")}</small><input value=${path} autocomplete="off" maxlength="128" placeholder="/grade"
        onInput=${(event) => setPath(event.currentTarget.value)} /></label>
      <button type="submit" class="button" data-request="log">${t("page.board.log_show")}</button></form>
    <ol class="lines">${lines.map((one, at) => html`<${Line} key=${at} one=${one} />`)}</ol>
    ${!lines.length && html`<p class="empty">${t("page.board.log_empty")}</p>`}
    ${before !== null && html`<button type="button" class="button" data-request="log" onClick=${() => load(before)}>${t("page.board.log_older")}</button>`}
  </section>`;
}

function Line({ one }) {
  const when = whenOf(new Date(one.unix_s * 1000));
  return html`<li class=${one.code ? "refused" : ""}><time class="when">${when}</time>
    <span class="who"><bdi>${one.person || t("page.board.this_machine")}</bdi><small>${t(`page.${one.role}`)}</small></span>
    <span class="asked"><span class="did">${didOf(one)}</span>${one.code && html`<small>${t("page.log.refused")}: <bdi>${refusal(one)}</bdi></small>`}</span></li>`;
}

// The time by this tablet's clock; with its day where that is another one.
function whenOf(time) {
  const region = language.value === "zh" ? "zh-CN" : "en-GB";
  const day = time.toDateString() === new Date().toDateString() ? "" : `${time.toLocaleDateString(region, { day: "numeric", month: "short" })} `;
  return day + time.toLocaleTimeString(region);
}

// What was asked, in words.
function didOf(one) {
  if (one.paths.length) return html`${valueTitle(one.paths[0])}${one.count > 1 ? ` ${t("page.and_more", { count: one.count - 1 })}` : valueOf(one)}`;
  const key = [`page.log.${one.request}.${one.action}`, `page.log.${one.request}`].find(hasWords);
  if (!key) return html`<bdi>${one.asked}</bdi>`;
  return html`${t(key)}${one.name && html` <b><bdi>${one.name}</bdi></b>`}`;
}

function valueOf({ paths, value, fade_s: seconds }) {
  if (value === null) return "";
  const declared = parameter(paths[0]);
  const words = declared ? inWords(value, declared) : String(value);
  return html` <b><bdi>${seconds ? t("page.log.over", { value: words, seconds }) : words}</bdi></b>`;
}
