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
    row, text: row.textContent.toLowerCase(), place: row.dataset.place,
    flags: row.dataset.flags.split(" "), lacks: row.dataset.lacks.split(" "),
  }));
  const value = (id) => (byId(id) ? byId(id).value : "");
  const fields = ["f-text", "f-place", "f-show"];
  const shows = (one, show) =>
    !show || (show.startsWith("lacks:") ? one.lacks.includes(show.slice(6)) : one.flags.includes(show));
  const filter = () => {
    const words = value("f-text").toLowerCase().split(/\s+/).filter(Boolean);
    const place = value("f-place"), show = value("f-show");
    let count = 0;
    rows.forEach((one) => {
      const fits = words.every((word) => one.text.includes(word)) && (!place || one.place === place) && shows(one, show);
      one.row.hidden = !fits;
      if (fits) count += 1;
    });
    const all = rows.length.toLocaleString() + (rows.length === 1 ? " recording" : " recordings");
    const chosen = byId("f-show").selectedOptions[0];
    const which = (show && chosen ? ": " + chosen.textContent : "") + (words.length ? ": " + value("f-text").trim() : "");
    byId("f-count").textContent = (count === rows.length ? "" : count.toLocaleString() + " of ") + all + which;
  };
  fields.forEach((id) => ["input", "change"].forEach((name) => byId(id) && byId(id).addEventListener(name, filter)));
  byId("f-clear").addEventListener("click", () => {
    fields.forEach((id) => { if (byId(id)) byId(id).value = ""; });
    filter();
    byId("f-text").focus();
  });
  if (byId("f-show").querySelector("option[value=todo]")) byId("f-show").value = "todo";
  filter();
  document.documentElement.dataset.ready = "true";
})();
