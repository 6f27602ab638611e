import style from "./style.css";
import { start } from "./widget.js";

const NAME = "belong-search";

// Known only while this line runs; not at all where the file was made part of another, or is loaded as a module.
const script = document.currentScript?.src;

// Where a browser cannot do this, nothing is defined, and the plain form in the element stays.
const sheet = new CSSStyleSheet();
// light-dark() follows the page's own color-scheme. Browsers of before 2024 lack it, and get the light colours.
const known = CSS.supports("color:light-dark(red,red)");
sheet.replaceSync(known ? style : style.replace(/light-dark\((.+?),.+?\)/g, "$1"));

class BelongSearch extends HTMLElement {
  #ask;

  connectedCallback() {
    // Before the page is read to its end, the form in the element may not be there yet.
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => this.#start());
    else this.#start();
  }

  disconnectedCallback() {
    this.#ask?.(); // a question that nobody waits for any more
  }

  #start() {
    if (!this.shadowRoot) this.#ask = start(this, sheet, script);
  }
}

// The script may be on a page twice, perhaps in two versions: the first one counts.
if (!customElements.get(NAME)) customElements.define(NAME, BelongSearch);
