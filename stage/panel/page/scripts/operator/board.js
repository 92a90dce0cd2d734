// The board: what needs somebody first, then what is measured; the plan, takes and tablets beside it.
import { html } from "../parts/html.js";
import { Frames } from "./frames.js";
import { Health } from "./health.js";
import { Latency } from "./latency.js";
import { Plan } from "./plan.js";
import { TabletsAside } from "./tablets.js";
import { TakesAside } from "./takes.js";
import { Trackers } from "./trackers.js";

export function Board() {
  return html`<main><${Health} /><${Trackers} /><${Latency} /><${Frames} /></main>
    <aside><${Plan} /><${TakesAside} /><${TabletsAside} /></aside>`;
}
