// Beside a field that is to be copied: a button that does so. Without script the text is selected and copied by hand.
"use strict";
(() => {
  for (const place of document.querySelectorAll("[data-copy]")) {
    const field = place.querySelector("input, textarea");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-quiet button-small";
    button.textContent = place.dataset.copy;
    const told = document.createElement("span");
    told.className = "hint";
    told.setAttribute("role", "status");
    const copy = async () => {
      try {
        await navigator.clipboard.writeText(field.value);
        told.textContent = "Copied.";
      } catch (error) {
        // No clipboard without https, or the browser's user has forbidden it.
        if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
        field.focus();
        field.select();
        told.textContent = "It is selected: copy it with Ctrl+C, or ⌘C on a Mac.";
      }
    };
    button.addEventListener("click", () => void copy());
    const row = document.createElement("p");
    row.className = "copy";
    row.append(button, " ", told);
    place.append(row);
  }
})();
