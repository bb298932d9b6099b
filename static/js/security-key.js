/* Ties the button of a security key to allauth's script, and says in the page that the key did not answer.

   data-key   on the button: « add » (a new key) or « authenticate » (prove who one is).                            */
(() => {
  "use strict";
  const button = document.querySelector("[data-key]");
  if (!button) return;
  const role = button.dataset.key;
  window.allauth.webauthn.forms[`${role}Form`]({
    ids: { [role]: button.id, credential: "id_credential", data: "key-data" },
  });
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const message = document.querySelector("[data-key-error]");
    if (message) message.hidden = false;
  });
})();
