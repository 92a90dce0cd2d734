// Begins the page again where a part of it did not arrive, because the stage's server was restarted meanwhile, say.
// It is no module: it must run where modules do not come.
(() => {
  const LOOK_EVERY_MS = 5000;
  const ASK_EVERY_MS = 1000;
  let again = false;
  let unchanged = 0;

  // Only once there is a server that answers: a browser's own page of errors would stand there for good.
  async function beginAgain() {
    if (again) return;
    again = true;
    for (;;) {
      await new Promise((done) => setTimeout(done, ASK_EVERY_MS));
      const answer = await fetch(location.pathname, { cache: "no-store" }).catch(() => null);
      if (answer && answer.ok) break;
    }
    location.reload();
  }

  window.addEventListener("error", ({ target }) => {
    const isNeeded = target instanceof HTMLScriptElement || (target instanceof HTMLLinkElement && target.rel === "stylesheet");
    if (isNeeded) beginAgain();
  }, true);
  const looking = setInterval(() => {
    if (!document.querySelector(".opening")) return clearInterval(looking);
    unchanged += document.readyState === "complete" ? 1 : 0;
    return unchanged > 2 && beginAgain();
  }, LOOK_EVERY_MS);
})();
