// Taking back this page's newest change, and putting it in force again.
import { parameter } from "../link/parameters.js";
import { command } from "../link/values.js";
import { inWords, nameOf } from "../parts/amounts.js";
import { tell, toast } from "../parts/toast.js";
import { t } from "../words.js";
import { value } from "../link/values.js";

export async function undo() {
  const answer = await command({ type: "undo", action: "undo" });
  if (tell(answer)) toast(() => taken(answer), { icon: "undo", action: { name: t("page.redo"), run: redo } });
}

export async function redo() {
  const answer = await command({ type: "undo", action: "redo" });
  if (tell(answer)) toast(() => taken(answer), { icon: "redo", action: { name: t("page.undo"), run: undo } });
}

/** What came back: the one value with its name, or how many. */
function taken({ before = {} }) {
  const paths = Object.keys(before);
  if (paths.length !== 1) return t("page.values_back", { count: paths.length });
  const declared = parameter(paths[0]);
  return t("page.value_back", { name: nameOf(paths[0]), value: declared ? inWords(value(paths[0]).value, declared) : "" });
}
