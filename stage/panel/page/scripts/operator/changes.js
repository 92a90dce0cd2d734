// How the board asks for things: what is refused is said, and what an operator may override can be forced.
import { command } from "../link/values.js";
import { toast } from "../parts/toast.js";
import { refusal, t } from "../words.js";

const FORCIBLE = new Set(["kept_from_take", "not_in_a_take", "value_leased", "value_leased_by"]);

/** The answer to a request; where it is refused, a toast says why. */
export async function asked(fields, options = {}) {
  const answer = await command(fields, options);
  if (answer.type === "error") refused(answer, fields);
  return answer;
}

/** Sets a value now. */
export function changed(path, value, options = {}) {
  return asked({ type: "set", path, value }, options);
}

/** Sets several values in one frame: one step of undo. */
export function changedTogether(values) {
  return asked({ type: "batch", items: Object.entries(values).map(([path, value]) => ({ path, value })) });
}

function refused(answer, fields) {
  const force = FORCIBLE.has(answer.reason) ? { name: t("page.board.force"), run: () => asked(forced(fields)) } : null;
  toast(() => refusal(answer), { icon: "warn", action: force });
}

// The same request with force, where its form has that.
function forced(fields) {
  if (fields.type !== "batch") return { ...fields, force: true };
  return { ...fields, items: fields.items.map((item) => ({ ...item, force: true })) };
}
