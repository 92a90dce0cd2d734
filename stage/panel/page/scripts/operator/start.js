// The operator's page.
import { start } from "../parts/start.js";
import { t } from "../words.js";
import { learnFacts } from "../link/facts.js";
import { Shell } from "./shell.js";

learnFacts();
start(Shell, () => t("page.operator"));
