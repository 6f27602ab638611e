import { h, marked } from "./dom.js";

const PAUSE = 200; // milliseconds after the last key until completions are asked for

/**
 * The box with its list of completions, as the combobox pattern of ARIA 1.2 has it.
 *
 * There is no form and no submit event: a frame with sandbox="allow-scripts" has neither. `complete(text)` gives the
 * completions, `search()` starts a search, `choose(completion)` takes one.
 */
export const combobox = ({ words, label, go, complete, search, choose }) => {
  let options = [];
  let active = -1;
  let pause;
  let turn = 0; // an answer that comes after its turn is dropped

  const activate = (index) => {
    active = index;
    input.removeAttribute("aria-activedescendant");
    [...list.children].forEach((option, at) => {
      option.setAttribute("aria-selected", at === index);
      option.setAttribute("part", at === index ? "option active" : "option");
      if (at === index) {
        input.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      }
    });
  };
  const show = (open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", open);
    activate(-1);
  };
  const close = () => {
    turn++;
    clearTimeout(pause);
    show(false);
  };
  const take = (index) => {
    close();
    index < 0 ? search() : choose(options[index]);
  };
  const offer = (found) => {
    options = found;
    list.replaceChildren(
      ...options.map((option, at) =>
        h(
          "li",
          { role: "option", id: `option-${at}`, part: "option", onclick: () => take(at) },
          h("span", { lang: "en", dir: "auto" }, ...marked(option.marked)),
          h("span", { part: "kind" }, words.kinds[option.kind], option.kind === "title" ? "" : ` · ${option.count}`),
        ),
      ),
    );
    show(options.length > 0);
  };
  const typed = (event) => {
    if (event.isComposing) return;
    const mine = ++turn;
    activate(-1);
    clearTimeout(pause);
    pause = setTimeout(async () => {
      const found = await complete(input.value.trim());
      if (mine === turn) offer(found);
    }, PAUSE);
  };
  const step = (by) => {
    if (list.hidden) show(true);
    const places = options.length + 1; // the box itself is one
    activate(((active + 1 + by + places) % places) - 1);
  };
  const pressed = (event) => {
    if (event.isComposing || event.keyCode === 229) return; // the key belongs to the input method
    const { key } = event;
    if (key === "Enter") take(active);
    else if (key === "Escape" && !list.hidden) close();
    else if (key === "Escape" && input.value) input.value = "";
    else if (options.length && key === "ArrowDown") event.altKey ? show(true) : step(1);
    else if (options.length && key === "ArrowUp") step(-1);
    else {
      if (key === "Home" || key === "End") activate(-1);
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const input = h("input", {
    id: "input",
    part: "input",
    type: "text",
    role: "combobox",
    dir: "auto",
    maxlength: 1000,
    autocomplete: "off",
    autocapitalize: "none",
    inputmode: "search",
    enterkeyhint: "search",
    "aria-autocomplete": "list",
    "aria-controls": "list",
    "aria-expanded": "false",
    oninput: typed,
    oncompositionend: typed,
    onkeydown: pressed,
    onblur: close,
  });
  // A press on the list leaves the focus in the box.
  const list = h("ul", {
    id: "list",
    part: "list",
    role: "listbox",
    "aria-label": words.completions,
    hidden: "",
    onmousedown: (event) => event.preventDefault(),
  });
  const button = h("button", { part: "button", type: "button", onclick: () => take(-1) }, go);
  const box = h("div", { part: "box" }, h("label", { part: "label", for: "input" }, label), input, button, list);
  return { box, input };
};
