/* The vote by keyboard: a digit chooses, Enter goes on. Each choice has its button; the page works without.

   data-digits     on the group of choices: 1 to 5 from the first to the last grade, 0 for the last choice (no opinion).
                   Off when the box of shortcuts.js is.                                                               */
(() => {
  "use strict";
  const group = document.querySelector("[data-digits]"), box = document.querySelector("[data-shortcuts] input");
  if (!group || !box) return;
  const radios = [...group.querySelectorAll("input[type=radio]")];
  addEventListener("keydown", (event) => {
    if (!box.checked || !/^[0-5]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.matches("textarea, select, input:not([type=radio], [type=checkbox])")) return;
    const radio = radios.at(Number(event.key) - 1); // 0: the last one
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    event.preventDefault();
  });
})();
