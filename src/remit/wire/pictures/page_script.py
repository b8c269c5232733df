"""What the page does: move, zoom, search, choose, hide. It reads the data in the page and reaches nothing else.

Every text goes in as text (`textContent`), never as markup, and no style is set from here: the policy of the page
allows neither.
"""

from __future__ import annotations

SCRIPT = """\
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const graph = document.getElementById("graph");
  const panel = document.getElementById("panel");
  const said = document.getElementById("said");
  const box = (name, place) => document.getElementById(name + place);
  const nodes = data.nodes.map((one, place) => ({ ...one, shape: box("n", place), out: [], in: [] }));
  const strands = data.strands.map((one, place) => (
    { ...one, place, line: box("e", place), words: box("w", place) }));
  for (const strand of strands) {
    nodes[strand.source].out.push(strand);
    nodes[strand.target].in.push(strand);
  }

  // Moving and zooming: the view box is what is seen.
  const [left, top, wide, high] = graph.getAttribute("viewBox").split(" ").map(Number);
  let view = { x: left, y: top, w: wide, h: high };
  const show = () => graph.setAttribute("viewBox", `${view.x} ${view.y} ${view.w} ${view.h}`);
  const fit = () => { view = { x: left, y: top, w: wide, h: high }; show(); };
  const scale = () => {
    const seen = graph.getBoundingClientRect();
    return Math.max(view.w / seen.width, view.h / seen.height);
  };
  const at = (x, y) => {
    const point = new DOMPoint(x, y).matrixTransform(graph.getScreenCTM().inverse());
    return [point.x, point.y];
  };
  const zoom = (factor, x = view.x + view.w / 2, y = view.y + view.h / 2) => {
    const next = Math.min(Math.max(view.w * factor, 120), wide * 8);
    const by = next / view.w;
    view = { x: x - (x - view.x) * by, y: y - (y - view.y) * by, w: next, h: view.h * by };
    show();
  };
  const move = (x, y) => { view.x += x; view.y += y; show(); };
  const centre = (node) => {
    const seen = node.shape.getBBox();
    const place = node.shape.transform.baseVal.consolidate().matrix;
    if (scale() > 1.6) {
      zoom(1 / scale());
    }
    view.x = place.e + seen.width / 2 - view.w / 2;
    view.y = place.f + seen.height / 2 - view.h / 2;
    show();
  };
  // Where the picture is larger than the window, no part of the window is left empty beside it.
  const stay = () => {
    const seen = graph.getBoundingClientRect();
    const within = (from, length, begin, whole) => (length >= whole
      ? begin + (whole - length) / 2 : Math.min(Math.max(from, begin), begin + whole - length));
    const [w, h] = [seen.width * scale(), seen.height * scale()];
    const [x, y] = [view.x + (view.w - w) / 2, view.y + (view.h - h) / 2];
    move(within(x, w, left, wide) - x, within(y, h, top, high) - y);
  };
  graph.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) / 300), ...at(event.clientX, event.clientY));
  }, { passive: false });
  const fingers = new Map();
  let moved = 0;
  const spread = () => {
    const [one, other] = [...fingers.values()];
    return Math.hypot(one.x - other.x, one.y - other.y);
  };
  graph.addEventListener("pointerdown", (event) => {
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    moved = 0;
  });
  graph.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) {
      return;
    }
    const [x, y] = [event.clientX - before.x, event.clientY - before.y];
    moved += Math.abs(x) + Math.abs(y);
    if (moved > 4 && !graph.hasPointerCapture(event.pointerId)) {
      graph.setPointerCapture(event.pointerId);
      graph.classList.add("moving");
    }
    if (fingers.size === 2) {
      const was = spread();
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      zoom(was / Math.max(spread(), 1), ...at(event.clientX, event.clientY));
    } else {
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      move(-x * scale(), -y * scale());
    }
  });
  const lift = (event) => {
    fingers.delete(event.pointerId);
    graph.classList.remove("moving");
  };
  graph.addEventListener("pointerup", lift);
  graph.addEventListener("pointercancel", lift);

  // Choosing: what it is, why, and what else hangs on it.
  const make = (name, text, ...children) => {
    const made = document.createElement(name);
    if (text) {
      made.textContent = text;
    }
    made.append(...children);
    return made;
  };
  const mark = (text) => { const made = make("span", text); made.className = "mark"; return made; };
  const row = (list, term, text) => {
    if (text) {
      list.append(make("dt", term), make("dd", text));
    }
  };
  const button = (text, does) => {
    const made = make("button", text);
    made.type = "button";
    made.addEventListener("click", does);
    return made;
  };
  const marks = (one) => [
    mark(one.certain ? "certain" : "possible"), ...(one.eligible ? [mark("after activation")] : [])];
  let chosen = null;
  const light = (keepNodes, keepStrands) => {
    for (const node of nodes) {
      node.shape.classList.toggle("dim", keepNodes !== null && !keepNodes.has(node));
    }
    for (const strand of strands) {
      for (const part of [strand.line, strand.words]) {
        part?.classList.toggle("dim", keepStrands !== null && !keepStrands.has(strand));
      }
    }
  };
  const choose = (element) => {
    chosen?.classList.remove("chosen");
    chosen = element;
    element?.classList.add("chosen");
  };
  const clear = () => {
    choose(null);
    light(null, null);
    panel.replaceChildren(make("p", "Choose a node or a line to see what it is and why."));
  };
  const list = (title, some, name) => {
    if (!some.length) {
      return [];
    }
    const rows = some.map((strand) => make("li", "", button(
      `${nodes[name(strand)].label}: ${strand.edges.map((one) => one.name).join(", ")}`, () => pickStrand(strand))));
    return [make("h3", title), make("ul", "", ...rows)];
  };
  const pickNode = (node) => {
    choose(node.shape);
    const near = new Set([node]);
    node.out.forEach((one) => near.add(nodes[one.target]));
    node.in.forEach((one) => near.add(nodes[one.source]));
    light(near, new Set([...node.out, ...node.in]));
    const facts = make("dl");
    row(facts, "kind", node.word);
    row(facts, "type", node.type);
    row(facts, "id", node.id);
    panel.replaceChildren(
      make("h2", node.label), facts,
      ...list("Leads to", node.out, (one) => one.target),
      ...list("Reached from", node.in, (one) => one.source));
  };
  const pickStrand = (strand) => {
    choose(strand.line);
    const [source, target] = [nodes[strand.source], nodes[strand.target]];
    light(new Set([source, target]), new Set([strand]));
    const parts = [
      make("h2", `${source.label} → ${target.label}`),
      make("p", "", button(source.label, () => { pickNode(source); centre(source); }), " → ",
        button(target.label, () => { pickNode(target); centre(target); }))];
    for (const one of strand.edges) {
      const facts = make("dl");
      row(facts, "edge", one.edge);
      row(facts, "needs", one.permission);
      row(facts, "reaches", one.facet);
      row(facts, "seen in", one.log.join(", "));
      parts.push(make("h3", one.name), make("p", "", ...marks(one)), facts);
      if (one.because.length) {
        parts.push(make("ul", "", ...one.because.map((text) => make("li", text))));
      }
    }
    panel.replaceChildren(...parts);
  };

  // Hiding kinds of nodes and of lines.
  const hidden = new Set();
  const hide = () => {
    const gone = (node) => hidden.has(`kind:${node.kind}`);
    for (const node of nodes) {
      node.shape.classList.toggle("away", gone(node));
    }
    for (const strand of strands) {
      const away = gone(nodes[strand.source]) || gone(nodes[strand.target]) || hidden.has(`state:${strand.state}`);
      strand.line.classList.toggle("away", away);
      strand.words?.classList.toggle("away", away);
    }
  };
  for (const check of document.querySelectorAll("aside input[type=checkbox]")) {
    check.addEventListener("change", () => {
      hidden[check.checked ? "delete" : "add"](check.value);
      hide();
    });
  }

  // Searching by label, id, type and kind.
  const search = document.getElementById("search");
  let found = [];
  let next = 0;
  const look = () => {
    const words = search.value.trim().toLowerCase().split(/\\s+/).filter(Boolean);
    found = words.length ? nodes.filter((node) => {
      const text = `${node.label} ${node.id} ${node.type} ${node.word}`.toLowerCase();
      return words.every((word) => text.includes(word));
    }) : [];
    for (const node of nodes) {
      node.shape.classList.toggle("found", found.includes(node));
    }
    light(words.length ? new Set(found) : null, null);
    next = 0;
    said.textContent = words.length ? `${found.length} found` : "";
  };
  search.addEventListener("input", look);
  document.getElementById("find").addEventListener("submit", (event) => {
    event.preventDefault();
    const visible = found.filter((node) => !node.shape.classList.contains("away"));
    if (visible.length) {
      const node = visible[next % visible.length];
      next += 1;
      centre(node);
      pickNode(node);
      said.textContent = `${(next - 1) % visible.length + 1} of ${visible.length}: ${node.label}`;
    }
  });

  // Hands: pointer and keyboard.
  const go = (node) => { node?.shape.focus(); if (node) { centre(node); pickNode(node); } };
  const seen = (node) => node && !node.shape.classList.contains("away");
  const column = (node) => nodes.filter((one) => Math.abs(one.x - node.x) < 1 && seen(one)).sort((a, b) => a.y - b.y);
  const step = (node, key) => {
    if (key === "ArrowRight") {
      return node.out.map((one) => nodes[one.target]).find(seen);
    }
    if (key === "ArrowLeft") {
      return node.in.map((one) => nodes[one.source]).find(seen);
    }
    const others = column(node);
    return others[others.indexOf(node) + (key === "ArrowDown" ? 1 : -1)];
  };
  const steer = (shape, does, node) => {
    shape.addEventListener("click", (event) => {
      event.stopPropagation();
      if (moved <= 4) {
        does();
      }
    });
    shape.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        does();
      } else if (node && event.key.startsWith("Arrow") && !event.shiftKey) {
        event.preventDefault();
        event.stopPropagation();
        go(step(node, event.key));
      }
    });
  };
  for (const node of nodes) {
    node.shape.setAttribute("tabindex", "0");
    node.shape.setAttribute("role", "button");
    node.shape.setAttribute("aria-label", `${node.label}, ${node.word}`);
    steer(node.shape, () => pickNode(node), node);
  }
  for (const strand of strands) {
    steer(strand.line, () => pickStrand(strand), null);
  }
  graph.addEventListener("click", () => { if (moved <= 4) { clear(); } });
  for (const row of document.querySelectorAll("#words button")) {
    row.addEventListener("click", () => {
      const strand = strands[Number(row.value)];
      pickStrand(strand);
      centre(nodes[strand.target]);
    });
  }
  document.getElementById("closer").addEventListener("click", () => zoom(0.75));
  document.getElementById("farther").addEventListener("click", () => zoom(1 / 0.75));
  document.getElementById("whole").addEventListener("click", fit);
  document.addEventListener("keydown", (event) => {
    if (event.target instanceof HTMLInputElement && event.key !== "Escape") {
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const far = view.w / 10;
    const keys = {
      "+": () => zoom(0.75), "=": () => zoom(0.75), "-": () => zoom(1 / 0.75), "0": fit,
      "/": () => search.focus(),
      Escape: () => { search.value = ""; look(); clear(); },
      ArrowLeft: () => move(-far, 0), ArrowRight: () => move(far, 0),
      ArrowUp: () => move(0, -far), ArrowDown: () => move(0, far),
    };
    const does = keys[event.key];
    const inside = event.target instanceof Element && event.target.closest("aside,#words");
    if (does && !(inside && event.key.startsWith("Arrow"))) {
      event.preventDefault();
      does();
    }
  });
  clear();
  // A wide picture begins at its first node, large enough to be read; "Whole" shows all of it.
  const first = nodes.find((node) => node.place) ?? nodes[0];
  if (first && scale() > 1.8) {
    zoom(1.3 / scale());
    centre(first);
    stay();
  }
})();
"""
