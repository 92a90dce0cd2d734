// What a look or a cue would change, before it does: each value as it is and as it would be, and what it lacks.
import { parameter } from "../link/parameters.js";
import { inWords } from "../parts/amounts.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { valueTitle } from "../parts/value_title.js";
import { t } from "../words.js";

const MOST = 40;

/** `shown` is the stage's answer; `field` says which of its words is what would be set: "look" or "cue". */
export function ChangesShown({ title, shown, field, ...rest }) {
  const lacks = [...shown.absent, ...Object.keys(shown.refused ?? {})];
  const more = shown.total - Math.min(MOST, shown.changes.length);
  return html`${shown.changes.length > 0 && html`<details class="changes" ...${rest}><summary>${title}</summary>
      <ul>${shown.changes.slice(0, MOST).map((one) => html`<li key=${one.path}><span class="cut">${valueTitle(one.path)}</span><span class="cut"><bdi>${valueWords(one.path, one.present)}</bdi></span><${Icon} name="go" size=${16} /><b class="cut"><bdi>${valueWords(one.path, one[field])}</bdi></b></li>`)}</ul>
      ${more > 0 && html`<small>${t("page.and_more", { count: more })}</small>`}</details>`}
    ${lacks.length > 0 && html`<p class="reason"><${Icon} name="warn" /><span>${t("page.not_on_this_stage", { count: lacks.length })} <bdi>${lacks.slice(0, MOST).join(t("page.comma"))}</bdi></span></p>`}`;
}

/** A value in words, as the parameter at its path is written; as it stands where this stage has none there. */
export function valueWords(path, found) {
  const declared = parameter(path);
  return declared ? inWords(found, declared) : String(found);
}
