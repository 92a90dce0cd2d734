// What is wrong, the worst first: in words, with its cause, what to do, since when, and the one key that belongs to it.

import { inWords } from "../parts/amounts.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { status } from "../link/values.js";
import { capital, hasWords, sentence, t } from "../words.js";
import { facts } from "../link/facts.js";
import { parameter } from "../link/parameters.js";
import { span } from "./figures.js";
import { asked, changed, changedTogether } from "./changes.js";

const RANK = { alarm: 0, warning: 1, note: 2 };
const MOST_SHOWN = 12;
// Findings whose sentence ends with advice for a terminal, where the page has advice of its own.
const ADVISED = new Set(["tracker_never", "tracker_packets_lost"]);

export function Health() {
  const now = status.value;
  if (!now) return null;
  const found = [...now.health_codes].sort((a, b) => a.acknowledged - b.acknowledged || RANK[a.severity] - RANK[b.severity]);
  const needed = found.filter((one) => !one.acknowledged && one.severity !== "note").length;
  return html`<section class="health" aria-label=${t("page.board.health")}>
    <h1 data-needed=${needed}><span role="status">${headline(needed)}</span></h1>
    ${found.slice(0, MOST_SHOWN).map((one) => html`<${Finding} key=${keyOf(one)} found=${one} now=${now} />`)}
    ${found.length > MOST_SHOWN && html`<p class="more">${t("page.board.more_findings", { count: found.length - MOST_SHOWN })}</p>`}
    ${now.in_force.map((one) => html`<${InForce} key=${one.path} one=${one} />`)}
    <p class="well"><${Icon} name="check" />${t(found.length ? "page.board.rest_is_well" : "page.board.what_is_well", counted(now))}</p>
  </section>`;
}

function headline(needed) {
  if (needed === 0) return t("page.board.all_is_well");
  return needed === 1 ? t("page.board.one_thing") : t("page.board.many_things", { count: needed });
}

// What stands behind "the rest is well".
function counted(now) {
  const trackers = Object.values(now.trackers);
  return {
    fresh: trackers.filter((one) => one.state === "fresh").length, trackers: trackers.length,
    walls: Object.keys(now.walls).length, cameras: Object.keys(now.cameras).length, hz: now.true_rate_hz,
  };
}

const keyOf = (one) => [one.code, ...Object.values(one.values).filter((part) => typeof part === "string")].join("\n");

function Finding({ found, now }) {
  const { title, cause, cure } = wordsOf(found);
  const icon = found.severity === "note" ? "info" : "warn";
  const since = span((now.frame - found.since_frame) / now.rate_hz);
  return html`<article class="finding ${found.severity} ${found.acknowledged ? "seen" : ""}" data-code=${found.code}>
    <span class="severity"><${Icon} name=${icon} /></span>
    <div class="what"><b><bdi>${title}</bdi></b>${cause && html`<p class="cause">${cause}</p>`}${cure && html`<p class="cure">${cure}</p>`}</div>
    <small class="since">${found.acknowledged ? t("page.board.was_seen") : t(`page.board.severity_${found.severity}`, { span: since })}</small>
    <div class="keys"><${Cure} found=${found} />
      ${!found.acknowledged && html`<button type="button" class="button" data-request="acknowledge"
        onClick=${() => asked({ type: "acknowledge", code: found.code })}>${t("page.board.seen")}</button>`}</div>
  </article>`;
}

// A sentence of health says what is wrong, and after a colon why, or what to do. Where a cure of its own is written for
// a code, what stands after the colon is the cause.
function wordsOf({ code, values }) {
  const whole = sentence(code, values);
  const [, title, rest] = /^([^:：]+)[:：]\s*(.+)$/s.exec(whole) ?? [null, whole, ""];
  const key = [`page.board.cure.${values.why}`, `page.board.cure.${code}`].find(hasWords);
  const cured = key ? t(key, values) : "";
  const raised = (text) => (isGiven(text, values) ? text : capital(text));
  return { title: raised(title), cause: cured && !ADVISED.has(code) ? raised(rest) : "", cure: cured || raised(rest) };
}

// Whether a text begins with a name, which is left as it was given.
const isGiven = (text, values) => Object.values(values).some((one) => typeof one === "string" && one && text.startsWith(one));

// The key that cures a finding, where one does.
function Cure({ found: { code, values } }) {
  if (code === "tracker_lost") return html`<${ByHand} tracker=${values.tracker} />`;
  if (code === "overscan_missed") {
    const path = `/camera/${values.camera}/overscan_mode`;
    return html`<button type="button" class="button" data-parameter=${path}
      onClick=${() => changed(path, "follow")}>${t("page.board.follow")}</button>`;
  }
  return null;
}

// Takes a camera over from its tracker where it stands, so that the wall does not leap.
function ByHand({ tracker }) {
  const camera = facts.value?.cameras.find((one) => one.tracker === tracker)?.name;
  const now = status.value?.cameras?.[camera];
  if (!now) return null;
  const take = () => changedTogether(byHand(camera, now));
  return html`<button type="button" class="button" data-parameter=${`/camera/${camera}/source`} onClick=${take}>
    ${t("page.board.by_hand")}</button>`;
}

// The values that drive a camera by hand from where it is now.
export function byHand(camera, { position_m: place, rotation_deg: turn }) {
  const items = { [`/camera/${camera}/source`]: "manual" };
  if (place && turn) {
    ["x_m", "y_m", "z_m"].forEach((name, axis) => { items[`/camera/${camera}/manual/${name}`] = place[axis]; });
    ["pan_deg", "tilt_deg", "roll_deg"].forEach((name, axis) => { items[`/camera/${camera}/manual/${name}`] = turn[axis]; });
  }
  return items;
}

// Something that replaces what a film camera would see, and the key that sets it back.
function InForce({ one }) {
  const declared = parameter(one.path);
  const worded = (found) => (declared ? inWords(found, declared) : found);
  const values = { path: one.path, value: worded(one.value), normal: worded(one.normal) };
  const text = one.path.startsWith("/") ? sentence("value_in_force", values) : sentence("open_to_network", { address: one.value });
  return html`<article class="finding note in-force">
    <span class="severity"><${Icon} name="info" /></span>
    <div class="what"><b><bdi>${capital(text)}</bdi></b></div><small class="since">${t("page.board.in_force")}</small>
    <div class="keys">${one.path.startsWith("/") && html`<button type="button" class="button" data-parameter=${one.path}
      onClick=${() => changed(one.path, one.normal)}>${t("page.board.set_back")}</button>`}</div></article>`;
}
