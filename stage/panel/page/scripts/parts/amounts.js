// How a value is written for people: its number, its unit, and what a person may type for it.
import { hasWords, t } from "../words.js";

const MINUS = "−";
/** A factor that may be so far apart is moved in tenths about one, whatever its ends. */
const FAR_APART = 1000;
/** What may stand so far away on both sides is moved by hand within the stage all the same. */
const FAR_M = 100;

/** How a parameter is written and moved: what is shown of one unit of it, with how many decimals, in which steps. */
export function writing(declared) {
  const { unit, minimum, maximum, fade, form } = declared;
  if (fade === "clock" || form === "clock") return { form: "clock", unit: "", shown: 1, decimals: 0, step: 1 / 60, minor: 1 / 6, major: 1, wide: 6 };
  if (unit === "" && minimum === 0 && maximum === 1) return { form: "share", unit: "%", shown: 100, decimals: 0, step: 0.01, minor: 0.02, major: 0.1, wide: 0.6 };
  if (unit === "stops") return { form: "signed", unit, shown: 1, decimals: 1, step: 0.1, minor: 0.2, major: 1, wide: 3.8 };
  if (unit === "s" && minimum === 0) return { form: "plain", unit, shown: 1, decimals: 1, step: 0.1, minor: 0.2, major: 1, wide: 5 };
  if (unit === "K") return { form: "plain", unit, shown: 1, decimals: 0, step: 50, minor: 100, major: 500, wide: 2300 };
  if (unit === "m" && minimum <= -FAR_M && maximum <= FAR_APART) return { form: "signed", unit, shown: 1, decimals: 2, step: 0.1, minor: 0.2, major: 1, wide: 4.5 };
  if (unit === "" && minimum > 0 && maximum / minimum >= FAR_APART) return { form: "plain", unit, shown: 1, decimals: 2, step: 0.05, minor: 0.1, major: 0.5, wide: 2.2 };
  const span = Math.min(maximum - minimum, 400) || 1;
  const major = rounded(span / 10);
  const decimals = Math.max(0, Math.min(3, 1 - Math.floor(Math.log10(major))));
  return { form: minimum < 0 ? "signed" : "plain", unit, shown: 1, decimals: unit === "deg" ? 1 : decimals, step: major / 10, minor: major / 5, major, wide: major * 4.5 };
}

function rounded(span) {
  const power = 10 ** Math.floor(Math.log10(span));
  return [1, 2, 5, 10].find((one) => one * power >= span * 0.999) * power;
}

/** A value as text without its unit: a true minus, a sign where zero is in the middle. */
export function written(found, way, decimals = way.decimals) {
  if (typeof found !== "number") return "–";
  if (way.form === "clock") return clock(found, decimals > way.decimals);
  const rounded = Number((found * way.shown).toFixed(decimals));
  const text = Math.abs(rounded).toFixed(decimals);
  return rounded < 0 ? MINUS + text : way.form === "signed" && way.unit === "stops" && rounded > 0 ? `+${text}` : text;
}

/** An hour as a clock shows it. */
export function clock(hour, seconds = false) {
  const all = (Math.round(hour * 3600 / (seconds ? 1 : 60)) * (seconds ? 1 : 60) + 86400) % 86400;
  const two = (part) => String(Math.floor(part)).padStart(2, "0");
  return `${two(all / 3600)}:${two((all % 3600) / 60)}${seconds ? `:${two(all % 60)}` : ""}`;
}

/** A length of time as a counter shows it: 00:41, or 1:02:03. */
export function elapsed(seconds) {
  const all = Math.max(0, Math.floor(seconds));
  const two = (part) => String(part).padStart(2, "0");
  const hours = Math.floor(all / 3600);
  return `${hours ? `${hours}:` : ""}${two(Math.floor((all % 3600) / 60))}:${two(all % 60)}`;
}

/** The unit's words; degrees are part of the number. */
export function unitWords(unit) {
  if (unit === "deg") return "°";
  return hasWords(`page.unit.${unit}`) ? t(`page.unit.${unit}`) : unit;
}

/** A value with its unit, in one line. */
export function inWords(found, declared) {
  if (typeof found === "boolean") return t(found ? "page.on" : "page.off");
  if (typeof found !== "number") return found === undefined ? "–" : choiceWords(found);
  const way = writing(declared);
  const unit = unitWords(way.unit);
  return `${written(found, way)}${unit === "°" || !unit ? unit : ` ${unit}`}`;
}

/** The words for one of a parameter's choices; a name that the stage gave stands as it is. */
export function choiceWords(choice) {
  return hasWords(`page.choice.${choice}`) ? t(`page.choice.${choice}`) : String(choice);
}

/** The number that a person typed, in the stage's unit; null where it is none. A comma is a decimal point. */
export function typed(text, way) {
  const clean = text.trim().replace(/[−–]/g, "-").replace(",", ".");
  const time = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(clean);
  if (way.form === "clock" && time) return Number(time[1]) + Number(time[2]) / 60 + Number(time[3] || 0) / 3600;
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(clean) ? Number(clean) / way.shown : null;
}

/** A parameter's name for people, by the end of its path and the family that it is of: "Exposure". */
export function nameOf(path) {
  const parts = path.split("/");
  const ends = [parts.slice(-2).join("."), `${parts[1]}.${parts.at(-1)}`, parts.at(-1)];
  const known = ends.map((end) => `page.parameter.${end}`).find(hasWords);
  return known ? t(known) : parts.at(-1).replace(/_/g, " ");
}
