"use strict";
(() => {
  const alive = 240000; // milliseconds: an open page keeps the desk open
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

  // What a screen reader is told of a page that changes in its place. It must be there before it says anything.
  const said = document.createElement("p");
  said.className = "hidden-text";
  said.setAttribute("role", "status");
  document.querySelector("header").append(said);

  // The same page, in which more is known now. Who is at a link stays at it.
  const complete = (address) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document"; // nothing is ever parsed from text here
    request.addEventListener("load", () => {
      const main = document.querySelector("main"), fresh = request.response && request.response.querySelector("main");
      if (!fresh) { location.reload(); return; }
      const at = main.contains(document.activeElement) ? document.activeElement : null;
      main.replaceChildren(...Array.from(fresh.childNodes, (one) => document.importNode(one, true)));
      if (at) {
        const href = at.getAttribute("href");
        (Array.from(main.querySelectorAll("a")).find((link) => link.getAttribute("href") === href) || main).focus();
      }
      const note = main.querySelector(".done");
      if (!watch()) said.textContent = (note ? note.textContent + " " : "") + "This page is complete now.";
    });
    request.addEventListener("error", () => location.reload());
    request.send();
  };

  const cell = (kind, text) => { const made = document.createElement(kind); made.textContent = text; made.dir = "auto"; return made; };
  const table = () => {
    const made = document.createElement("table"), head = made.createTHead().insertRow();
    made.createCaption().textContent = "Recordings";
    ["Recording", "How far"].forEach((name) => { const th = cell("th", name); th.scope = "col"; head.append(th); });
    return made;
  };

  // Shows how far the work on this page is, if there is any.
  const watch = () => {
    const job = document.getElementById("job");
    if (!job) return false;
    const doing = document.getElementById("doing"), bar = document.getElementById("bar");
    const lines = document.getElementById("lines"), stopping = document.getElementById("stopping");
    const rows = new Map();
    let body = null, lastSaid = 0, failures = 0;
    const show = (state) => {
      failures = 0;
      const far = state.total ? `${state.done} of ${state.total}` : state.done ? String(state.done) : "";
      // A screen reader is told now and then, not for each of a thousand.
      if (Date.now() - lastSaid > 5000 || state.finished) {
        doing.textContent = [state.doing, far].filter(Boolean).join(" ");
        lastSaid = Date.now();
      }
      bar.max = state.total || 1;
      bar.value = state.total ? state.done : 0;
      if (state.stopping) stopping.textContent = "Stopping after what is in hand.";
      if (state.lines.length && !body) {
        const made = table();
        body = made.createTBody();
        lines.replaceChildren(made);
      }
      state.lines.forEach(([media, title, how]) => {
        let row = rows.get(media);
        if (!row) {
          row = body.insertRow();
          const head = cell("th", title || media);
          head.scope = "row";
          row.append(head, cell("td", how));
          rows.set(media, row);
        } else if (row.lastChild.textContent !== how) row.lastChild.textContent = how;
      });
      if (!state.finished) return;
      stream.close();
      if ("part" in job.dataset) complete(job.dataset.then); else location.replace(job.dataset.then);
    };
    const stream = new EventSource(job.dataset.events);
    stream.onmessage = (event) => show(JSON.parse(event.data));
    stream.onerror = () => {
      failures += 1;
      if (failures > 1 || stream.readyState === EventSource.CLOSED) {
        stream.close();
        doing.textContent = "The desk does not answer. It may have been closed; start it again to see what was done.";
      }
    };
    return true;
  };
  watch();

  // What was just done, or why not, is where reading begins.
  const news = document.querySelector("main > .problem, main > .done");
  if (news) { news.tabIndex = -1; news.focus(); }
})();
