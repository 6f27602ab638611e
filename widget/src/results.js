import { h, marked } from "./dom.js";

const MOST_NAMES = 4;

const names = (words, labels) =>
  (labels.length > MOST_NAMES
    ? [...labels.slice(0, MOST_NAMES - 1), words.others.replace("#", labels.length - MOST_NAMES + 1)]
    : labels
  ).join(", ");

/** A date such as 2017-04 as "April 2017", as precise as it is known. */
const dated = (words, date) =>
  date?.replace(/^\d{4}(-\d\d)?(-\d\d)?$/, (_, month, day) =>
    new Date(date).toLocaleDateString([words.lang, "en-GB"], {
      year: "numeric",
      month: month && "long",
      day: day && "numeric",
      timeZone: "UTC",
    }),
  );

const labels = (named) => named.map(({ label }) => label);

const byline = (words, hit) =>
  [
    ...new Set([
      hit.type?.label,
      names(words, labels(hit.contributors)) || hit.responsibility,
      names(words, labels(hit.publishers)),
      dated(words, hit.date),
    ]),
  ]
    .filter(Boolean)
    .join(" · ");

/** One found record. Its own language and direction are said of its words only: the line stays the page's. */
const result = (words, link, hit) => {
  const own = { lang: hit.language || "en", dir: "auto" };
  return h(
    "li",
    { part: "result" },
    link(hit.url, { part: "title", ...own }, ...marked(hit.highlighted_title)),
    h("p", { part: "byline" }, h("span", own, byline(words, hit))),
    h("p", { part: "passage" }, h("span", own, ...marked(hit.passage))),
  );
};

/** How many there are, as the status says it. */
export const counted = (words, { total, page, query }) => {
  const many = query.relaxed ? words.some : total === 1 ? words.one : words.many;
  const found = total ? many.replace("#", total.toLocaleString(words.lang)) : words.none;
  return page > 1 ? `${found} · ${words.page.replace("#", page)}` : found;
};

/** The found records as a list; nothing where there are none. */
export const resultList = (words, link, { hits }) =>
  hits.length ? [h("ol", { part: "results", role: "list" }, ...hits.map((hit) => result(words, link, hit)))] : [];
