// The director's page: pictures first, then the light, then what is under the thumbs.
import { learnFacts } from "../link/facts.js";
import { status } from "../link/values.js";
import { Fader } from "../parts/fader.js";
import { html } from "../parts/html.js";
import { ScreenLock } from "../parts/screen_lock.js";
import { start } from "../parts/start.js";
import { StatusLine } from "../parts/status_line.js";
import { Toasts } from "../parts/toast.js";
import { t } from "../words.js";
import { Cards } from "./cards.js";
import { Dial } from "./dial.js";
import { Film } from "./film.js";
import { Hands } from "./hands.js";
import { followLists } from "./lists.js";
import { Placing } from "./placing.js";
import { Sheets } from "./sheets.js";
import { Looks, Worlds } from "./shelf.js";
import { followSky } from "../link/sky_on_air.js";
import { followSunWay } from "../link/sun_way.js";
import { followDrops } from "./upload.js";
import { BackKey, Black, Freeze, Transport } from "./transport.js";
import { filmAspect, followEscape, sheet, view } from "./view.js";
import { Walls, stripAspect } from "./walls.js";

function Director() {
  const shape = { "--film": filmAspect.value, "--strip": stripAspect() };
  const upright = filmAspect.value < 1 ? "upright-film" : "";
  return html`<div class=${`director-page view-${view.value} ${upright}`} style=${shape}>
    ${view.value === "cards" ? html`<${Cards} />` : view.value === "placing" ? html`<${Placing} />` : view.value === "film" ? html`<main class="film-view"><h1 class="off-screen">${t("page.film")}</h1><${Film} /></main>` : html`<${Page} />`}
    <${Transport} />
    <${Toasts} /><${Sheets} /><${ScreenLock} />
  </div>`;
}

function Page() {
  return html`<main class="stage">
      <h1 class="off-screen">${t("page.director")}</h1>
      <${Film} /><${Walls} /><${Looks} />
    </main>
    <aside class="side">
      <${StatusLine} detail=${delay()} menu=${() => (sheet.value = "menu")} />
      <${Dial} />
      <div class="hour-fader phone-only"><${Fader} path="/time/hour" name=${t("page.hour")} /></div>
      <${Hands} /><${Worlds} />
      <div class="more-keys phone-only"><${Freeze} /><${Black} /><${BackKey} /></div>
    </aside>`;
}

/** How far the page is behind the wall is known only where pictures come; the rate of the walls is said instead. */
function delay() {
  const now = status.value;
  return now ? t("page.rate", { rate: now.true_rate_hz }) : "";
}

learnFacts();
followLists();
followSky();
followSunWay();
followDrops();
followEscape();
start(Director, () => t("page.director"));
