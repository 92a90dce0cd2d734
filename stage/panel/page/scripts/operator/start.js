// The operator's page.
import { t } from "../words.js";
import { html } from "../parts/html.js";
import { start } from "../parts/start.js";
import { StatusLine } from "../parts/status_line.js";
import { Toasts } from "../parts/toast.js";
import { ScreenLock } from "../parts/screen_lock.js";

function Operator() {
  return html`<${StatusLine} /><main><h1 class="off-screen">${t("page.operator")}</h1></main><${Toasts} /><${ScreenLock} />`;
}

start(Operator, () => t("page.operator"));
