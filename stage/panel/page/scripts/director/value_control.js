// A control for any parameter, made of its declaration: a fader, words to choose from, a switch, or a field.
import { parameter } from "../link/parameters.js";
import { may } from "../link/me.js";
import { live, setValue, value } from "../link/values.js";
import { choiceWords, nameOf } from "../parts/amounts.js";
import { Fader } from "../parts/fader.js";
import { html } from "../parts/html.js";
import { Segmented } from "../parts/segmented.js";
import { tell } from "../parts/toast.js";
import { t } from "../words.js";

const MOST_WORDS = 4;

/** The control of the parameter at `path`; nothing where the stage has none. */
export function ValueControl({ path, name = nameOf(path) }) {
  const declared = parameter(path);
  if (!declared) return null;
  if (declared.kind === "float" || declared.kind === "integer") return html`<${Fader} path=${path} name=${name} />`;
  const now = value(path).value;
  const disabled = !live.value || !may(declared.role);
  const set = (wanted) => setValue(path, wanted).then((answer) => tell(answer, name));
  return html`<div class="setting" data-parameter=${path}><span class="name">${name}</span>${
    declared.kind === "boolean" ? html`<${Segmented} label=${name} chosen=${now} choose=${set} disabled=${disabled} choices=${[{ value: false, name: t("page.off") }, { value: true, name: t("page.on") }]} />`
      : declared.kind === "choice" && declared.choices.length <= MOST_WORDS ? html`<${Segmented} label=${name} chosen=${now} choose=${set} disabled=${disabled} choices=${declared.choices.map((one) => ({ value: one, name: choiceWords(one) }))} />`
        : declared.kind === "choice" ? html`<span class="select"><select aria-label=${name} disabled=${disabled} value=${now} onChange=${(event) => set(event.target.value)}>${declared.choices.map((one) => html`<option key=${one} value=${one}>${choiceWords(one)}</option>`)}</select></span>`
          : html`<input aria-label=${name} disabled=${disabled} value=${now ?? ""} autocomplete="off" onChange=${(event) => set(event.target.value)} />`
  }</div>`;
}
