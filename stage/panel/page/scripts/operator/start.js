// The operator's page.
import { start } from "../parts/start.js";
import { t } from "../words.js";
import { learnFacts } from "../link/facts.js";
import { followSky } from "../link/sky_on_air.js";
import { followSunWay } from "../link/sun_way.js";
import { Shell } from "./shell.js";

learnFacts();
followSky();
followSunWay();
start(Shell, () => t("page.operator"));
