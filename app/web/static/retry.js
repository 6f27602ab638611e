// On the page that says that search is not answering: asks again every few seconds and shows the page once it is back.
// Without script the page asks the reader to do so.
"use strict";
(() => {
  const note = document.getElementById("retry");
  const most = 20;
  let tries = 0;
  const again = () => {
    // Not all at the same moment, and ever more slowly.
    const wait = Math.min(30, 4 + tries * 2) * 1000 * (0.75 + Math.random() / 2);
    window.setTimeout(ask, wait);
  };
  const ask = async () => {
    tries += 1;
    try {
      const answer = await fetch(window.location.href, { method: "HEAD", cache: "no-store" });
      if (answer.status !== 503) {
        window.location.reload();
        return;
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // A TypeError is a network that does not answer: ask again.
    }
    if (tries < most) again();
    else note.textContent = "Please try again later.";
  };
  note.textContent = "We try again in a few seconds.";
  again();
})();
