/* The vote by keyboard: a digit chooses, Enter goes on. Each choice has its button; the page works without.

   data-digits     on the group of choices: 1 to 5 from the first to the last grade, 0 for the last choice (no opinion).
   data-shortcuts  box that turns the keys of one character off, remembered by this browser, as in the meeting.      */
(() => {
  "use strict";
  const group = document.querySelector("[data-digits]"), help = document.querySelector("[data-shortcuts]");
  if (!group || !help) return;
  const box = help.querySelector("input"), radios = [...group.querySelectorAll("input[type=radio]")];
  help.hidden = false;
  box.checked = true;
  try { box.checked = localStorage.getItem("jalons-shortcuts") !== "off"; } catch { /* private browsing */ }
  box.addEventListener("change", () => {
    try { localStorage.setItem("jalons-shortcuts", box.checked ? "on" : "off"); } catch { /* private browsing */ }
  });
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
