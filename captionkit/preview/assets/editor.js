"use strict";
// Corrections, in a page of preview.js behind which a server takes them.
(() => {
  const { byId, media, scroller, show, time, rove } = preview;
  const form = byId("editor");
  const begins = byId("edit-begins"), ends = byId("edit-ends"), text = byId("edit-text");
  const problem = byId("edit-problem"), status = byId("edit-status"), undo = byId("undo");
  const save = byId("edit-save"), refreshButton = byId("edit-refresh");
  const extra = ["edit-split", "edit-join", "edit-insert", "edit-delete"].map(byId);
  let open = null; // what is corrected: { file, cue, replaces, digest, was: [begins, ends, text] }
  let dropping = false;

  const words = () => [begins.value, ends.value, text.value];
  const isDirty = () => open !== null && words().some((value, i) => value !== open.was[i]);
  const shownFile = () => (preview.current.table.id === "list-both" ? -1 : Number(preview.current.table.id.slice("list-".length)));
  const showUndo = () => {
    undo.hidden = preview.data.undo === "";
    undo.textContent = "Undo" + (preview.data.undo ? ": " + preview.data.undo : "");
  };
  const rowOf = (cue) => preview.current.rows[cue];
  const stamp = (ms) => {
    const pad = (n, digits) => String(n).padStart(digits, "0"), whole = Math.max(0, Math.round(ms));
    return `${pad(Math.floor(whole / 3600000), 2)}:${pad(Math.floor(whole / 60000) % 60, 2)}:` +
      `${pad(Math.floor(whole / 1000) % 60, 2)}.${pad(whole % 1000, 3)}`;
  };
  const markEdited = () => {
    scroller.querySelectorAll("tr.editing").forEach((row) => row.classList.remove("editing"));
    if (open && shownFile() === open.file && rowOf(open.cue)) rowOf(open.cue).row.classList.add("editing");
  };

  const begin = (cue) => {
    const file = shownFile();
    if (file < 0 || !rowOf(cue)) return;
    if (isDirty()) {
      problem.textContent = "These words are not saved. Save them, or cancel, before you correct another cue.";
      text.focus();
      return;
    }
    open = { file, cue, replaces: 1, digest: preview.data.editable[file].digest, was: preview.data.editable[file].cues[cue] };
    fill(`Correct cue ${cue + 1} of ${preview.data.lanes[file].name}`);
  };
  const fill = (title) => {
    [begins.value, ends.value, text.value] = open.was;
    open.was = words(); // as the browser holds them: it turns line ends into its own
    byId("editor-title").textContent = title;
    extra.forEach((button) => { button.hidden = open.replaces !== 1; });
    byId("edit-join").hidden = open.replaces !== 1 || open.cue + 1 >= preview.data.editable[open.file].cues.length;
    problem.textContent = status.textContent = "";
    refreshButton.hidden = true;
    save.disabled = false;
    form.hidden = false;
    markEdited();
    text.focus();
    form.scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    const cue = open ? open.cue : -1;
    open = null;
    form.hidden = true;
    markEdited();
    const one = rowOf(Math.min(cue, preview.current.rows.length - 1));
    if (one && one.edit) { rove(one, false); one.edit.focus(); }
  };

  // The page as it is now, of which everything that shows the files is taken over. The request gives a document, so
  // nothing is ever parsed from text here. A browser lays out anew what was replaced: rows that did not change stay.
  const take = (fresh, selector) => {
    const old = document.querySelector(selector), now = fresh.querySelector(selector);
    const before = Array.from(old.querySelectorAll("table")), after = Array.from(now.querySelectorAll("table"));
    const isAlike = after.length && before.length === after.length && [...before, ...after].every((one) => rowsOf(one).length);
    if (isAlike) after.forEach((table, i) => takeRows(before[i], table));
    else old.replaceChildren(...Array.from(now.childNodes, (one) => document.importNode(one, true)));
  };
  const rowsOf = (table) => Array.from(table.querySelectorAll("tbody tr"));
  const takeRows = (old, now) => {
    const before = rowsOf(old), after = rowsOf(now), most = Math.min(before.length, after.length);
    let same = 0, end = 0; // rows that stay at the beginning, and at the end
    while (same < most && before[same].isEqualNode(after[same])) same += 1;
    while (end < most - same && before[before.length - 1 - end].isEqualNode(after[after.length - 1 - end])) end += 1;
    if (after.length - same - end > 1000) {
      old.replaceWith(document.importNode(now, true)); // in parts, as the server divides it
      return;
    }
    const made = after.slice(same, after.length - end).map((row) => document.importNode(row, true));
    if (same) before[same - 1].after(...made); else before[0].before(...made);
    before.slice(same, before.length - end).forEach((row) => row.remove());
  };
  // The rows as the server makes them.
  const forget = () => {
    scroller.querySelectorAll("tr[aria-current],tr[hidden],tr[class]").forEach((row) => {
      ["aria-current", "hidden", "class"].forEach((name) => row.removeAttribute(name));
    });
    scroller.querySelectorAll("[tabindex='0']").forEach((one) => { one.tabIndex = -1; });
    scroller.querySelectorAll("tbody:first-of-type tr:first-child :is(.go,.edit)").forEach((one) => { one.tabIndex = 0; });
  };
  const refresh = () => new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("GET", location.pathname);
    request.responseType = "document";
    request.addEventListener("error", () => failed(new Error("gone")));
    request.addEventListener("load", () => {
      const fresh = request.response;
      if (request.status !== 200 || !fresh || !fresh.getElementById("data")) { failed(new Error("gone")); return; }
      const top = scroller.scrollTop;
      forget();
      [".facts", ".findings", "#scroller"].forEach((selector) => take(fresh, selector));
      media.querySelectorAll("track").forEach((track) => track.remove());
      media.append(...Array.from(fresh.querySelectorAll("#media track"), (one) => document.importNode(one, true)));
      preview.take(JSON.parse(fresh.getElementById("data").textContent));
      preview.redraw();
      scroller.scrollTop = top;
      showUndo();
      markEdited();
      done();
    });
    request.send();
  });

  const gone = "The preview has ended, or the file cannot be read any more. Your words are still here: copy them.";
  const ask = async (action, body) => {
    const answer = await fetch(action, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    const found = await answer.json().catch(() => ({ message: "This was refused." }));
    return [answer.status, found.message];
  };

  const put = async (replaces, cues) => {
    if (open === null || save.disabled) return;
    const at = document.activeElement; // a button that is disabled loses the focus
    save.disabled = true;
    problem.textContent = "";
    try {
      const [code, message] = await ask("correct", { file: open.file, cue: open.cue, replaces, digest: open.digest, cues });
      if (code === 200) {
        await refresh();
        close();
        status.textContent = message;
        return;
      }
      problem.textContent = message;
      refreshButton.hidden = code !== 409;
    } catch {
      problem.textContent = gone;
    }
    save.disabled = false;
    at.focus();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (open) put(open.replaces, [words()]);
  });
  const lanesCue = (cue) => preview.data.lanes[open.file].cues[cue]; // [start, end, ...] in milliseconds
  byId("edit-split").addEventListener("click", () => {
    const at = text.selectionStart, first = text.value.slice(0, at).trim(), second = text.value.slice(at).trim();
    if (!first || !second) {
      problem.textContent = "Put the cursor in the text where it is to be cut.";
      text.focus();
      return;
    }
    // At the player's time if that is within the cue, else by how much of the text stands before the cut.
    const [start, end] = lanesCue(open.cue), now = time();
    const cut = stamp(start + 100 < now && now < end - 100 ? now : start + (end - start) * first.length / (first.length + second.length));
    put(1, [[begins.value, cut, first], [cut, ends.value, second]]);
  });
  byId("edit-join").addEventListener("click", () => {
    const next = preview.data.editable[open.file].cues[open.cue + 1];
    put(2, [[begins.value, next[1], text.value.trimEnd() + "\n" + next[2]]]);
  });
  byId("edit-delete").addEventListener("click", () => put(1, []));
  byId("edit-insert").addEventListener("click", () => {
    if (isDirty()) {
      problem.textContent = "These words are not saved. Save them, or cancel, before you insert a cue.";
      text.focus();
      return;
    }
    const [, end] = lanesCue(open.cue), next = lanesCue(open.cue + 1);
    const until = Math.min(end + 2000, next && next[0] > end ? next[0] : end + 2000);
    open = { ...open, cue: open.cue + 1, replaces: 0, was: [stamp(end), stamp(until), ""] };
    fill(`A new cue ${open.cue + 1} of ${preview.data.lanes[open.file].name}`);
  });
  refreshButton.addEventListener("click", async () => {
    try {
      await refresh();
    } catch {
      problem.textContent = gone;
      return;
    }
    refreshButton.hidden = true;
    const cues = preview.data.editable[open.file].cues, key = JSON.stringify(open.was);
    const same = cues.flatMap((cue, i) => (JSON.stringify(cue.map((part) => part.replace(/\r\n?/g, "\n"))) === key ? [i] : []));
    if (same.length === 1) {
      open.cue = same[0];
      open.digest = preview.data.editable[open.file].digest;
      byId("editor-title").textContent = `Correct cue ${open.cue + 1} of ${preview.data.lanes[open.file].name}`;
      problem.textContent = "The list shows the file as it is now. Your words are not saved yet.";
      markEdited();
    } else {
      save.disabled = true;
      problem.textContent = "This cue itself was changed or removed. Copy your words, cancel, and correct the cue as it is now.";
    }
    text.focus();
  });
  const cancel = () => {
    if (isDirty() && !dropping) {
      dropping = true;
      problem.textContent = "These words are not saved. Once more drops them.";
      return;
    }
    dropping = false;
    close();
  };
  byId("edit-cancel").addEventListener("click", cancel);
  form.addEventListener("input", () => { dropping = false; });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.preventDefault(); cancel(); }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
  });
  byId("begins-now").addEventListener("click", () => { begins.value = stamp(time()); dropping = false; });
  byId("ends-now").addEventListener("click", () => { ends.value = stamp(time()); dropping = false; });

  const takeBack = async () => {
    if (isDirty()) {
      problem.textContent = "These words are not saved. Save them, or cancel, before you undo.";
      text.focus();
      return;
    }
    try {
      const [code, message] = await ask("undo", {});
      if (open) close();
      if (code === 200 || code === 409) await refresh();
      status.textContent = message;
      if (undo.hidden) scroller.querySelector("table:not([hidden]) .go[tabindex='0']")?.focus();
    } catch {
      status.textContent = gone;
    }
  };
  undo.addEventListener("click", takeBack);
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof Element && event.target.closest("input:not([type=checkbox],[type=range]),textarea,select");
    if (typing || event.altKey) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.shiftKey && !undo.hidden) {
      event.preventDefault();
      takeBack();
    }
  });
  scroller.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || (event.key !== "e" && event.key !== "E" && event.key !== "F2")) return;
    const at = preview.current.rows.findIndex((one) => one.row.contains(document.activeElement));
    if (at >= 0 && shownFile() >= 0) { event.preventDefault(); begin(at); }
  });
  scroller.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest(".edit") : null;
    if (!button) return;
    rove(preview.current.rows[Number(button.dataset.cue)], false);
    begin(Number(button.dataset.cue));
  });
  if (show) show.addEventListener("change", markEdited);
  // A server that ends when nobody asks for anything does not end while somebody corrects. In milliseconds.
  setInterval(() => { fetch(location.pathname, { method: "HEAD" }).catch(() => {}); }, 240000);
  window.addEventListener("beforeunload", (event) => { if (isDirty()) event.preventDefault(); });
  showUndo();
})();
