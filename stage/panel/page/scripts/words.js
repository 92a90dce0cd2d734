// The words of the page, in the language that was chosen: templates of Python's `str.format`, filled here.
import { signal } from "@preact/signals";

const INNER = ["parser", "hint", "stage", "cause", "why"];
const ALIKE = { needed: "role" }; // values that have the words of others
const FIELD = /\{\{|\}\}|\{([a-z_0-9]+)(!r)?(?::([^}]*))?\}/g;

/** The language in force, "en" or "zh". */
export const language = signal(null);
const words = signal({});
const help = signal({});

/** Loads a language; "" chooses what this browser was told, or speaks. */
export async function speak(wanted = "") {
  const chosen = wanted || localStorage.getItem("language") || (navigator.language.startsWith("zh") ? "zh" : "en");
  const answer = await fetch(`/api/v1/words/${chosen}`);
  if (!answer.ok) return;
  const told = await answer.json();
  words.value = told.words;
  help.value = told.help;
  language.value = chosen;
  document.documentElement.lang = chosen === "zh" ? "zh-Hans" : "en";
  if (wanted) localStorage.setItem("language", wanted);
  // For what the stage writes itself: the panic page, which has no script to ask.
  document.cookie = `openstage-language=${chosen}; Path=/; Max-Age=31536000; SameSite=Strict`;
}

/** The words for a key; the key itself where the table has none. */
export function t(key, values = {}) {
  const template = words.value[key];
  return template === undefined ? key : filled(template, values);
}

/** Words that stand one after the other, those that there are. */
export function listed(...words) {
  return words.filter(Boolean).join(t("page.comma"));
}

/** Whether the table has words for a key. */
export function hasWords(key) {
  return words.value[key] !== undefined;
}

/** What a parameter is for: in the language in force, else as it is declared. */
export function helpOf({ path, help: declared }) {
  return help.value[path] ?? help.value[path.replace(/^(\/lights\/group|\/[^/]+)\/[^/]+/, "$1/*")] ?? declared;
}

/** The sentence for a code with its values: values that are codes themselves become sentences first. */
export function sentence(code, values = {}) {
  const template = words.value[code];
  if (template === undefined) return [code, ...Object.entries(values).map(([name, found]) => `${name} ${found}`)].join(", ");
  const worded = {};
  for (const [name, found] of Object.entries(values)) {
    worded[name] = typeof found === "boolean" ? t(found ? "page.on" : "page.off") : inWords(name, found);
  }
  for (const name of INNER) {
    if (!(name in values)) continue;
    const { [name]: codes, ...inner } = values;
    worded[name] = String(codes).split(",").map((one) => sentence(one, inner)).join(t("page.then"));
  }
  return filled(template, worded).trimEnd();
}

// What the system says of a file or port, and one of few words such as a role or a unit; anything else as it is.
function inWords(name, found) {
  return words.value[String(found).startsWith("system_") ? found : `page.said.${ALIKE[name] ?? name}.${found}`] ?? found;
}

/** What was found, in the language in force; its English text where it has no code that the table knows. */
export function told({ code = "", values = null, text = "" }) {
  if (!values || !hasWords(code)) return text;
  const found = sentence(code, values);
  return words.value[code].startsWith("{") ? found : capital(found); // a name is left as it was given
}

/** A sentence as it stands by itself. */
export function capital(text) {
  return text.slice(0, 1).toLocaleUpperCase() + text.slice(1);
}

/** What an error of the wire says to people. */
export function refusal(answer) {
  if (answer.reason && hasWords(answer.reason)) return sentence(answer.reason, answer.values || {});
  return answer.detail || answer.reason || answer.code || "";
}

function filled(template, values) {
  return template.replace(FIELD, (whole, name, quoted, form) => {
    if (whole === "{{" || whole === "}}") return whole[0];
    if (!(name in values)) return whole;
    if (quoted) return `'${values[name]}'`;
    return form ? formed(values[name], form) : String(values[name]);
  });
}

/** A number as Python's format says: sign, zeros, thousands, decimals and the kinds f, g, d and %. */
export function formed(found, form) {
  const [, plus, zeros, width, comma, decimals, kind] = /^(\+)?(0)?(\d+)?(,)?(?:\.(\d+))?([fgd%s])?$/.exec(form) || [];
  if (typeof found !== "number") return String(found);
  let text;
  if (kind === "%") text = `${(found * 100).toFixed(decimals || 6)}%`;
  else if (kind === "f") text = found.toFixed(decimals === undefined ? 6 : decimals);
  else if (kind === "g") text = String(Number(found.toPrecision(Number(decimals) || 6)));
  else text = String(kind === "d" ? Math.round(found) : found);
  if (comma) text = text.replace(/\B(?=(\d{3})+(?!\d))/, ",");
  if (plus && found >= 0) text = `+${text}`;
  return text.padStart(width || 0, zeros ? "0" : " ");
}
