// The guide on the walls, for as long as a view places something by it.
import { isDirector } from "../link/me.js";
import { command, setValue, value } from "../link/values.js";
import { toast } from "../parts/toast.js";
import { t } from "../words.js";

const GUIDE = "/world/guide";

/** Puts a guide on the walls, unless there is one, and returns what takes it off. It is no step of undo: it is part of a view. */
export function guided(wanted) {
  let isOurs = false;
  let isOver = false;
  const set = async (guide) => {
    const answer = await setValue(GUIDE, guide);
    if (answer.type !== "ok") return answer;
    await command({ type: "undo", action: "forget" });
    return answer;
  };
  const off = () => {
    if (isOurs && value(GUIDE).peek() === wanted) set("off");
    isOurs = false;
  };
  const on = async () => {
    if (value(GUIDE).peek() !== "off" || !isDirector.peek()) return;
    const answer = await set(wanted);
    isOurs = answer.type === "ok";
    if (!isOurs) toast(() => t("page.guide_refused"), { icon: "warn" });
    else if (isOver) off();
  };
  on();
  window.addEventListener("pagehide", off);
  return () => {
    isOver = true;
    window.removeEventListener("pagehide", off);
    off();
  };
}
