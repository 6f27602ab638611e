/**
 * An element with attributes, handlers ("on…": a function) and children. Attributes that are null, undefined or false
 * are left out, and text is only ever text: no markup is made, so that a page with Trusted Types has nothing to refuse.
 */
export const h = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value != null && value !== false) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
};

/** Fragments of the API as text, with what was looked for in marks. */
export const marked = (fragments) =>
  fragments.map(({ text, marked }) => (marked ? h("mark", { part: "mark" }, text) : text));
