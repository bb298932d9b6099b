/* Small helps of every page. Nothing essential: each page works without them. Hooks are data- attributes.

   data-focus      the element takes the focus when the page opens (summary of errors).

   data-autosave   on a <form>: its answers are posted to the form's own address one second after the last change.
                   The view does what it does for the button; the header X-Autosave: 1 lets it answer 204 (saved)
                   instead of a redirect. With the answer it may send X-Version: the new version of the object, put
                   in the hidden field `version`. 409 and 422 mean "not saved": the page asks to use the button.
                   The element [data-saved] of the form (tag {% saved %}) tells the state; the button stays, and the
                   text is never anywhere else than in the field until the server has said that it holds it.      */
(() => {
  "use strict";
  const focus = document.querySelector("[data-focus]");
  if (focus) focus.focus();

  // A double click sends a form once: the second answer would tell of a stale version, our own.
  const sentAt = new WeakMap();
  addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    if (event.timeStamp - (sentAt.get(event.target) ?? -Infinity) < 1500) event.preventDefault();
    else sentAt.set(event.target, event.timeStamp);
  });

  const hour = () => new Date().toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" });

  for (const form of document.querySelectorAll("form[data-autosave]")) {
    const status = form.querySelector("[data-saved]") || document.querySelector("[data-saved]");
    let timer = 0, sending = false, again = false, unsaved = false, refused = false, waiting = null;

    const tell = (text, isGood) => {
      if (!status) return;
      status.textContent = text;
      status.classList.toggle("bad", !isGood);
    };

    const save = async () => {
      if (refused) return;
      if (sending) { again = true; return; }
      sending = true; again = false;
      const body = new FormData(form);
      try {
        const answer = await fetch(form.getAttribute("action") || location.href, {
          method: "POST", body, headers: { "X-Autosave": "1" }, credentials: "same-origin", redirect: "manual",
        });
        const isSaved = answer.ok || answer.type === "opaqueredirect";
        if (isSaved) {
          const version = answer.headers.get("X-Version");
          if (version && form.elements.version) form.elements.version.value = version;
          unsaved = again;
          tell(`Enregistré à ${hour()}`, true);
        } else if (answer.status === 409) {
          refused = true;
          tell("Une autre personne a modifié cet élément. Enregistrez pour comparer vos deux textes.", false);
        } else if (answer.status === 422) {
          tell("Pas encore enregistré : une réponse est à corriger. Utilisez le bouton pour la voir.", false);
        } else {
          tell("Pas encore enregistré. Votre texte est toujours ici ; utilisez le bouton.", false);
        }
      } catch {
        tell("Pas de connexion. Votre texte est toujours ici ; nouvel essai dans un instant.", false);
        clearTimeout(timer);
        timer = setTimeout(save, 5000);
        waiting = null; // leaving for a page that cannot load would lose what is in the fields
      }
      sending = false;
      // The button was pressed meanwhile: what follows sends the whole form, with the version just received.
      if (waiting) { const { button } = waiting; waiting = null; form.requestSubmit(button); } else if (again) save();
    };

    const plan = (event) => {
      if (event.target.type === "file") return;
      unsaved = true;
      clearTimeout(timer);
      timer = setTimeout(save, event.type === "change" ? 200 : 1000);
    };
    form.addEventListener("input", plan);
    form.addEventListener("change", plan);
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      if (sending) {
        event.preventDefault();
        waiting = { button: event.submitter };
        tell("Enregistrement en cours…", true);
      } else unsaved = false;
    });
    addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  }
})();
