"use strict";
const preview = (() => {
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
    rows: Array.from(table.querySelectorAll("tbody tr"), (row) => ({
      row, start: Number(row.dataset.s), end: Number(row.dataset.e), button: row.querySelector(".go"),
      edit: row.querySelector(".edit"),
    })),
  }));
  const textOf = (one) => (one.text ??= one.row.textContent.toLowerCase());
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
    const part = row.parentElement; // and those beside it, so that it is known where the row is
    [part.previousElementSibling, part, part.nextElementSibling].forEach((one) => { if (one) one.classList.add("whole"); });
    const head = current.table.tHead.offsetHeight, room = scroller.clientHeight - head, place = row.getBoundingClientRect();
    const top = place.top - scroller.getBoundingClientRect().top - head; // from below the head of the table
    const isFar = Math.abs(top) > 3 * room;
    if (top < 0 || top + place.height > room) {
      scroller.scrollBy({ top: top - room / 3, behavior: still.matches || isFar ? "auto" : "smooth" });
    }
  };
  // The rows out of sight wait until there is time, and then are laid out a part of the table at a time: a browser shows
  // a long page at once, and a screen reader finds all of it soon after.
  const whenIdle = window.requestIdleCallback || ((run) => setTimeout(run, 50));
  const layOut = (parts) => whenIdle(() => {
    parts.splice(0, 4).forEach((one) => one.classList.add("whole"));
    if (parts.length) layOut(parts);
  });

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
      one.row.hidden = (wanted !== "" && !textOf(one).includes(wanted)) || (changes && one.row.dataset.kind === "same");
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
    // So are signs of one severity that share a pixel.
    const signs = new Map();
    lane.findings.forEach(([at, severity, message]) => {
      const key = severity + Math.floor(at * scale), sign = signs.get(key);
      if (sign) sign[2] += "\n" + message; else signs.set(key, [at, severity, message]);
    });
    signs.forEach(([at, severity, message]) => {
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
  // Once the rest is seen.
  const redraw = () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => setTimeout(draw));
  };
  window.addEventListener("resize", redraw);
  if (data.hasMedia) media.addEventListener("loadedmetadata", () => { draw(); openAtHash(); });

  // --- #t=62.5 in the address: where a transcript leads to (W3C Media Fragments) -------------------------------------

  const openAtHash = () => {
    const found = /^#t=([0-9]+(?:\.[0-9]+)?)$/.exec(location.hash);
    if (found) seek(Number(found[1]) * 1000);
  };
  window.addEventListener("hashchange", openAtHash);

  // What the files hold, as the tables, the tracks and this data have it now.
  const take = (fresh) => {
    data = fresh;
    tables = readTables();
    current = tables[0];
    marked = [];
    choose();
    chooseTrack();
    layOut(Array.from(document.querySelectorAll(".long tbody:not(.whole)")));
  };

  take(data);
  draw();
  openAtHash();
  document.documentElement.dataset.ready = "true";
  return { byId, media, scroller, show, time, rove, take, redraw, get data() { return data; }, get current() { return current; } };
})();
