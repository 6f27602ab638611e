// What the widget says. "#" stands for a number.

const english = {
  label: "Search the Belong library",
  search: "Search",
  completions: "Suggestions",
  kinds: { title: "Resource", theme: "Theme", type: "Type", year: "Year", author: "Author", publisher: "Publisher" },
  wait: "Searching…",
  none: "Nothing found. Try other words, or fewer.",
  one: "1 resource",
  many: "# resources",
  some: "No resource has all of these words. With some of them: #",
  page: "Page #",
  others: "and # others",
  suggestion: "Did you mean",
  any: "Any",
  remove: "Remove",
  before: "Previous",
  after: "Next",
  all: "See all # on the library’s site",
  site: "Search on the library’s site",
  again: "Try again",
  offline: "You are offline. Search again when you are connected.",
  busy: "The library has too many searches just now. Please wait # seconds.",
  down: "The library is not answering just now. Please try again in a moment.",
  refused: "The library cannot read this search.",
};

const welsh = {
  label: "Chwilio llyfrgell Belong",
  search: "Chwilio",
  completions: "Awgrymiadau",
  kinds: { title: "Adnodd", theme: "Thema", type: "Math", year: "Blwyddyn", author: "Awdur", publisher: "Cyhoeddwr" },
  wait: "Wrthi’n chwilio…",
  none: "Dim byd i’w gael. Rhowch gynnig ar eiriau eraill, neu lai o eiriau.",
  one: "1 adnodd",
  many: "# o adnoddau",
  some: "Nid oes gan unrhyw adnodd y geiriau hyn i gyd. Gyda rhai ohonynt: #",
  page: "Tudalen #",
  others: "a # arall",
  suggestion: "Oeddech chi’n golygu",
  any: "Pob un",
  remove: "Tynnu",
  before: "Blaenorol",
  after: "Nesaf",
  all: "Gweld pob un o’r # ar wefan y llyfrgell",
  site: "Chwilio ar wefan y llyfrgell",
  again: "Rhoi cynnig arall arni",
  offline: "Rydych chi all-lein. Chwiliwch eto pan fyddwch wedi cysylltu.",
  busy: "Mae gormod o chwiliadau yn y llyfrgell ar hyn o bryd. Arhoswch # eiliad.",
  down: "Nid yw’r llyfrgell yn ateb ar hyn o bryd. Rhowch gynnig arall arni mewn munud.",
  refused: "Ni all y llyfrgell ddarllen y chwiliad hwn.",
};

/** The words for an element: Welsh where it, or what is around it, is marked as Welsh, else English. */
export const wordsFor = (host) =>
  /^cy\b/i.test(host.closest("[lang]")?.lang) ? { ...welsh, lang: "cy" } : { ...english, lang: "en-GB" };
