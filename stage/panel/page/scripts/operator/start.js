// The operator's page: words and link first, then the board.
import { render } from "preact";
import { html } from "../parts/html.js";
import { followMe } from "../link/me.js";
import { followParameters } from "../link/parameters.js";
import { follow } from "../link/values.js";
import { speak, t } from "../words.js";
import { learnFacts } from "./facts.js";
import { Shell } from "./shell.js";

await speak();
follow();
followParameters();
followMe(() => t("page.operator"));
learnFacts();
render(html`<${Shell} />`, document.body);
