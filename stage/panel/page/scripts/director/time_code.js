// What stands on a frame of a film: its time code after SMPTE ST 12-1, else how far into the film it is.
import { elapsed } from "../parts/amounts.js";

const CODE = /^(\d+):(\d\d):(\d\d)([:;.,])(\d+)$/;
const TENTHS = 600;
const MINUTE = 60;

/** The words for frame number `frame` of a film with `{start, rate_hz}`. */
export function frameLabel({ start, rate_hz: rate }, frame) {
  const found = CODE.exec(start || "");
  if (!found) return elapsed(rate ? frame / rate : 0);
  const [hours, minutes, seconds, frames] = [1, 2, 3, 5].map((part) => Number(found[part]));
  const [whole, drops] = [Math.round(rate), found[4] === ":" ? 0 : Math.round(rate / 15)];
  const minute = hours * MINUTE + minutes;
  const first = (minute * MINUTE + seconds) * whole + frames - drops * (minute - Math.floor(minute / 10));
  const named = withDropped(first + frame, whole, drops) % (24 * MINUTE * MINUTE * whole);
  const two = (part) => String(Math.floor(part)).padStart(2, "0");
  const all = Math.floor(named / whole);
  return `${two(all / 3600)}:${two((all % 3600) / 60)}:${two(all % 60)}${found[4]}${two(named % whole)}`;
}

// The number that a frame has where the first `drops` numbers of each minute, but of each tenth, are left out.
function withDropped(count, whole, drops) {
  if (!drops) return count;
  const perTen = TENTHS * whole - 9 * drops;
  const perMinute = MINUTE * whole - drops;
  const [tens, rest] = [Math.floor(count / perTen), count % perTen];
  const minutes = rest < MINUTE * whole ? 0 : 1 + Math.floor((rest - MINUTE * whole) / perMinute);
  return count + drops * (9 * tens + minutes);
}
