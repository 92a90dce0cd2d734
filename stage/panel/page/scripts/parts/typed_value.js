// A value typed by hand: its range is said, what is out of range is said and not clipped, and steps stand beside it.
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../words.js";
import { typed, unitWords, written } from "./amounts.js";
import { html } from "./html.js";

/** `give` is called with a number within the range; `close` when typing ends. */
export function TypedValue({ declared, way, found, give, close }) {
  const [text, setText] = useState(way.form === "clock" ? written(found, way) : written(found, way, way.decimals).replace("−", "-"));
  const place = useRef(null);
  useEffect(() => {
    place.current.focus();
    place.current.select();
  }, []);
  const number = typed(text, way);
  const fits = number !== null && number >= declared.minimum && number <= declared.maximum;
  const range = `${written(declared.minimum, way)} ${t("page.to")} ${written(declared.maximum, way)}`;
  const finish = (event) => {
    event.preventDefault();
    if (fits) { give(number); close(); }
  };
  return html`<form class="typed" onSubmit=${finish}>
    <span class=${`name ${fits ? "" : "out"}`}>${fits || text === "" ? range : `${t("page.expected")} ${range}`}</span>
    <span class="value"><input ref=${place} inputmode=${way.form === "clock" ? "text" : "decimal"} value=${text} aria-invalid=${!fits} aria-label=${range}
      autocomplete="off" onInput=${(event) => setText(event.target.value)}
      onKeyDown=${(event) => event.key === "Escape" && close()} onBlur=${() => setTimeout(close, 200)} /><small>${unitWords(way.unit)}</small></span>
  </form>`;
}

/** The steps beside a typed value: a whole one and a third of a stop, or a scale's big and small step. */
export function steps(way) {
  const small = way.unit === "stops" ? 1 / 3 : way.form === "clock" ? 0.25 : way.minor;
  const name = (size) => (size === 1 / 3 ? "⅓" : way.form === "clock" ? (size === 1 ? "1 h" : "15 m") : written(size, { ...way, form: "plain" }, size * way.shown < 1 ? 2 : 0));
  return [-way.major, -small, small, way.major].map((by) => ({ by, name: `${by < 0 ? "−" : "+"}${name(Math.abs(by))}` }));
}
