// The row under the thumbs: record, undo, freeze, black, and the cues with what is next.
import { useEffect, useState } from "preact/hooks";
import { isDirector } from "../link/me.js";
import { command, live, recording, setValue, status, value } from "../link/values.js";
import { elapsed } from "../parts/amounts.js";
import { HoldKey, useHold } from "../parts/hold_key.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { tell, toast } from "../parts/toast.js";
import { listed, sentence, t } from "../words.js";
import { cues } from "./lists.js";
import { inSeconds } from "./shelf.js";
import { takeName } from "./take_sheet.js";
import { undo } from "./undo.js";
import { cueNumber, sheet } from "./view.js";

export function Transport() {
  return html`<footer class="transport" aria-label=${t("page.transport")}>
    <${Rec} /><${Take} />
    <span class="gap"></span><${UndoKey} /><span class="gap"></span>
    <${Freeze} /><${Black} />
    <${Next} />
    <${BackKey} /><${HoldCues} /><${Go} />
  </footer>`;
}

function mayNot() {
  return !live.value || !isDirector.value;
}

/** A tap rolls and a tap cuts, as on a camera. Cut stays in reach when the stage is silent, and tells whether it arrived. */
function Rec() {
  const [asking, setAsking] = useState(false);
  const take = status.value && status.value.take.state;
  const rolls = recording.value;
  const starting = take === "starting";
  const tap = async () => {
    if (asking) return;
    setAsking(true);
    const answer = await (rolls || starting
      ? command({ type: "take", action: "stop" }, { urgent: true })
      : command({ type: "take", action: "start", name: takeName.peek() }));
    setAsking(false);
    if (!tell(answer)) return;
    if (!rolls) {
      takeName.value = nextName(takeName.peek());
      const warned = answer.warnings || [];
      if (warned.length) toast(() => warned.map((one) => sentence(one.code, one.values)).join("; "), { icon: "warn" });
    } else if (!live.peek()) toast(() => t("page.arrived"), { icon: "check" });
  };
  const name = rolls ? t("page.cut") : starting || asking ? t("page.starting") : t("page.rec");
  return html`<button class=${`key rec ${starting || (asking && !rolls) ? "starting" : ""}`} data-request="take" disabled=${!isDirector.value || (!live.value && !rolls)} onClick=${tap}><i aria-hidden="true"></i><span>${name}</span></button>`;
}

/** The number at the end of a name goes on: "12A take 3" is followed by "12A take 4". */
export function nextName(name) {
  const found = /^(.*?)(\d+)$/.exec(name);
  return found ? found[1] + String(Number(found[2]) + 1).padStart(found[2].length, "0") : name;
}

function Take() {
  const now = status.value;
  const take = now && now.take;
  const rolls = recording.value;
  const seconds = take && take.first_frame >= 0 && rolls ? (now.frame - take.first_frame) / now.rate_hz : 0;
  const name = rolls || (take && take.state === "starting") ? take.slate || take.name : takeName.value || t("page.next_take");
  const word = rolls ? (live.value ? t("page.recording") : t("page.was_recording")) : take && take.state === "starting" ? t("page.starting") : takeName.value ? t("page.next_take") : "";
  return html`<button class="take" disabled=${mayNot() || rolls} onClick=${() => (sheet.value = "take")}>
    <span class="title cut"><bdi>${name}</bdi></span>
    <span class="clock">${rolls ? elapsed(seconds) : "00:00"}<small class=${rolls && live.value ? "rec-word" : ""}>${word}</small></span></button>`;
}

function UndoKey() {
  const { phase, handlers } = useHold(() => (sheet.value = "undo"), { tap: undo });
  return html`<button class=${`key ${phase}`} data-request="undo" disabled=${mayNot()} aria-description=${t("page.undo_held")} ...${handlers}><${Icon} name="undo" /><span>${t("page.undo")}</span></button>`;
}

async function safeHand(path) {
  const answer = await setValue(path, !value(path).peek(), { urgent: true });
  if (tell(answer) && !live.peek()) toast(() => t("page.arrived"), { icon: "check" });
}

export function Freeze() {
  return html`<${HoldKey} icon="freeze" name=${t("page.freeze")} on=${value("/output/freeze").value === true} data-parameter="/output/freeze" disabled=${!isDirector.value} confirmed=${() => safeHand("/output/freeze")} />`;
}

export function Black() {
  return html`<${HoldKey} icon="black" name=${t("page.black")} on=${value("/output/blackout").value === true} data-parameter="/output/blackout" disabled=${!isDirector.value} confirmed=${() => safeHand("/output/blackout")} />`;
}

/** What GO would do; while a cue plays, that one with its time left. */
function Next() {
  const stands = status.value && status.value.cues;
  const [, again] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => again((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  if (!stands) return html`<span class="next"></span>`;
  const run = stands.running[0];
  const name = (number) => {
    const found = cues.value.find((one) => one.number === number);
    return found ? found.name || found.look || t("page.cue_values", { count: found.count }) : "";
  };
  if (run) {
    const words = run.state === "held" || stands.held ? t("page.cue_held") : run.state === "delay" ? t("page.cue_waits", { left: run.left_s }) : run.state === "world" ? t("page.cue_world") : t("page.cue_fades", { left: run.left_s });
    return html`<button class="next running" onClick=${() => (sheet.value = "cues")}><small class="cut">${words}</small>
      <span class="title cut"><span class="cue">${cueNumber(run.number)}</span> <bdi>${name(run.number)}</bdi></span><i class="run-bar" style=${{ width: `${run.share * 100}%` }}></i></button>`;
  }
  if (stands.next === null) return html`<button class="next" onClick=${() => (sheet.value = "cues")}><small>${t("page.next_cue")}</small><span class="title cut none">${stands.count ? t("page.no_more_cues") : t("page.no_cues")}</span></button>`;
  const next = cues.value.find((one) => one.number === stands.next);
  return html`<button class="next" onClick=${() => (sheet.value = "cues")}>
    <small class="cut">${listed(t("page.next_cue"), next && (next.fade_s ? t("page.fades", { seconds: next.fade_s }) : inSeconds(0)))}${next && next.missing.length > 0 && html`${t("page.comma")}<span class="warn-word">${t("page.cue_missing")}</span>`}</small>
    <span class="title cut"><span class="cue">${cueNumber(stands.next)}</span> <bdi>${stands.next_name || name(stands.next)}</bdi></span></button>`;
}

function cue(action) {
  command({ type: "cue", action }).then((answer) => tell(answer));
}

export function BackKey() {
  const stands = status.value && status.value.cues;
  return html`<button class="key back" data-request="cue back" disabled=${mayNot() || !stands || stands.steps === 0} onClick=${() => cue("back")}><${Icon} name="back" /><span>${t("page.back")}</span></button>`;
}

function HoldCues() {
  const stands = status.value && status.value.cues;
  const held = stands && stands.held;
  return html`<button class=${`key ${held ? "on" : ""}`} data-request=${held ? "cue resume" : "cue hold"} aria-pressed=${Boolean(held)} disabled=${mayNot() || !stands || (!held && stands.running.length === 0)}
    onClick=${() => cue(held ? "resume" : "hold")}><${Icon} name=${held ? "resume" : "hold"} /><span>${t(held ? "page.resume" : "page.hold")}</span></button>`;
}

function Go() {
  const stands = status.value && status.value.cues;
  return html`<button class="go" data-request="cue go" disabled=${mayNot() || !stands || stands.next === null} onClick=${() => cue("go")}><span>${t("page.go")}</span><${Icon} name="go" /></button>`;
}
