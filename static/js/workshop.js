/* The workshop: gestures sent in the background, one key for each, a page that refreshes itself. Everything has its
   button or its link; the pages work without.

   data-send        a form: it is sent without leaving the page, the answer X-Next says where to go on. When the network
                    or the server is down, what is typed stays and the sending is tried again. Any other refusal: the
                    form is sent in full, so that the page shows why.
   data-letter      keys (« e é ») of an element: a choice is ticked and its form sent, a button is pressed, a text is
                    entered, a fold is opened on its first box. They act when those of projection.js do.
   data-live        asked again every two seconds and replaced when it changed; [data-live-state] tells when it cannot. */
(() => {
  "use strict";
  const state = document.querySelector("[data-saved]");
  const tell = (text, isGood) => { if (state) { state.textContent = text; state.classList.toggle("bad", !isGood); } };
  let timer = 0, waiting = null, isSending = false, isDone = false;

  const send = async (form) => {
    clearTimeout(timer);
    timer = 0;
    if (isSending || isDone) return;
    isSending = true;
    waiting = form;
    tell("Enregistrement en cours…", true);
    let answer = null;
    try {
      answer = await fetch(form.action, {
        method: "POST", body: new FormData(form), headers: { "X-Autosave": "1" }, credentials: "same-origin", redirect: "manual",
      });
    } catch { /* no network: below */ }
    isSending = false;
    const next = answer && answer.headers.get("X-Next");
    if (answer && answer.ok && next) {
      isDone = true;
      // The script of every page: nothing is left to keep, in any form.
      for (const other of document.forms) other.dispatchEvent(new Event("submit", { cancelable: true }));
      location.assign(next);
      return;
    }
    if (answer && answer.status < 500 && answer.status !== 429) { isDone = true; form.submit(); return; }
    tell(`${answer ? "Pas encore enregistré." : "Pas de connexion."} Rien n’est perdu ; nouvel essai dans un instant.`, false);
    form.dispatchEvent(new Event("input")); // the draft too is tried again, and leaving asks first
    timer = setTimeout(send, 5000, form);
  };
  for (const form of document.querySelectorAll("form[data-send]")) {
    form.addEventListener("submit", (event) => { event.preventDefault(); if (event.isTrusted) send(form); });
    form.addEventListener("input", (event) => { if (event.isTrusted) { clearTimeout(timer); timer = 0; } });
  }
  addEventListener("online", () => { if (timer) send(waiting); });

  const act = (element) => {
    if (element.matches("label")) {
      const box = element.querySelector("input");
      box.checked = true;
      box.form.requestSubmit();
    } else if (element.matches("textarea")) {
      element.select();
    } else if (element.matches("details")) {
      element.open = !element.open;
      const box = element.open && element.querySelector("input:not([type=hidden])");
      if (box) box.focus(); else element.querySelector("summary").focus();
    } else {
      const fold = element.closest("details");
      if (fold) fold.open = true;
      element.click();
    }
  };
  const shortcuts = document.querySelector("[data-shortcuts] input");
  addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.key === "Escape" && at.matches("textarea, input")) { at.blur(); return; }
    const isTyping = at.matches("textarea, input:not([type=radio], [type=checkbox]), select");
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping) return;
    const form = document.querySelector("form[data-send]:has([name=verdict]:checked)");
    if (event.key === "Enter" && form && !at.matches("a, button, summary")) { event.preventDefault(); form.requestSubmit(); return; }
    if (shortcuts && !shortcuts.checked) return;
    const letter = event.key.toLowerCase();
    const element = letter.length === 1 && document.querySelector(`[data-letter~="${CSS.escape(letter)}"]`);
    if (element) { event.preventDefault(); act(element); }
  });

  for (const part of document.querySelectorAll("[data-live]")) {
    const signal = document.querySelector("[data-live-state]");
    const holder = document.createElement("template");
    const say = (text) => { if (signal) { signal.textContent = text; signal.hidden = !text; } };
    const refresh = async () => {
      try {
        const answer = await fetch(location.href, { headers: { "X-Fragment": "1" }, credentials: "same-origin", redirect: "manual" });
        if (answer.ok) {
          holder.innerHTML = await answer.text();
          if (holder.innerHTML !== part.innerHTML) part.innerHTML = holder.innerHTML;
          say("");
        } else {
          say(answer.status >= 500 || answer.status === 429 ? "Le site ne répond pas ; nouvel essai." : "Rechargez cette page.");
        }
      } catch {
        say("Pas de connexion ; nouvel essai.");
      }
      setTimeout(refresh, 2000);
    };
    setTimeout(refresh, 2000);
  }
})();
