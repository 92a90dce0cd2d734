// The ledger of the time from a tracker's sample to the wall's light, part by part, against what is allowed.

import { html } from "../parts/html.js";
import { status } from "../link/values.js";
import { capital, sentence, t } from "../words.js";
import { facts } from "../link/facts.js";
import { figure } from "./figures.js";

const PARTS = [
  "sample_to_received", "received_to_drained", "drained_to_stepped", "stepped_to_drawn", "drawn_to_presented", "presented_to_light",
];
const WHOLE = "sample_to_light";
const FOLLOWED = "light_to_lights";

export function Latency() {
  const ledger = status.value?.latency ?? {};
  const whole = ledger[WHOLE];
  const budget = facts.value?.latency_budget_ms ?? null;
  return html`<section class="latency" aria-label=${t("page.board.sample_to_light")}>
    <div class="title"><h2>${t("page.board.sample_to_light")}</h2>
      <span class="figure">${figure(whole?.p50_ms)}<small>${budget ? t("page.board.ms_of_allowed", { budget }) : "ms"}</small></span></div>
    ${whole ? html`<${Bar} ledger=${ledger} whole=${whole.p50_ms} budget=${budget} />` : html`<p class="empty">${t("page.board.no_ledger")}</p>`}
    ${ledger[FOLLOWED] && html`<ul class="parts"><li><i></i>
      <span>${figure(ledger[FOLLOWED].p50_ms)}<small>${t("page.board.light_to_lights")}</small></span></li></ul>`}
  </section>`;
}

function Bar({ ledger, whole, budget }) {
  const parts = PARTS.filter((name) => ledger[name]);
  const room = budget ? Math.max(0, budget - whole) : 0;
  return html`<div class="ledger ${budget && whole > budget ? "over" : ""}" aria-hidden="true">
      ${parts.map((name) => html`<i class=${name} key=${name} ref=${(part) => widen(part, ledger[name].p50_ms)}></i>`)}
      ${room > 0 && html`<em ref=${(part) => widen(part, room)}></em>`}</div>
    <ul class="parts">${parts.map((name) => html`<li key=${name}><i class=${name}></i>
      <span>${figure(ledger[name].p50_ms)}<small>${capital(sentence(name, {}))}</small></span></li>`)}</ul>`;
}

// Styles in markup are forbidden; a script may set them.
function widen(part, share) {
  if (part) part.style.flexGrow = Math.max(share, 0.05);
}
