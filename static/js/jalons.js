/* Small helps of every page. Nothing essential: each page works without them. Hooks are data- attributes.

   data-focus      the element takes the focus when the page opens (summary of errors).

   data-autosave   on a <form>: its answers are posted to the form's own address one second after the last change.
                   The view does what it does for the button; the header X-Autosave: 1 lets it answer 204 (saved)
                   instead of a redirect. With the answer it may send X-Version: the new version of the object, put
                   in the hidden field `version`. 409 and 422 mean "not saved": the page asks to use the button.
                   The element [data-saved] of the form (tag {% saved %}) tells the state; the button stays, and the
                   text is never anywhere else than in the field until the server has said that it holds it.

   data-draft      on a <form>: address that keeps its answers as a draft, one second after the last change and when
                   the page is left: nothing is saved, the site offers them when the form is opened again. With
                   data-autosave too, only what could not be saved. Empty: nothing is sent (a vote).
                   401 and 403: the session is over. The text stays, signing in from another tab is proposed, and
                   the page tries again when one comes back to it.                                                 */
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

  const post = (url, body, headers = {}, signal = undefined) =>
    fetch(url, { method: "POST", body, headers, signal, credentials: "same-origin", redirect: "manual" });

  // After signing in again, the token of the forms is another one: it is read in the same page, asked anew.
  const renew = async () => {
    const answer = await fetch(location.href, { credentials: "same-origin", redirect: "manual" });
    const token = answer.ok && /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(await answer.text());
    if (token) for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = token[1];
    return Boolean(token);
  };

  for (const form of document.querySelectorAll("form[data-autosave], form[data-draft^='/']")) {
    const saves = "autosave" in form.dataset, drafts = form.dataset.draft;
    const status = form.querySelector("[data-saved]") || document.querySelector("[data-saved]");
    const address = form.getAttribute("action") || location.pathname + location.search;
    let timer = 0, sending = false, again = false, refused = false, waiting = null, isOver = false, failed = false;
    let stop = new AbortController();
    // A page that was refused holds a text which is nowhere else.
    let unsaved = Boolean(drafts && document.querySelector("[data-focus]"));

    const tell = (text, isGood, link = "") => {
      failed = !isGood;
      if (!status) return;
      status.textContent = text;
      status.classList.toggle("bad", !isGood);
      if (!link) return;
      const anchor = document.createElement("a");
      Object.assign(anchor, { href: location.href, target: "_blank", rel: "noopener", textContent: link });
      status.append(" ", anchor);
    };

    const answers = () => {
      const body = new FormData(form);
      for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
      body.set("draft-path", address);
      return body;
    };

    // Sends; once more with a new token when the first one is refused. Gives no answer when the session is over.
    const reach = async (url, make, headers) => {
      let answer = await post(url, make(), headers, stop.signal);
      if (answer.status === 403 && await renew()) answer = await post(url, make(), headers, stop.signal);
      isOver = [401, 403].includes(answer.status);
      if (!isOver) return answer;
      tell("Votre session a pris fin. Votre texte est toujours ici.", false, "Reconnectez-vous dans un autre onglet");
      waiting = null;
      return null;
    };

    const keep = async (isQuiet) => {
      const answer = await reach(drafts, answers, {});
      if (!answer) return;
      unsaved = again;
      if (answer.ok) { if (!isQuiet) tell(`Brouillon gardé à ${hour()}`, true); return; }
      unsaved = true;
      if (!isQuiet) tell(answer.status === 422 ? await answer.text() : "Brouillon pas gardé. Votre texte est toujours ici.", false);
    };

    const saveObject = async () => {
      const answer = await reach(address, () => new FormData(form), { "X-Autosave": "1" });
      if (!answer) return;
      if (answer.ok || answer.type === "opaqueredirect") {
        const version = answer.headers.get("X-Version");
        if (version && form.elements.version) form.elements.version.value = version;
        unsaved = again;
        tell(`Enregistré à ${hour()}`, true);
        return;
      }
      if (answer.status === 409) {
        refused = true;
        tell("Une autre personne a modifié cet élément. Enregistrez pour comparer vos deux textes.", false);
      } else if (answer.status === 422) {
        tell("Pas encore enregistré : une réponse est à corriger. Utilisez le bouton pour la voir.", false);
      } else {
        tell("Pas encore enregistré. Votre texte est toujours ici ; utilisez le bouton.", false);
      }
      if (drafts) await keep(true);
    };

    const save = async () => {
      if (sending) { again = true; return; }
      if (refused && !drafts) return;
      sending = true; again = false;
      try {
        await (saves && !refused ? saveObject() : keep(refused));
      } catch (error) {
        if (error.name !== "AbortError") {
          tell("Pas de connexion. Votre texte est toujours ici ; nouvel essai dans un instant.", false);
          clearTimeout(timer);
          timer = setTimeout(save, 5000);
          waiting = null; // leaving for a page that cannot load would lose what is in the fields
        }
      }
      sending = false;
      // The button was pressed meanwhile: what follows sends the whole form, with the version just received.
      if (waiting) { const { button } = waiting; waiting = null; form.requestSubmit(button); } else if (again) save();
    };

    const plan = (event) => {
      if (event.target.type === "file") return;
      unsaved = true;
      clearTimeout(timer);
      timer = setTimeout(save, saves && event.type === "change" ? 200 : 1000);
    };
    form.addEventListener("input", plan);
    form.addEventListener("change", plan);
    form.addEventListener("submit", (event) => {
      clearTimeout(timer);
      if (sending && saves) {
        event.preventDefault();
        waiting = { button: event.submitter };
        tell("Enregistrement en cours…", true);
      } else {
        unsaved = false;
        stop.abort();
        stop = new AbortController();
      }
    });
    addEventListener("beforeunload", (event) => { if (unsaved && (failed || !drafts)) event.preventDefault(); });
    addEventListener("pagehide", () => { if (unsaved && drafts) navigator.sendBeacon(drafts, answers()); });
    document.addEventListener("visibilitychange", () => { if (isOver && !document.hidden) save(); });
  }
})();
