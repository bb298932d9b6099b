/* Jalons, work that goes on: data-progress, address that answers {percent, is_read} to the header X-Progress: 1. Its
   <progress> follows, and the page is loaded again when the work is over. Without a script, a link does the same. */
(() => {
  "use strict";
  const follow = document.querySelector("[data-progress]");
  if (!follow) return;
  const bar = follow.querySelector("progress");
  const ask = async () => {
    try {
      const answer = await fetch(follow.dataset.progress, { headers: { "X-Progress": "1" }, credentials: "same-origin" });
      const state = await answer.json();
      bar.value = state.percent;
      if (state.is_read) { location.reload(); return; }
    } catch { /* no connection, or the session is over: the link « Actualiser » tells which */ }
    setTimeout(ask, 1000);
  };
  setTimeout(ask, 700);
})();
