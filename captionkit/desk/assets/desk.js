"use strict";
(() => {
  const alive = 240000; // milliseconds: an open page keeps the desk open
  const job = document.getElementById("job");
  setInterval(() => { fetch(document.querySelector("link[rel=stylesheet]").href).catch(() => {}); }, alive);

  // A second press of the same button asks for nothing while the first is on its way.
  document.addEventListener("submit", (event) => {
    const button = event.target.querySelector("button");
    if (!button || event.target.method !== "post") return;
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = "1";
    button.setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelector("button").removeAttribute("aria-disabled");
  }));

  if (!job) return;
  const doing = document.getElementById("doing"), bar = document.getElementById("bar");
  const lines = document.getElementById("lines"), stopping = document.getElementById("stopping");
  const rows = new Map();
  let body = null, lastSaid = 0;

  const cell = (kind, text) => { const made = document.createElement(kind); made.textContent = text; made.dir = "auto"; return made; };
  const table = () => {
    const made = document.createElement("table"), caption = document.createElement("caption");
    caption.textContent = "Recordings";
    const head = made.createTHead().insertRow();
    ["Recording", "How far"].forEach((name) => { const th = cell("th", name); th.scope = "col"; head.append(th); });
    made.prepend(caption);
    body = made.createTBody();
    lines.replaceChildren(made);
  };
  const show = (state) => {
    const far = state.total ? `${state.done} of ${state.total}` : state.done ? String(state.done) : "";
    // A screen reader is told now and then, not for each of a thousand.
    if (Date.now() - lastSaid > 2000 || state.finished) {
      doing.textContent = [state.doing, far].filter(Boolean).join(" ");
      lastSaid = Date.now();
    }
    bar.max = state.total || 1;
    bar.value = state.total ? state.done : 0;
    if (state.stopping) stopping.textContent = "Stopping after what is in hand.";
    if (state.lines.length && !body) table();
    state.lines.forEach(([media, title, said]) => {
      let row = rows.get(media);
      if (!row) {
        row = body.insertRow();
        const head = cell("th", title || media);
        head.scope = "row";
        row.append(head, cell("td", said));
        rows.set(media, row);
      } else if (row.lastChild.textContent !== said) row.lastChild.textContent = said;
    });
    if (state.finished) location.replace(job.dataset.then);
  };
  const stream = new EventSource(job.dataset.events);
  stream.onmessage = (event) => show(JSON.parse(event.data));
  let failures = 0;
  stream.onerror = () => {
    failures += 1;
    if (failures > 5) {
      stream.close();
      doing.textContent = "The desk does not answer. It may have been closed; start it again to see what was done.";
    }
  };
})();
