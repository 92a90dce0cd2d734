// Numbers and spans of time as they are read on a stage: a true minus, a fixed count of digits, the unit apart.

import { t } from "../words.js";

export function figure(value, digits = 1) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

// So many digits as a step of this size has.
export const digitsOf = (step) => Math.max(0, Math.min(4, -Math.floor(Math.log10(step) + 1e-9)));

export function span(seconds) {
  if (seconds < 90) return t("page.board.span_s", { count: Math.max(0, Math.round(seconds)) });
  if (seconds < 5400) return t("page.board.span_min", { count: Math.round(seconds / 60) });
  return t("page.board.span_h", { count: Math.round(seconds / 3600) });
}

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const pair = (count) => String(count).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  return `${hours ? `${hours}:` : ""}${pair(Math.floor(whole / 60) % 60)}:${pair(whole % 60)}`;
}

export function amount(bytes) {
  const units = ["kB", "MB", "GB", "TB"];
  let [value, at] = [bytes / 1000, 0];
  while (value >= 1000 && at < units.length - 1) [value, at] = [value / 1000, at + 1];
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[at]}`;
}
