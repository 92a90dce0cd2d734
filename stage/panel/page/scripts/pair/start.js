// The page on which a tablet joins a stage.
import { t } from "../words.js";
import { html } from "../parts/html.js";
import { start } from "../parts/start.js";
import { StatusLine } from "../parts/status_line.js";

function Pair() {
  return html`<${StatusLine} /><main><h1 class="off-screen">${t("page.pair")}</h1></main>`;
}

start(Pair, () => t("page.pair"));
