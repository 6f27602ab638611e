import { asking } from "./asking.js";
import { combobox } from "./combobox.js";
import { h } from "./dom.js";
import { FACETS, filters } from "./filters.js";
import { counted, resultList } from "./results.js";
import { wordsFor } from "./words.js";

const PATIENCE = 300; // milliseconds until it is said that a search takes its time
const SIZE = 5;

let started = 0;

/**
 * Puts the search into an element, in place of the plain form that it holds.
 *
 * Throws, and leaves the form alone, where the address of the library is not known.
 */
export const start = (host, sheet, script) => {
  const form = host.querySelector("form");
  const library = new URL("/", host.getAttribute("library") || form?.getAttribute("action") || script);
  const field = form?.querySelector("[name=q]");
  const hadFocus = host.contains(host.getRootNode().activeElement);

  const words = wordsFor(host);
  const said = (tag) => form?.querySelector(tag)?.textContent.trim(); // the page's own words go before ours
  const label = said("label") || words.label;
  const go = said("button") || words.search;
  const listed = (name) => host.getAttribute(name)?.match(/[^\s,]+/g) || [];
  const fixed = FACETS.flatMap((facet) => listed(facet).map((value) => [facet, value]));
  const isFixed = (facet) => fixed.some(([name]) => name === facet);
  const member = listed("member").map((id) => ["member", id]);
  const chosen = {};
  const ask = asking(library);
  let text = "";
  let searching = false;

  // In a frame the page around may not be left: there a result opens beside it.
  const target = self === top ? null : "_blank";
  const link = (path, attributes, ...children) =>
    h("a", { href: new URL(path, library), target, rel: target && "noopener", ...attributes }, ...children);
  const limits = () => [...fixed, ...Object.entries(chosen).map(([facet, [value]]) => [facet, value])];
  const onSite = (words) => {
    const parameters = [...(text ? [["q", text]] : []), ...limits()];
    return link(`search?${new URLSearchParams(parameters)}`, { part: "all" }, words);
  };
  const button = (part, words, onclick) => h("button", { part, type: "button", onclick }, words);

  const complete = async (typed) => {
    if (!typed || searching) return []; // what was asked for goes before what might be meant
    const answer = await ask("suggest", [["q", typed], ...fixed]);
    return (answer?.suggestions || []).filter(({ kind }) => !isFixed(kind));
  };

  const choose = ({ kind, value, text, url }) => {
    if (kind === "title") return link(url).click();
    chosen[kind] = [value, text];
    input.value = "";
    search();
  };

  const pages = ({ total, page, size }) => {
    const turn = (to) => async () => {
      await search(to);
      found.focus();
    };
    const all = total > size ? words.all.replace("#", total.toLocaleString(words.lang)) : words.site;
    const both = host.hasAttribute("paging")
      ? [page > 1 && button("before", words.before, turn(page - 1)), total > page * size && button("after", words.after, turn(page + 1))]
      : [];
    return [...both.filter(Boolean), onSite(all)];
  };

  const say = (words) => status.replaceChildren(h("bdi", {}, words));

  const failed = ({ problem, wait }, page) => {
    const { busy, down, offline, refused } = words;
    say({ 0: offline, 400: refused, 429: busy.replace("#", wait || 5) }[problem] || down);
    found.replaceChildren();
    const again = button("again", words.again, () => search(page));
    more.replaceChildren(...(problem === 400 ? [] : [again]), onSite(words.site));
  };

  const succeeded = (answer) => {
    say(counted(words, answer));
    limit.update(answer);
    const { suggestion } = answer;
    const instead = () => {
      input.value = suggestion.text;
      search();
    };
    hint.replaceChildren(
      ...(suggestion ? [`${words.suggestion} `, button("suggestion", suggestion.text, instead), "?"] : []),
    );
    found.replaceChildren(...resultList(words, link, answer));
    more.replaceChildren(...pages(answer));
  };

  const search = async (page = 1) => {
    text = input.value.trim();
    const slow = setTimeout(() => say(words.wait), PATIENCE);
    found.setAttribute("aria-busy", (searching = true));
    const size = host.getAttribute("size") || SIZE;
    const parameters = [["q", text], ["size", size], ["page", page], ...limits(), ...member];
    const answer = await ask("search", parameters);
    clearTimeout(slow);
    if (!answer) return;
    found.setAttribute("aria-busy", (searching = false));
    "problem" in answer ? failed(answer, page) : succeeded(answer);
  };

  const { box, input } = combobox({ words, label, go, complete, search, choose });
  const offered = listed("facets").filter((facet) => FACETS.includes(facet) && !isFixed(facet));
  const changed = async () => {
    await search();
    if (!root.activeElement) input.focus(); // what was pressed is gone
  };
  const limit = filters({ words, offered, chosen, changed });
  const status = h("p", { part: "status", role: "status" });
  const hint = h("p", { part: "hint" });
  const found = h("div", { tabindex: -1 });
  const more = h("p", { part: "more" });

  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  const name = ++started > 1 ? `${label} (${started})` : label; // two landmarks of one name could not be told apart
  const parts = [box, limit.chips, limit.row, status, hint, found, more];
  root.append(h("div", { class: "root", role: "search", lang: words.lang, "aria-label": name }, ...parts));
  if (field) input.value = field.value;
  if (hadFocus) input.focus();
  return ask;
};
