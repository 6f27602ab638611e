import { h } from "./dom.js";

export const FACETS = ["theme", "type", "year", "author", "publisher"];

/**
 * What people can limit a search by: a choice for each facet that the page offers, and a chip for what else was chosen.
 *
 * `chosen` is { facet: [value, label] }; `changed()` is called after it has changed.
 */
export const filters = ({ words, offered, chosen, changed }) => {
  const set = (facet, value, label) => {
    if (value) chosen[facet] = [value, label];
    else delete chosen[facet];
    changed();
  };
  const selects = offered.map((facet) =>
    h("select", {
      id: facet,
      part: "select",
      onchange: ({ target }) => set(facet, target.value, target.selectedOptions[0].text),
    }),
  );
  const row = h(
    "div",
    { part: "filters", hidden: "" },
    ...selects.map((select) =>
      h("span", { part: "filter" }, h("label", { for: select.id }, words.kinds[select.id]), select),
    ),
  );
  const chips = h("div", { part: "chips" });

  /** Shows the values that an answer has, and what is chosen. */
  const update = ({ facets }) => {
    row.hidden = !selects.length;
    for (const select of selects) {
      const option = (value, text) => h("option", { value }, text);
      const found = facets[select.id].filter(({ count, label }) => count && label);
      select.replaceChildren(
        option("", words.any),
        ...found.map(({ value, label, count }) => option(value, `${label} (${count})`)),
      );
      select.value = chosen[select.id]?.[0] || "";
    }
    const loose = Object.entries(chosen).filter(([facet]) => !offered.includes(facet));
    chips.replaceChildren(
      ...loose.map(([facet, [, label]]) => {
        const name = `${words.kinds[facet]}: ${label}`;
        const about = { part: "chip", type: "button", "aria-label": `${words.remove} ${name}` };
        return h("button", { ...about, onclick: () => set(facet) }, name, h("span", { "aria-hidden": true }, "×"));
      }),
    );
  };
  return { row, chips, update };
};
