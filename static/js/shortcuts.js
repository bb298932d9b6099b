/* The keys of one character can be turned off (WCAG 2.1.4). Loaded before the script of the page that has such keys.

   data-shortcuts  holds the box, hidden without this script; the browser remembers it, for every page that has keys.  */
(() => {
  "use strict";
  const help = document.querySelector("[data-shortcuts]");
  if (!help) return;
  const box = help.querySelector("input");
  help.hidden = false;
  box.checked = true;
  try { box.checked = localStorage.getItem("jalons-shortcuts") !== "off"; } catch { /* private browsing */ }
  box.addEventListener("change", () => {
    try { localStorage.setItem("jalons-shortcuts", box.checked ? "on" : "off"); } catch { /* private browsing */ }
  });
})();
