/* Moves the bars of the schedule, by drag and by keyboard. Without this script each action has its page with two lists;
   a move is posted to that same page, and what the page refuses is shown by that page.

   data-half-years   on the table: codes of the half-years drawn, « 2026-S1 2026-S2 »; data-allowed: how many are allowed.
   data-place        on the cell of a drawing: ranks of the first and last half-year, empty without a place;
                     data-version: version of the sheet; data-quick: the bar is light.
   data-place-form   the form sent when somebody else has moved the action in between: its page compares both places.   */
(() => {
  "use strict";
  const table = document.querySelector("[data-half-years]");
  if (!table) return;
  const codes = table.dataset.halfYears.split(" "), count = codes.length, allowed = Number(table.dataset.allowed);
  const form = document.querySelector("[data-place-form]"), bar = document.querySelector("[data-place-bar]");
  const status = document.querySelector("[data-place-status]"), undo = document.querySelector("[data-place-undo]");
  const SVG = "http://www.w3.org/2000/svg", MARGIN = 0.6, WAIT = 700, RETRY = 5000, EDGE = 14;
  let last = null, unsaved = 0;

  document.querySelector("[data-place-help]").hidden = false;

  const name = (code) => `${code.endsWith("1") ? "1er" : "2e"} semestre ${code.slice(0, 4)}`;
  const label = ({ first, last: end }) => {
    if (first === null) return "non placée";
    if (first === end) return name(codes[first]);
    const [from, to] = [codes[first], codes[end]];
    return from.slice(0, 4) === to.slice(0, 4) ? `du 1er au 2e semestre ${to.slice(0, 4)}` : `du ${name(from)} au ${name(to)}`;
  };
  const tell = (text, isGood = true) => { status.textContent = text; bar.classList.toggle("bad", !isGood); };
  const shape = (tag, attributes) => {
    const node = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };

  const draw = (row) => {
    const { svg, place } = row, placed = place.first !== null;
    if (placed && !row.bar) {
      row.bar = shape("rect", { y: "50%", height: 16, rx: 3, transform: "translate(0,-8)", "stroke-width": 2,
        fill: row.isQuick ? "#a9d0c8" : "#0b4f4a", stroke: "#0b4f4a" });
      svg.append(row.bar);
    }
    if (placed && row.isByHand && !row.dot) {
      row.dot = shape("circle", { cy: "50%", r: 3.5, transform: "translate(11,0)", fill: row.isQuick ? "#0b4f4a" : "#fff" });
      svg.append(row.dot);
    }
    row.bar?.setAttribute("display", placed ? "inline" : "none");
    row.dot?.setAttribute("display", placed && row.isByHand ? "inline" : "none");
    if (placed) {
      const left = `${(100 * place.first / count + MARGIN).toFixed(2)}%`;
      row.bar.setAttribute("x", left);
      row.bar.setAttribute("width", `${(100 * (place.last - place.first + 1) / count - 2 * MARGIN).toFixed(2)}%`);
      row.dot?.setAttribute("cx", left);
    }
    const words = label(place);
    svg.querySelector("title").textContent = words;
    svg.setAttribute("aria-valuenow", placed ? place.first + 1 : 0);
    svg.setAttribute("aria-valuetext", words);
    row.words.textContent = words;
  };

  // Keeps a move inside the half-years allowed; what already stands after them may stay there.
  const limit = (row) => Math.max(allowed, (row.saved.last ?? -1) + 1);
  const move = (row, by) => {
    const { first, last: end } = row.place;
    if (first === null) return set(row, by > 0 ? 0 : limit(row) - 1, by > 0 ? 0 : limit(row) - 1);
    const length = end - first, start = Math.min(Math.max(0, first + by), limit(row) - 1 - length);
    return set(row, start, start + length);
  };
  const stretch = (row, by) => {
    const { first, last: end } = row.place;
    return first === null ? move(row, 1) : set(row, first, Math.min(Math.max(first, end + by), limit(row) - 1));
  };
  const set = (row, first, end) => {
    if (row.place.first === first && row.place.last === end) return false;
    row.place = { first, last: end };
    draw(row);
    return true;
  };
  const differs = (row) => row.place.first !== row.saved.first || row.place.last !== row.saved.last;

  const post = (url, values) => {
    const body = new FormData(form);
    for (const [key, value] of Object.entries(values)) body.set(key, value);
    return fetch(url, { method: "POST", body, headers: { "X-Autosave": "1" }, credentials: "same-origin", redirect: "manual" });
  };

  // The warnings above the drawing and the place of the others may have changed: they are read again.
  const refresh = async () => {
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-warnings]");
      if (fresh) document.querySelector("[data-warnings]").replaceWith(fresh);
    } catch { /* they will be right at the next page */ }
  };

  const values = (row) => ({ version: row.version, start_half: codes[row.place.first], end_half: codes[row.place.last] });

  // Somebody else moved it: the page of the action shows both places, and nothing is lost.
  const compare = (row) => {
    for (const [key, value] of Object.entries(values(row))) form.elements[key].value = value;
    form.action = row.url;
    unsaved = 0;
    form.submit();
  };

  const save = async (row) => {
    clearTimeout(row.timer);
    if (!differs(row)) { wait(row, false); return; }
    if (row.isSending) { row.isAgain = true; return; }
    row.isSending = true; row.isAgain = false;
    const sent = row.place, former = row.saved, wasByHand = row.isByHand;
    try {
      const answer = await post(row.url, values(row));
      if (answer.status === 204) {
        row.version = answer.headers.get("X-Version");
        row.saved = sent;
        row.isByHand = true;
        last = { row, former, wasByHand };
        undo.hidden = false;
        draw(row);
        tell(`${row.title} : ${label(sent)}. Enregistré.`);
        refresh();
      } else if (answer.status === 409) {
        compare(row);
        return;
      } else if (answer.status === 422) {
        row.place = row.saved;
        draw(row);
        tell(`${row.title} : cette place n’est pas permise. L’action reste ${label(row.saved)}.`, false);
      } else {
        tell(`${row.title} : pas enregistré, votre session a peut-être pris fin. Reconnectez-vous dans un autre onglet, puis déplacez-la de nouveau.`, false);
      }
    } catch {
      tell(`${row.title} : pas de connexion, pas encore enregistré. Nouvel essai dans un instant.`, false);
      row.timer = setTimeout(() => save(row), RETRY);
    }
    row.isSending = false;
    wait(row, differs(row));
    if (row.isAgain) save(row);
  };
  const wait = (row, isWaiting) => {
    if (row.isWaiting === isWaiting) return;
    row.isWaiting = isWaiting;
    unsaved += isWaiting ? 1 : -1;
  };
  const plan = (row, delay) => {
    wait(row, true);
    clearTimeout(row.timer);
    row.timer = setTimeout(() => save(row), delay);
  };

  const revert = async () => {
    if (!last) return;
    const { row, former, wasByHand } = last;
    clearTimeout(row.timer);
    try {
      const answer = await post(`${row.url}annuler/`, { version: row.version });
      if (answer.status !== 204) { tell(`${row.title} : elle a changé depuis, le déplacement ne s’annule plus ici. Ouvrez sa fiche.`, false); return; }
      row.version = answer.headers.get("X-Version");
      Object.assign(row, { saved: former, place: former, isByHand: wasByHand });
      wait(row, false);
      draw(row);
      tell(`${row.title} : déplacement annulé, ${label(former)}.`);
      row.svg.focus();
      undo.hidden = true;
      last = null;
      refresh();
    } catch {
      tell("Pas de connexion : le déplacement n’est pas annulé.", false);
    }
  };
  undo.addEventListener("click", revert);

  const KEYS = {
    ArrowLeft: (row, isStretched) => (isStretched ? stretch : move)(row, -1),
    ArrowRight: (row, isStretched) => (isStretched ? stretch : move)(row, 1),
    "-": (row) => stretch(row, -1),
    "+": (row) => stretch(row, 1),
    Home: (row) => move(row, -count),
    End: (row) => move(row, count),
  };

  const listen = (row) => {
    const { svg } = row;
    let grip = null;
    svg.addEventListener("keydown", (event) => {
      if (event.key === "z" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); revert(); return; }
      if (event.key === "Escape" && differs(row)) { row.place = row.saved; draw(row); save(row); return; }
      if (event.key === "Enter") { save(row); return; }
      const act = KEYS[event.key];
      if (!act || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      if (act(row, event.shiftKey)) plan(row, WAIT);
    });
    svg.addEventListener("blur", () => save(row));
    svg.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      const box = svg.getBoundingClientRect(), column = box.width / count;
      const { first, last: end } = row.place;
      const at = event.clientX - box.left, right = (end + 1) * column;
      grip = { x: event.clientX, column, first, end, isEdge: first !== null && Math.abs(at - right) < Math.min(EDGE, column / 3) };
      if (first === null) {
        const rank = Math.min(Math.floor(at / column), limit(row) - 1);
        grip.first = grip.end = rank;
        set(row, rank, rank);
      } else if (!grip.isEdge && (at < first * column || at > right)) { grip = null; return; }
      svg.setPointerCapture(event.pointerId);
      svg.focus();
      event.preventDefault();
    });
    svg.addEventListener("pointermove", (event) => {
      if (!grip) return;
      const by = Math.round((event.clientX - grip.x) / grip.column), length = grip.end - grip.first;
      if (grip.isEdge) { set(row, grip.first, Math.min(Math.max(grip.first, grip.end + by), limit(row) - 1)); return; }
      const start = Math.min(Math.max(0, grip.first + by), limit(row) - 1 - length);
      set(row, start, start + length);
    });
    svg.addEventListener("pointerup", () => { if (grip) { grip = null; if (differs(row)) plan(row, 0); } });
    svg.addEventListener("pointercancel", () => { if (grip) { grip = null; row.place = row.saved; draw(row); } });
  };

  for (const cell of table.querySelectorAll("[data-place]")) {
    const svg = cell.querySelector("svg"), link = cell.parentElement.querySelector("th a");
    const [first, end] = cell.dataset.place.split(" ").map((rank) => (rank === "" ? null : Number(rank)));
    // An action that lies outside the drawing is only moved on its page.
    if (first !== null && (first < 0 || end >= count)) continue;
    const place = { first, last: end };
    const dot = svg.querySelector("circle"), bars = svg.querySelectorAll("rect[rx]");
    const row = { svg, place, saved: place, version: cell.dataset.version, url: link.getAttribute("href"), bar: bars[0] || null,
      dot, isByHand: Boolean(dot), isQuick: "quick" in cell.dataset, title: link.textContent,
      words: cell.parentElement.querySelector(".who span"), timer: 0 };
    for (const [key, value] of Object.entries({ tabindex: 0, role: "slider", "aria-label": `Place de ${row.title}`,
      "aria-valuemin": 0, "aria-valuemax": count, "aria-valuenow": first === null ? 0 : first + 1,
      "aria-valuetext": label(place) })) svg.setAttribute(key, value);
    cell.classList.add("movable");
    listen(row);
  }

  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
})();
