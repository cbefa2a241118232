"use strict";
(() => {
  let data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const media = byId("media");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");

  // --- time: of the recording, or of a clock of our own where there is none -----------------------------------------

  const listeners = [];
  let own = 0; // milliseconds, without a recording
  let runningSince = null;
  const length = () => Math.max(data.length, data.hasMedia && isFinite(media.duration) ? media.duration * 1000 : 0);
  const time = () => {
    if (data.hasMedia) return media.currentTime * 1000;
    return runningSince === null ? own : Math.min(length(), own + performance.now() - runningSince);
  };
  const seek = (ms) => {
    if (data.hasMedia) {
      // Chromium rounds down to a frame; a millisecond more is within the cue.
      media.currentTime = (ms + 1) / 1000;
    } else {
      own = Math.max(0, Math.min(length(), ms));
      if (runningSince !== null) runningSince = performance.now();
    }
    tell();
  };
  const play = () => {
    if (data.hasMedia) media.play().catch(() => {});
  };
  const tell = () => listeners.forEach((listen) => listen(time()));

  const clock = (ms) => {
    const whole = Math.floor(ms / 1000), pad = (n) => String(n).padStart(2, "0");
    const hours = Math.floor(whole / 3600), minutes = Math.floor(whole / 60) % 60;
    return (hours ? hours + ":" + pad(minutes) : minutes) + ":" + pad(whole % 60);
  };

  if (data.hasMedia) {
    ["timeupdate", "seeked", "play", "pause"].forEach((name) => media.addEventListener(name, tell));
    const run = () => { tell(); if (!media.paused) requestAnimationFrame(run); };
    media.addEventListener("play", run);
    media.addEventListener("error", () => {
      byId("media-problem").textContent = "This browser cannot play the recording. The list and the timeline work without it.";
    });
  } else {
    const slider = byId("at"), button = byId("play");
    slider.max = String(length());
    slider.addEventListener("input", () => seek(Number(slider.value)));
    const run = () => {
      tell();
      if (runningSince === null) return;
      if (time() >= length()) stop(); else requestAnimationFrame(run);
    };
    const stop = () => { own = time(); runningSince = null; button.textContent = "Play"; };
    button.addEventListener("click", () => {
      if (runningSince !== null) { stop(); return; }
      if (own >= length()) own = 0;
      runningSince = performance.now();
      button.textContent = "Pause";
      run();
    });
    listeners.push((now) => {
      slider.value = String(Math.round(now));
      slider.setAttribute("aria-valuetext", clock(now) + " of " + clock(length()));
      byId("clock").textContent = clock(now);
    });
  }

  // Where there is no picture, the captions stand in a box of their own: browsers draw them behind the controls.
  const screen = byId("now");
  if (screen) {
    listeners.push((now) => {
      const lane = data.lanes[shownLane()];
      const texts = lane ? lane.cues.filter((cue) => cue[0] <= now && now < cue[1]).map((cue) => cue[4]) : [];
      const text = texts.join("\n");
      if (screen.textContent !== text) screen.textContent = text;
    });
  }

  // --- tracks ---------------------------------------------------------------------------------------------------------

  const choice = byId("track");
  const shownLane = () => (choice ? Number(choice.value) : 0);
  const chooseTrack = () => {
    Array.from(media.textTracks).forEach((track, index) => {
      track.mode = index === shownLane() ? (screen ? "hidden" : "showing") : "disabled";
    });
    tell();
  };
  if (choice) choice.addEventListener("change", chooseTrack);

  // --- the list -------------------------------------------------------------------------------------------------------

  const scroller = byId("scroller"), follow = byId("follow"), show = byId("show"), only = byId("only-changes");
  const readTables = () => Array.from(scroller.querySelectorAll("table")).map((table) => ({
    table,
    rows: Array.from(table.tBodies[0].rows).map((row) => ({
      row, start: Number(row.dataset.s), end: Number(row.dataset.e), button: row.querySelector(".go"),
      edit: row.querySelector(".edit"), text: row.textContent.toLowerCase(),
    })),
  }));
  let tables = readTables();
  let current = tables[0];
  const visible = () => current.rows.filter((one) => !one.row.hidden);

  const rove = (one, focus) => {
    current.rows.forEach((other) => {
      if (other.button.tabIndex !== 0) return;
      other.button.tabIndex = -1;
      if (other.edit) other.edit.tabIndex = -1;
    });
    if (!one) return;
    one.button.tabIndex = 0;
    if (one.edit) one.edit.tabIndex = 0;
    if (focus) one.button.focus({ preventScroll: false });
  };
  const reveal = (row) => {
    const head = current.table.tHead.offsetHeight;
    const top = row.offsetTop + (row.offsetParent === scroller ? 0 : current.table.offsetTop) - head;
    const room = scroller.clientHeight - head;
    if (top < scroller.scrollTop || top + row.offsetHeight > scroller.scrollTop + room) {
      scroller.scrollTo({ top: top - room / 3, behavior: still.matches ? "auto" : "smooth" });
    }
  };
  let marked = [];
  const mark = (now) => {
    const fresh = current.rows.filter((one) => one.start <= now && now < one.end);
    if (fresh.length === marked.length && fresh.every((one, i) => one === marked[i])) return;
    marked.forEach((one) => one.row.removeAttribute("aria-current"));
    fresh.forEach((one) => one.row.setAttribute("aria-current", "true"));
    marked = fresh;
    const focused = current.table.contains(document.activeElement);
    if (fresh.length && follow.checked && !focused) {
      rove(fresh[0], false);
      reveal(fresh[0].row);
    }
  };
  listeners.push(mark);

  scroller.addEventListener("keydown", (event) => {
    const at = visible().findIndex((one) => one.button === document.activeElement);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const rows = visible();
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1, PageDown: at + 10, PageUp: at - 10 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const target = rows[Math.max(0, Math.min(rows.length - 1, to))];
    rove(target, true);
    reveal(target.row);
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest(".go") : null;
    if (!button) return;
    if (scroller.contains(button)) rove(current.rows.find((one) => one.button === button), false);
    seek(Number(button.dataset.t));
    play();
  });

  const find = byId("find");
  const filter = () => {
    const wanted = find.value.trim().toLowerCase();
    const changes = only && only.checked && current.table.id === "list-both";
    current.rows.forEach((one) => {
      one.row.hidden = (wanted !== "" && !one.text.includes(wanted)) || (changes && one.row.dataset.kind === "same");
    });
    const left = visible();
    byId("found").textContent = wanted || changes ? left.length + " of " + current.rows.length : "";
    rove(left.find((one) => marked.includes(one)) || left[0], false);
  };
  find.addEventListener("input", filter);
  if (only) only.addEventListener("change", filter);
  const choose = () => {
    tables.forEach((one) => { one.table.hidden = one.table.id !== (show ? show.value : tables[0].table.id); });
    current = tables.find((one) => !one.table.hidden);
    if (only) only.parentElement.hidden = current.table.id !== "list-both";
    marked.forEach((one) => one.row.removeAttribute("aria-current"));
    marked = [];
    filter();
    tell();
  };
  if (show) show.addEventListener("change", choose);

  const step = (by) => {
    const now = time(), rows = visible();
    const next = by > 0
      ? rows.find((one) => one.start > now + 2)
      : [...rows].reverse().find((one) => one.start < now - 1000) || rows[0];
    if (next) { seek(next.start); reveal(next.row); }
  };
  byId("next").addEventListener("click", () => step(1));
  byId("previous").addEventListener("click", () => step(-1));

  // --- the timeline ---------------------------------------------------------------------------------------------------

  const drawing = byId("drawing"), zoom = byId("zoom");
  const svg = (name, attributes, ...children) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, String(value)));
    children.forEach((child) => element.append(child));
    return element;
  };
  const titled = (element, text) => { element.append(svg("title", {}, text)); return element; };
  const NAME = 18, ROW = 16, SPEED = 56, SIGNS = 16, AXIS = 20, HEARD = data.speech.length ? 30 : 0, LANE = NAME + 2 * ROW + SPEED + SIGNS + 14;
  let scale = 1, headLine = null, bars = [];

  const stops = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600];
  const draw = () => {
    const room = Math.max(200, drawing.clientWidth - 2), total = Math.max(1000, length());
    // From everything at once to 100 pixels a second, or a quarter of what is short already.
    const fit = room / total, close = Math.max(fit * 4, 0.1);
    scale = fit * Math.pow(close / fit, Number(zoom.value) / 100);
    const width = Math.ceil(total * scale), height = AXIS + HEARD + data.lanes.length * LANE;
    const root = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": summary() });
    root.append(svg("defs", {}, svg("pattern",
      { id: "stripes", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      svg("rect", { width: 6, height: 6, class: "stripes-back" }), svg("line", { x1: 1.5, x2: 1.5, y1: 0, y2: 6, class: "stripes-line" }))));
    const every = (stops.find((s) => s * 1000 * scale >= 70) || 7200) * 1000;
    for (let at = 0; at <= total; at += every) {
      root.append(svg("line", { x1: at * scale, x2: at * scale, y1: AXIS - 5, y2: height, class: "axis", opacity: 0.3 }));
      const anchor = at === 0 ? "start" : "middle";
      if (at === 0 || at * scale < width - 25) root.append(svg("text", { x: at * scale, y: 12, "text-anchor": anchor }, every < 1000 ? (at / 1000).toFixed(1) : clock(at)));
    }
    bars = [];
    if (HEARD) root.append(drawSpeech());
    data.lanes.forEach((lane, index) => root.append(drawLane(lane, AXIS + HEARD + index * LANE, width)));
    headLine = svg("line", { x1: 0, x2: 0, y1: 0, y2: height, class: "head" });
    root.append(headLine);
    drawing.replaceChildren(root);
    byId("window").textContent = "about " + clock(Math.min(total, room / scale)) + " at once";
    placeHead(time());
  };
  const drawSpeech = () => {
    const group = svg("g", { "aria-hidden": "true" });
    group.append(svg("text", { x: 2, y: AXIS + 11, class: "name" }, "Speech"));
    data.speech.forEach(([start, end]) =>
      group.append(svg("rect", { x: start * scale, y: AXIS + 16, width: Math.max(0.5, (end - start) * scale), height: 10, class: "speech" })));
    return group;
  };
  // By what the profile measures: characters a second, or words a minute where it limits only these.
  const speedOf = (lane) => lane.cps === null && lane.wpm !== null
    ? { limit: lane.wpm, unit: "words a minute", of: (cue) => cue[3] }
    : { limit: lane.cps, unit: "characters a second", of: (cue) => cue[2] };
  const drawLane = (lane, top, width) => {
    const group = svg("g", {});
    group.append(svg("text", { x: 2, y: top + 13, class: "name" }, lane.name));
    const base = top + NAME + 2 * ROW + SPEED + 4;
    const { limit, unit, of } = speedOf(lane);
    const most = lane.cues.reduce((a, cue) => Math.max(a, of(cue) || 0), Math.max(10, limit || 0));
    const ceiling = Math.min(most, limit === null ? most : limit * 2);
    const y = (speed) => base - (Math.min(speed, ceiling) / ceiling) * (SPEED - 4);
    let reached = 0;
    // Cues that share a pixel are drawn as one, with the highest of their speeds.
    const order = [];
    lane.cues.map((cue, i) => [...cue.slice(0, 2), of(cue), `${i + 1}: ${clock(cue[0])} ${cue[4]}`]).sort((a, b) => a[0] - b[0]).forEach((cue) => {
      const last = order[order.length - 1];
      if (!last || Math.floor(last[0] * scale) !== Math.floor(cue[1] * scale)) { order.push(cue); return; }
      last[1] = Math.max(last[1], cue[1]);
      if (cue[2] !== null) last[2] = Math.max(last[2], cue[2]);
      last[3] += "\n" + cue[3];
    });
    order.forEach(([start, end, speed, says]) => {
      const x = start * scale, w = Math.max(1, (end - start) * scale - (scale > 0.02 ? 1 : 0));
      const late = start < reached;
      if (start - reached >= 2000) {
        group.append(svg("line", { x1: reached * scale, x2: x, y1: top + NAME + ROW / 2, y2: top + NAME + ROW / 2, class: "pause" }));
        if ((start - reached) * scale > 60) group.append(svg("text", { x: (reached + start) / 2 * scale, y: top + NAME + ROW / 2 - 4, "text-anchor": "middle" }, Math.round((start - reached) / 1000) + " s"));
      }
      const bar = titled(svg("rect", { x, y: top + NAME + (late ? ROW : 0), width: w, height: ROW - 2, rx: 2, class: "cue" + (late ? " late" : "") }),
        says);
      group.append(bar);
      bars.push({ bar, start, end });
      if (speed !== null) {
        const over = limit !== null && speed > limit;
        group.append(titled(svg("rect", { x, y: y(speed), width: w, height: Math.max(1, base - y(speed)), class: "speed" + (over ? " over" : "") }), speed + " " + unit));
      }
      reached = Math.max(reached, end);
    });
    group.append(svg("line", { x1: 0, x2: width, y1: base, y2: base, class: "axis" }));
    if (limit !== null) {
      group.append(svg("line", { x1: 0, x2: width, y1: y(limit), y2: y(limit), class: "limit" }));
      group.append(svg("text", { x: 2, y: y(limit) - 3 }, limit + " " + unit));
    }
    lane.findings.forEach(([at, severity, message]) => {
      const x = at * scale, y0 = base + 12;
      const shapes = {
        error: svg("path", { d: `M${x - 5} ${y0 + 4}h10l-5 -9z` }),
        warning: svg("path", { d: `M${x} ${y0 - 5}l5 5l-5 5l-5 -5z` }),
        info: svg("circle", { cx: x, cy: y0, r: 3.5 }),
      };
      const sign = titled(shapes[severity], message);
      sign.setAttribute("class", "sign " + severity);
      group.append(sign);
    });
    return group;
  };
  const summary = () => data.lanes.map((lane) => {
    const { limit, unit, of } = speedOf(lane);
    const over = limit === null ? 0 : lane.cues.filter((cue) => of(cue) > limit).length;
    return `${lane.name}: ${lane.cues.length} cues up to ${clock(lane.cues.reduce((a, cue) => Math.max(a, cue[1]), 0))}` +
      (limit === null ? "" : `, ${over} over ${limit} ${unit}`) + `, ${lane.findings.length} findings in time`;
  }).join("; ");
  const placeHead = (now) => {
    if (!headLine) return;
    const x = now * scale;
    headLine.setAttribute("x1", x);
    headLine.setAttribute("x2", x);
    bars.forEach((one) => one.bar.classList.toggle("on", one.start <= now && now < one.end));
    if (follow.checked && drawing.scrollWidth > drawing.clientWidth && !drawing.contains(document.activeElement)
        && (x < drawing.scrollLeft || x > drawing.scrollLeft + drawing.clientWidth - 20)) {
      drawing.scrollLeft = x - 80;
    }
  };
  listeners.push(placeHead);
  drawing.addEventListener("click", (event) => {
    seek((event.clientX - drawing.getBoundingClientRect().left + drawing.scrollLeft) / scale);
  });
  zoom.addEventListener("input", () => {
    draw();
    zoom.setAttribute("aria-valuetext", byId("window").textContent);
    drawing.scrollLeft = time() * scale - drawing.clientWidth / 2;
  });
  let waiting = 0;
  window.addEventListener("resize", () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(draw); });
  if (data.hasMedia) media.addEventListener("loadedmetadata", () => { draw(); openAtHash(); });

  // --- #t=62.5 in the address: where a transcript leads to (W3C Media Fragments) -------------------------------------

  const openAtHash = () => {
    const found = /^#t=([0-9]+(?:\.[0-9]+)?)$/.exec(location.hash);
    if (found) seek(Number(found[1]) * 1000);
  };
  window.addEventListener("hashchange", openAtHash);

  // --- corrections, where a server behind the page takes them --------------------------------------------------------

  const form = byId("editor");
  const startEditor = () => {
    const begins = byId("edit-begins"), ends = byId("edit-ends"), text = byId("edit-text");
    const problem = byId("edit-problem"), status = byId("edit-status"), undo = byId("undo");
    const save = byId("edit-save"), refreshButton = byId("edit-refresh");
    const extra = ["edit-split", "edit-join", "edit-insert", "edit-delete"].map(byId);
    let open = null; // what is corrected: { file, cue, replaces, digest, was: [begins, ends, text] }
    let dropping = false;

    const words = () => [begins.value, ends.value, text.value];
    const isDirty = () => open !== null && words().some((value, i) => value !== open.was[i]);
    const shownFile = () => (current.table.id === "list-both" ? -1 : Number(current.table.id.slice("list-".length)));
    const showUndo = () => {
      undo.hidden = data.undo === "";
      undo.textContent = "Undo" + (data.undo ? ": " + data.undo : "");
    };
    const rowOf = (cue) => current.rows[cue];
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
      open = { file, cue, replaces: 1, digest: data.editable[file].digest, was: data.editable[file].cues[cue] };
      fill(`Correct cue ${cue + 1} of ${data.lanes[file].name}`);
    };
    const fill = (title) => {
      [begins.value, ends.value, text.value] = open.was;
      open.was = words(); // as the browser holds them: it turns line ends into its own
      byId("editor-title").textContent = title;
      extra.forEach((button) => { button.hidden = open.replaces !== 1; });
      byId("edit-join").hidden = open.replaces !== 1 || open.cue + 1 >= data.editable[open.file].cues.length;
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
      const one = rowOf(Math.min(cue, current.rows.length - 1));
      if (one && one.edit) { rove(one, false); one.edit.focus(); }
    };

    // The page as it is now, of which everything that shows the files is taken over. The request gives a document, so
    // nothing is ever parsed from text here.
    const takeRows = (fresh) => {
      const made = Array.from(fresh.querySelectorAll("table")), shown = Array.from(scroller.querySelectorAll("table"));
      if (made.length !== shown.length || fresh.children.length !== scroller.children.length) {
        scroller.replaceChildren(...Array.from(fresh.childNodes, (one) => document.importNode(one, true)));
        return;
      }
      made.forEach((table, index) => {
        const body = shown[index].tBodies[0], rows = Array.from(body.rows);
        Array.from(table.tBodies[0].rows).forEach((row, at) => {
          if (at >= rows.length) body.append(document.importNode(row, true));
          else if (!rows[at].isEqualNode(row)) rows[at].replaceWith(document.importNode(row, true));
        });
        rows.slice(table.tBodies[0].rows.length).forEach((row) => row.remove());
      });
    };
    const refresh = () => new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      request.open("GET", location.pathname);
      request.responseType = "document";
      request.addEventListener("error", () => failed(new Error("gone")));
      request.addEventListener("load", () => {
        const fresh = request.response;
        if (request.status !== 200 || !fresh || !fresh.getElementById("data")) { failed(new Error("gone")); return; }
        data = JSON.parse(fresh.getElementById("data").textContent);
        const take = (selector) => {
          const old = document.querySelector(selector), now = fresh.querySelector(selector);
          old.replaceWith(document.importNode(now, true));
        };
        const top = scroller.scrollTop;
        take(".facts");
        take(".findings");
        takeRows(fresh.getElementById("scroller"));
        media.querySelectorAll("track").forEach((track) => track.remove());
        media.append(...Array.from(fresh.querySelectorAll("#media track"), (one) => document.importNode(one, true)));
        tables = readTables();
        current = tables[0];
        marked = [];
        choose();
        scroller.scrollTop = top;
        chooseTrack();
        draw();
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
    const lanesCue = (cue) => data.lanes[open.file].cues[cue]; // [start, end, ...] in milliseconds
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
      const next = data.editable[open.file].cues[open.cue + 1];
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
      fill(`A new cue ${open.cue + 1} of ${data.lanes[open.file].name}`);
    });
    refreshButton.addEventListener("click", async () => {
      try {
        await refresh();
      } catch {
        problem.textContent = gone;
        return;
      }
      refreshButton.hidden = true;
      const cues = data.editable[open.file].cues, key = JSON.stringify(open.was);
      const same = cues.flatMap((cue, i) => (JSON.stringify(cue.map((part) => part.replace(/\r\n?/g, "\n"))) === key ? [i] : []));
      if (same.length === 1) {
        open.cue = same[0];
        open.digest = data.editable[open.file].digest;
        byId("editor-title").textContent = `Correct cue ${open.cue + 1} of ${data.lanes[open.file].name}`;
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
      const at = current.rows.findIndex((one) => one.row.contains(document.activeElement));
      if (at >= 0 && shownFile() >= 0) { event.preventDefault(); begin(at); }
    });
    scroller.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest(".edit") : null;
      if (!button) return;
      rove(current.rows[Number(button.dataset.cue)], false);
      begin(Number(button.dataset.cue));
    });
    if (show) show.addEventListener("change", markEdited);
    // A server that ends when nobody asks for anything does not end while somebody corrects. In milliseconds.
    setInterval(() => { fetch(location.pathname, { method: "HEAD" }).catch(() => {}); }, 240000);
    window.addEventListener("beforeunload", (event) => { if (isDirty()) event.preventDefault(); });
    showUndo();
  };

  chooseTrack();
  choose();
  if (form) startEditor();
  draw();
  openAtHash();
  document.documentElement.dataset.ready = "true";
})();
