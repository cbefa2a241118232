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

  // --- filtering: the table #rows, by words and by every select of class "filter" --------------------------------------

  const rows = Array.from(byId("rows").tBodies[0].rows).map((row) => ({ row, text: row.textContent.toLowerCase() }));
  const text = byId("f-text"), count = byId("f-count");
  const filters = Array.from(document.querySelectorAll("select.filter"));
  // What a select goes by is one value of the row, or several with blanks between them.
  const fits = (row, select) => {
    const has = row.dataset[select.dataset.by] || "";
    return !select.value || has === select.value || has.split(" ").includes(select.value);
  };
  const filter = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((one) => {
      const show = words.every((word) => one.text.includes(word)) && filters.every((select) => fits(one.row, select));
      one.row.hidden = !show;
      if (show) shown += 1;
    });
    const chosen = filters.filter((select) => select.value).map((select) => select.selectedOptions[0].textContent);
    if (words.length) chosen.push(text.value.trim());
    const all = rows.length.toLocaleString() + " " + (rows.length === 1 ? count.dataset.one : count.dataset.many);
    const part = shown === rows.length ? "" : shown.toLocaleString() + " of ";
    count.textContent = part + all + (chosen.length ? ": " + chosen.join(", ") : "");
  };
  [text, ...filters].forEach((field) => ["input", "change"].forEach((name) => field.addEventListener(name, filter)));
  byId("f-clear").addEventListener("click", () => {
    [text, ...filters].forEach((field) => { field.value = ""; });
    filter();
    text.focus();
  });
  filters.forEach((select) => { select.value = select.dataset.first || ""; });
  filter();
  document.documentElement.dataset.ready = "true";
})();
