"use strict";
(() => {
  const byId = (id) => document.getElementById(id);

  // --- sorting: every table whose heads are buttons -----------------------------------------------------------------

  const valueOf = (row, column) => {
    const cell = row.cells[column];
    if (!cell) return "";
    const raw = cell.dataset.v !== undefined ? cell.dataset.v : cell.textContent.trim();
    const number = Number(raw.replace(/[,\u2009 ]/g, ""));
    return raw !== "" && !Number.isNaN(number) ? number : raw;
  };
  const collator = new Intl.Collator(undefined, { numeric: true });
  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a !== typeof b) return typeof a === "number" ? 1 : -1;
    return collator.compare(a, b);
  };
  document.querySelectorAll("th .sort").forEach((button) => {
    button.addEventListener("click", () => {
      const head = button.closest("th"), body = button.closest("table").tBodies[0], column = head.cellIndex;
      const down = head.getAttribute("aria-sort") === "ascending";
      Array.from(head.parentElement.cells).forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = Array.from(body.rows).map((row, at) => [valueOf(row, column), at, row]);
      rows.sort((a, b) => (down ? -1 : 1) * compare(a[0], b[0]) || a[1] - b[1]);
      body.append(...rows.map((row) => row[2]));
    });
  });

  // --- filtering the recordings ---------------------------------------------------------------------------------------

  const rows = Array.from(byId("rows").tBodies[0].rows).map((row) => ({
    row, text: row.textContent.toLowerCase(), place: row.dataset.place, status: row.dataset.status,
    language: row.dataset.language.split(" "), origin: row.dataset.origin.split(" "),
  }));
  const value = (id) => (byId(id) ? byId(id).value : "");
  const fields = ["f-text", "f-place", "f-status", "f-language", "f-origin"];
  const filter = () => {
    const words = value("f-text").toLowerCase().split(/\s+/).filter(Boolean);
    const [place, status, language, origin] = fields.slice(1).map(value);
    let count = 0;
    rows.forEach((one) => {
      const fits = words.every((word) => one.text.includes(word)) && (!place || one.place === place)
        && (!status || one.status === status) && (!language || one.language.includes(language))
        && (!origin || one.origin.includes(origin));
      one.row.hidden = !fits;
      if (fits) count += 1;
    });
    byId("f-count").textContent = (count === rows.length ? "" : count.toLocaleString() + " of ") + rows.length.toLocaleString() + " recordings";
  };
  fields.forEach((id) => ["input", "change"].forEach((name) => byId(id) && byId(id).addEventListener(name, filter)));
  byId("f-clear").addEventListener("click", () => {
    fields.forEach((id) => { if (byId(id)) byId(id).value = ""; });
    filter();
    byId("f-text").focus();
  });
  filter();
  document.documentElement.dataset.ready = "true";
})();
