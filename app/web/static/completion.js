// The search box: while somebody types, what the library has that they may mean. A combobox as WAI-ARIA 1.2 describes it,
// with a list of suggestions. Without script, and whenever there is trouble, the box is simply a box.
"use strict";
(() => {
  const WAIT = 200; // milliseconds without a key before the library is asked
  const PATIENCE = 4000;
  const REST = 5; // seconds without asking after trouble, if the library does not say how many
  const LONGEST = 300; // characters: the library completes no longer text
  const COMPLETED = /[^\x00-\x7f]|[a-z0-9].*[a-z0-9]/i; // two letters, or one of another script
  const KINDS = { theme: "Theme", author: "Author", publisher: "Publisher", title: "Resource" };
  const SVG = "http://www.w3.org/2000/svg";

  const make = (name, parts = {}, ...children) => {
    const made = document.createElement(name);
    for (const [part, value] of Object.entries(parts)) made.setAttribute(part, value);
    made.append(...children);
    return made;
  };

  const icon = (icons, name) => {
    const drawn = document.createElementNS(SVG, "svg");
    const use = document.createElementNS(SVG, "use");
    for (const [part, value] of Object.entries({ class: "icon", width: 20, height: 20, "aria-hidden": "true" })) {
      drawn.setAttribute(part, value);
    }
    use.setAttribute("href", `${icons}#${name}`);
    drawn.append(use);
    return drawn;
  };

  const complete = (form) => {
    const box = form.querySelector("input[type=search]");
    const list = make("ul", { id: "suggestions", class: "suggestions", role: "listbox", "aria-label": "Suggestions" });
    const voice = make("p", { class: "unseen", role: "status" });
    let listed = ""; // the text whose suggestions are in the list
    let active = -1;
    let timer = 0;
    let asking = null;
    let restUntil = 0;

    const isOpen = () => !list.hidden;
    const typed = () => box.value.trim();

    const activate = (at) => {
      active = at;
      box.removeAttribute("aria-activedescendant");
      [...list.children].forEach((option, place) => {
        option.setAttribute("aria-selected", String(place === at));
        if (place !== at) return;
        box.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      });
    };

    const show = (open) => {
      list.hidden = !open;
      box.setAttribute("aria-expanded", String(open));
      activate(-1);
    };

    const stop = () => {
      window.clearTimeout(timer);
      asking?.abort();
      asking = null;
    };

    const close = () => {
      stop();
      show(false);
      voice.textContent = "";
    };

    const option = ({ kind, marked, count, url }, at) => {
      const pieces = marked.map(({ text, marked: isMarked }) => (isMarked ? make("mark", {}, text) : text));
      const about = make("span", { class: "suggestion-kind" }, KINDS[kind] ?? "");
      if (kind !== "title") {
        const unit = make("span", { class: "unseen" }, count === 1 ? " resource" : " resources");
        about.append(" · ", count.toLocaleString("en-GB"), unit);
      }
      // A space apart, for those who hear the option read out.
      const parts = [icon(form.dataset.icons, kind), make("bdi", {}, ...pieces), " ", about];
      return make("li", { id: `suggestion-${at}`, role: "option", "aria-selected": "false", "data-url": url }, ...parts);
    };

    const fill = (text, suggestions) => {
      listed = text;
      list.replaceChildren(...suggestions.map(option));
      show(suggestions.length > 0);
      const count = suggestions.length;
      voice.textContent = count === 0 ? "No suggestions" : count === 1 ? "1 suggestion" : `${count} suggestions`;
    };

    // Trouble is no matter of the reader's: what was typed can be searched for all the same.
    const rest = (seconds) => {
      restUntil = Date.now() + Math.min(60, Number(seconds) || REST) * 1000;
      listed = "";
      close();
    };

    const fetchFor = async (text) => {
      const mine = (asking = new AbortController());
      const patience = window.setTimeout(() => mine.abort(), PATIENCE);
      try {
        const answer = await fetch(`/api/v1/suggest?${new URLSearchParams({ q: text })}`, { signal: mine.signal });
        const found = answer.ok ? await answer.json() : null;
        if (mine !== asking) return; // somebody has gone on typing
        asking = null;
        if (found) fill(text, found.suggestions);
        else rest(answer.headers.get("Retry-After"));
      } catch (error) {
        if (mine === asking) rest(REST); // the network is away, or nobody answers in time
        else if (error.name !== "AbortError") throw error;
      } finally {
        window.clearTimeout(patience);
      }
    };

    const ask = () => {
      stop();
      const text = typed();
      if (text.length > LONGEST || !COMPLETED.test(text)) close();
      else if (Date.now() >= restUntil) void fetchFor(text);
    };

    const choose = (chosen) => {
      close();
      window.location.assign(chosen.dataset.url);
    };

    // Whether the list is there at once.
    const open = () => {
      if (listed === "" || listed !== typed()) ask();
      else show(list.children.length > 0);
      return isOpen();
    };

    const move = (step) => {
      if (!isOpen() && !open()) return;
      const places = list.children.length + 1; // the box itself is one of them
      activate(((active + 1 + step + places) % places) - 1);
    };

    const keys = {
      ArrowDown: (event) => void (event.altKey ? open() : move(1)),
      ArrowUp: (event) => void (event.altKey ? close() : move(-1)),
      Enter: () => (active < 0 ? false : choose(list.children[active])),
      Escape: () => (isOpen() ? close() : false),
    };

    box.addEventListener("keydown", (event) => {
      // With an input method these keys choose among its own words.
      if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) return;
      if (Object.hasOwn(keys, event.key)) {
        if (keys[event.key](event) !== false) event.preventDefault();
      } else if (["Home", "End", "ArrowLeft", "ArrowRight"].includes(event.key)) {
        activate(-1); // they move the caret, and what is read out is the box again
      } else if (event.key === "Tab") {
        close();
      }
    });
    // Also while an input method is at work: on telephones one always is.
    box.addEventListener("input", () => {
      activate(-1);
      stop();
      timer = window.setTimeout(ask, WAIT);
    });
    box.addEventListener("blur", close);
    form.addEventListener("submit", close);
    window.addEventListener("pagehide", close);
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
    list.addEventListener("click", (event) => {
      const chosen = event.target.closest("[role=option]");
      if (chosen) choose(chosen);
    });

    const names = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" };
    for (const [name, value] of Object.entries(names)) box.setAttribute(name, value);
    list.hidden = true;
    box.closest(".search-row").append(list);
    form.append(voice);
  };

  document.querySelectorAll("form[data-completed]").forEach(complete);
})();
