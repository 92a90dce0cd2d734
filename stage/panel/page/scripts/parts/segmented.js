// One of a few: a row of words with a line under the one that is in force. Also the tabs of a page.
import { html } from "./html.js";

/** `choices` are `{value, name}`; `choose` is called with the value of the one that was touched. */
export function Segmented({ label, choices, chosen, choose, disabled, tabs = false, ...rest }) {
  const move = (event) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...event.currentTarget.children];
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    next.focus();
    next.click();
  };
  return html`<div class=${tabs ? "tabs" : "segmented"} role=${tabs ? "tablist" : "radiogroup"} aria-label=${label} onKeyDown=${move} ...${rest}>
    ${choices.map((one) => {
      const isChosen = one.value === chosen;
      const state = tabs ? { role: "tab", "aria-selected": isChosen } : { role: "radio", "aria-checked": isChosen };
      return html`<button key=${one.value} ...${state} tabindex=${isChosen || chosen === undefined ? 0 : -1} disabled=${disabled}
        onClick=${() => choose(one.value)}><bdi>${one.name}</bdi></button>`;
    })}
  </div>`;
}
