// The director's page.
import { t } from "../words.js";
import { html } from "../parts/html.js";
import { Fader } from "../parts/fader.js";
import { ScreenLock } from "../parts/screen_lock.js";
import { start } from "../parts/start.js";
import { StatusLine } from "../parts/status_line.js";
import { Toasts } from "../parts/toast.js";

function Director() {
  return html`<${StatusLine} />
    <main><h1 class="off-screen">${t("page.director")}</h1><${Fader} path="/grade/exposure_stops" /></main>
    <${Toasts} /><${ScreenLock} />`;
}

start(Director, () => t("page.director"));
