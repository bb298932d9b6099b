/* The projected meeting: keys, clock, recording in the background. Each gesture has its button; the page works without.

   data-project    the form: Enter records it without leaving the page; the answer X-Next says where to go on. When the
                   network or the server is down, the text stays and the sending is tried again. Any other refusal:
                   the form is sent in full, so that the page shows why (both texts, the field to correct, the end of
                   the session).
   data-go         a link followed by this key.
   data-timer      planned minutes; the time spent on this question (data-key) is counted in this tab only.
   data-shortcuts  box that turns the keys of one character off: see shortcuts.js.                                 */
(() => {
  "use strict";
  const form = document.querySelector("[data-project]"), keys = document.querySelector("[data-keys]");
  const store = (area, name, value) => { try { if (value === undefined) return area.getItem(name); area.setItem(name, value); } catch { /* private browsing */ } return null; };

  // Time spent on the question: quiet, counted again where it was after a reload.
  const clock = document.querySelector("[data-timer]");
  if (clock) {
    const spent = clock.querySelector("[data-spent]"), name = `jalons-clock-${clock.dataset.key}`;
    let seconds = Number(store(sessionStorage, name)) || 0;
    const show = () => {
      spent.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} sur `;
      clock.classList.toggle("late", seconds >= 60 * clock.dataset.timer);
    };
    spent.hidden = false;
    show();
    setInterval(() => { if (document.hidden) return; seconds += 1; store(sessionStorage, name, seconds); show(); }, 1000);
  }

  const box = document.querySelector("[data-shortcuts] input");

  if (form) {
    const state = document.querySelector("[data-saved]"), reason = form.elements.reason;
    let sending = false, isDone = false, timer = 0;
    const tell = (text, isGood) => { state.textContent = text; state.classList.toggle("bad", !isGood); };
    const record = async () => {
      clearTimeout(timer);
      timer = 0;
      if (sending) return;
      sending = true;
      tell("Enregistrement en cours…", true);
      try {
        const answer = await fetch(location.pathname, {
          method: "POST", body: new FormData(form), headers: { "X-Autosave": "1" }, credentials: "same-origin", redirect: "manual",
        });
        const next = answer.headers.get("X-Next");
        if (answer.ok && next) {
          tell(`Enregistré à ${new Date().toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" })}`, true);
          isDone = true;
          form.dispatchEvent(new Event("submit", { cancelable: true })); // the script of every page: nothing is left to keep
          location.assign(next);
          return;
        }
        if (answer.status < 500 && answer.status !== 429) { form.submit(); return; }
        failed("Pas encore enregistré.");
      } catch {
        failed("Pas de connexion.");
      }
    };
    const failed = (why) => {
      sending = false;
      tell(`${why} Votre texte est toujours ici ; nouvel essai dans un instant.`, false);
      form.dispatchEvent(new Event("input")); // the draft too is tried again, and leaving asks first
      timer = setTimeout(record, 5000);
    };
    // Registered after the script of every page, which by then has stopped its own draft.
    form.addEventListener("submit", (event) => { event.preventDefault(); if (!isDone) record(); });
    addEventListener("online", () => { if (timer) record(); });
    form.addEventListener("input", (event) => { if (event.isTrusted) { clearTimeout(timer); timer = 0; } });
    reason.addEventListener("keydown", (event) => {
      if (event.key === "Escape") form.querySelector("[name=level]:checked, [name=level]").focus();
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
  }

  const choose = (value) => {
    const radio = form && form.querySelector(`[name=level][value="${value}"]:enabled`);
    if (!radio) return;
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  };
  addEventListener("keydown", (event) => {
    const at = event.target, isTyping = at.matches("textarea, input:not([type=radio], [type=checkbox]), select");
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
    const isAlone = !box || box.checked;
    // A French keyboard gives its figures with Shift only: the place of the key counts too.
    const figure = /^[0-4]$/.exec(event.key) || (!event.shiftKey && /^(?:Digit|Numpad)([0-4])$/.exec(event.code));
    const link = document.querySelector(`[data-go="${event.key}"]`);
    const isAction = at.matches("a, button, summary");
    if (link && !(event.key === "Enter" && isAction)) { event.preventDefault(); link.click(); return; }
    if (event.key === "Enter" && form && !isAction) { event.preventDefault(); form.requestSubmit(); return; }
    if (!isAlone) return;
    if (figure) { event.preventDefault(); choose(figure[1] ?? figure[0]); }
    else if (event.key.toLowerCase() === "a") { event.preventDefault(); choose("ouverte"); }
    else if (event.key.toLowerCase() === "r" && form) { event.preventDefault(); form.elements.reason.select(); }
    else if (event.key === "?" && keys) { event.preventDefault(); keys.open = !keys.open; if (keys.open) keys.scrollIntoView({ block: "nearest" }); }
  });
})();
