// How every page begins: words first, then the stage, then what is seen.
import { render } from "preact";
import { followMe } from "../link/me.js";
import { followParameters } from "../link/parameters.js";
import { follow } from "../link/values.js";
import { speak } from "../words.js";
import { html } from "./html.js";
import { stayAwake } from "./screen.js";

/** Shows `Page` in place of the shell's body. `called` names this page to others where nobody is signed in. */
export async function start(Page, called) {
  const speaking = speak();
  follow();
  followParameters();
  followMe(called);
  await speaking;
  document.body.replaceChildren();
  render(html`<${Page} />`, document.body);
  stayAwake();
}
