// What hands are on all day: exposure, temperature and haze as faders, and doors to what is a level down.
import { hasLights } from "../link/lights.js";
import { parameter } from "../link/parameters.js";
import { value } from "../link/values.js";
import { choiceWords } from "../parts/amounts.js";
import { Fader } from "../parts/fader.js";
import { html } from "../parts/html.js";
import { t } from "../words.js";
import { filmsOnAir } from "./films.js";
import { frameLabel } from "./time_code.js";
import { Door, FadeKey, doorWords } from "./shelf.js";

export function Hands() {
  const film = filmsOnAir()[0];
  const source = value("/sky/sun/source").value;
  return html`<section class="hands" aria-label=${t("page.light")}>
    <div class="faders">
      <${Fader} path="/grade/exposure_stops" name=${t("page.exposure")} />
      <${Fader} path="/grade/temperature_k" name=${t("page.temperature")} />
      <${Fader} path="/sky/haze" name=${t("page.haze")} />
    </div>
    <div class="doors">
      <${Door} name=${t("page.tint")} words=${doorWords(value("/grade/tint").value, parameter("/grade/tint"))} opens="tint" />
      <${Door} name=${t("page.clouds")} words=${doorWords(value("/sky/clouds/coverage").value, parameter("/sky/clouds/coverage"))} opens="clouds" />
      <${Door} name=${t("page.sun")} words=${source ? choiceWords(source === "clock" ? "by_the_hour" : "manual") : "–"} opens="sun" />
      ${hasLights() && html`<${Door} name=${t("page.stage_lights")} words=${doorWords(value("/lights/master").value, parameter("/lights/master"))} opens="lights" />`}
      ${film && html`<${Door} name=${t("page.plate")} words=${frameLabel(film, Math.max(0, film.frame))} opens="film" className="film-door" />`}
      <${FadeKey} className="narrow-only" />
    </div>
  </section>`;
}
