// Files of looks and cues from this tablet: the stage's web server reads one, and the page says what is in it.
import { useState } from "preact/hooks";
import { isDirector } from "../link/me.js";
import { live } from "../link/values.js";
import { html } from "../parts/html.js";
import { Icon } from "../parts/icons.js";
import { tell } from "../parts/toast.js";
import { t } from "../words.js";

/** What a file holds, as the requests have it; or why it was not read. */
async function readFile(kind, file) {
  const failed = { type: "error", reason: "page.not_sent" };
  try {
    const answer = await fetch(`/api/v1/read/${kind}?name=${encodeURIComponent(file.name)}`, {
      method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file,
    });
    return await answer.json();
  } catch {
    return failed;
  }
}

/** A key that takes a file of a `kind`, "look" or "cues". `request` is what its content is for; `children` are given what was read. */
export function FromFile({ kind, name, request, children }) {
  const [read, setRead] = useState(null);
  const mayNot = !live.value || !isDirector.value;
  const chosen = async (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) return;
    const answer = await readFile(kind, file);
    setRead(tell(answer) ? answer : null);
  };
  return html`<label class=${`key-wide from-file ${mayNot ? "off" : ""}`}><input type="file" accept=".toml" data-request=${request} disabled=${mayNot} onChange=${chosen} /><${Icon} name="plus" size=${20} /><span>${name}</span></label>
    ${read && html`<div class="read-file" role="status">${children(read, () => setRead(null))}</div>`}`;
}
