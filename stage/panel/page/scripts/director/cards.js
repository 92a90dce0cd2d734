// The light cards, a level down: the wall grows to the whole width, the film picture stays, looks and hour step away.
import { useState } from "preact/hooks";
import { isDirector } from "../link/me.js";
import { live, setValue, value } from "../link/values.js";
import { facts } from "../link/facts.js";
import { choiceWords } from "../parts/amounts.js";
import { Fader } from "../parts/fader.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { LinkState } from "../parts/status_line.js";
import { tell, toast } from "../parts/toast.js";
import { t } from "../words.js";
import { CardsOnWall, wallColumns } from "./card_frame.js";
import { PRESETS, cardPath, makeCard, shownCards } from "./card_values.js";
import { Film } from "./film.js";
import { ValueControl } from "./value_control.js";
import { view } from "./view.js";
import { Walls } from "./walls.js";

const NUMBERS = ["exposure_stops", "temperature_k", "feather_deg"];
const MORE = ["kind", "shape", "azimuth_deg", "elevation_deg", "width_deg", "height_deg", "roll_deg", "opacity", "red", "green", "blue", "in_view"];

export function Cards() {
  const names = shownCards();
  const [wanted, setWanted] = useState("");
  const [isOpen, setOpen] = useState(false);
  const chosen = names.includes(wanted) ? wanted : names[0] || "";
  const mayNot = !live.value || !isDirector.value;
  const make = async (preset) => {
    const widest = [...facts.value.walls].sort((one, other) => other.size_m[0] - one.size_m[0])[0];
    const { name, answer } = await makeCard(preset, wallColumns(widest));
    if (!name) return toast(() => t("page.no_spare_card"), { icon: "warn" });
    if (tell(answer, t(`page.card.${preset}`))) setWanted(name);
  };
  return html`<main class="cards-view">
    <h1 class="off-screen">${t("page.light_cards")}</h1>
    <div class="wall-pan" tabindex="0" role="group" aria-label=${t("page.walls")}><${Walls} over=${(wall) => html`<${CardsOnWall} wall=${wall} chosen=${chosen} choose=${setWanted} />`} /></div>
    <${Film} />
    <section class="card-list" aria-label=${t("page.light_cards")}>
      <header class="status"><div class="who"><b>${t("page.light_cards")}</b><${LinkState} /></div>
        <button class="key-wide" onClick=${() => (view.value = "page")}><${Icon} name="check" size=${20} />${t("page.done")}</button></header>
      <div class="presets" role="group" aria-label=${t("page.new_card")}>${Object.keys(PRESETS).map((one) => html`<button key=${one} class="key-wide" data-preset=${one} disabled=${mayNot} onClick=${() => make(one)}><${Icon} name="plus" size=${16} />${t(`page.card.${one}`)}</button>`)}</div>
      <ul class="rows">${names.map((name) => html`<${Row} key=${name} name=${name} isChosen=${name === chosen} choose=${() => setWanted(name)} mayNot=${mayNot} />`)}</ul>
      ${chosen && html`<div class="card-numbers" key=${chosen}>
        ${NUMBERS.map((what) => html`<${Fader} key=${what} path=${cardPath(chosen, what)} />`)}
        <button class="group-head" aria-expanded=${isOpen} onClick=${() => setOpen(!isOpen)}><span>${t("page.place_and_colour")}</span><${Icon} name=${isOpen ? "up" : "down"} size=${20} /></button>
        ${isOpen && MORE.map((what) => html`<${ValueControl} key=${what} path=${cardPath(chosen, what)} />`)}
      </div>`}
    </section>
  </main>`;
}

function Row({ name, isChosen, choose, mayNot }) {
  const enabled = value(cardPath(name, "enabled")).value === true;
  const kind = value(cardPath(name, "kind")).value;
  const shape = value(cardPath(name, "shape")).value;
  return html`<li class=${`row card-row ${isChosen ? "chosen" : ""}`}>
    <button class="card-choose" aria-pressed=${isChosen} onClick=${choose}><i class=${`swatch ${kind} ${shape} ${enabled ? "on" : ""}`} aria-hidden="true"></i>
      <span class="what"><b class="cut"><bdi>${name}</bdi></b><small>${kind ? choiceWords(kind) : ""}</small></span></button>
    <button class="word" role="switch" aria-checked=${enabled} aria-label=${t("page.card_on", { card: name })} data-parameter=${cardPath(name, "enabled")} disabled=${mayNot}
      onClick=${() => setValue(cardPath(name, "enabled"), !enabled).then((answer) => tell(answer, name))}>${t(enabled ? "page.on" : "page.off")}</button></li>`;
}
