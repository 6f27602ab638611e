// On the staff's pages on which something goes on: fetches that part of the page again every second or two, and changes
// what is no longer so. What has not changed stays as it is, so that the focus and the place on the page do too.
// Without script the page is loaded anew by hand.
//
// A part has an id, data-live (where it is fetched, for as long as something goes on), data-said (read out when it
// changes, which is seldom) and data-title.
"use strict";
(() => {
  const EVERY = 2000; // milliseconds
  const SLOWEST = 30000;
  const PATIENCE = 10000;

  const sync = (old, fresh) => {
    for (const { name, value } of fresh.attributes) {
      if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    for (const name of old.getAttributeNames()) {
      // What somebody has unfolded stays so.
      if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
    }
  };

  const isSame = (old, fresh) => old.nodeName === fresh.nodeName && (old.id || "") === (fresh.id || "");

  const change = (old, fresh) => {
    if (!(old instanceof Element)) {
      if (old.data !== fresh.data) old.data = fresh.data;
      return;
    }
    sync(old, fresh);
    const wanted = [...fresh.childNodes];
    wanted.forEach((child, at) => {
      const there = old.childNodes[at];
      if (there === undefined) old.append(document.adoptNode(child));
      else if (isSame(there, child)) change(there, child);
      else there.replaceWith(document.adoptNode(child));
    });
    while (old.childNodes.length > wanted.length) old.lastChild.remove();
  };

  const watch = (part) => {
    const voice = document.getElementById("live-voice");
    const trouble = document.getElementById("live-trouble");
    let failures = 0;

    const say = (text) => {
      trouble.hidden = !text;
      trouble.textContent = text;
    };

    const show = (fresh) => {
      const said = part.dataset.said;
      const held = part.contains(document.activeElement);
      change(part, fresh);
      if (part.dataset.said !== said) voice.textContent = part.dataset.said;
      if (part.dataset.title) document.title = document.title.replace(/^.*(?= – Staff – )/, part.dataset.title);
      // Somebody was at what is gone now: the part itself is where it was.
      if (held && !part.contains(document.activeElement)) part.focus();
    };

    const later = () => window.setTimeout(ask, Math.min(SLOWEST, EVERY * 2 ** failures));

    const fail = () => {
      failures += 1;
      if (failures > 1) say("The library does not answer just now. This page goes on asking.");
      later();
    };

    const end = (asked) => {
      const fresh = asked.response?.getElementById(part.id);
      // 429: there are many such pages at one address.
      if (asked.status >= 500 || asked.status === 429 || asked.status === 0) fail();
      else if (!fresh) say("This page does not follow any longer. Load it anew, and sign in again if it asks you to.");
      else {
        failures = 0;
        say("");
        show(fresh);
        if (part.dataset.live) later();
      }
    };

    const ask = () => {
      // It reads a page without running anything in it, and needs no leave for making markup of text.
      const asked = new XMLHttpRequest();
      asked.open("GET", part.dataset.live);
      asked.responseType = "document";
      asked.timeout = PATIENCE;
      asked.onload = () => end(asked);
      asked.onerror = fail;
      asked.ontimeout = fail;
      asked.send();
    };

    later();
  };

  for (const part of document.querySelectorAll("[data-live]")) watch(part);
})();
