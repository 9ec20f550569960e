(function () {
  "use strict";
  var figure = document.getElementById("raster"), canvas = figure.querySelector("canvas"), told = figure.querySelector(".at");
  var from = figure.querySelector(".from"), to = figure.querySelector(".to");
  var data = JSON.parse(document.getElementById("raster-data").textContent);
  var groups = data.groups || [], starts = [], neurons = 0;
  groups.forEach(function (g) { starts.push(neurons); neurons += g.n; });

  // Spikes as two lists, in order of tick, and where each tick's begin.
  var packed = atob(data.data || ""), place = 0;
  function number() {
    var x = 0, scale = 1, b;
    do { b = packed.charCodeAt(place++); x += (b & 127) * scale; scale *= 128; } while (b > 127);
    return x;
  }
  var who = new Uint32Array(data.spikes), begins = new Uint32Array(data.until + 2), n = 0;
  for (var t = 0; t <= data.until; t++) {
    begins[t] = n;
    for (var left = number(), id = 0; left > 0; left--) who[n++] = id += number();
  }
  begins[data.until + 1] = n;

  // Everything is drawn in pixels of the device. A grid of places counts spikes: each
  // column is of equally many ticks and each row of equally many neurons, so that none
  // is darker for its having more of them.
  var view = null, paper = false, font = 11, words = font + "px system-ui, sans-serif";
  function colours() {
    if (paper) return { ink: [26, 26, 26], back: [255, 255, 255], line: "#c4c4c4", dim: "#5c5c5c" };
    var style = getComputedStyle(document.documentElement);
    function of(name) { return style.getPropertyValue(name).trim(); }
    function parts(hex) {
      if (hex.length === 4) hex = hex.replace(/[^#]/g, "$&$&");
      return [1, 3, 5].map(function (k) { return parseInt(hex.substr(k, 2), 16); });
    }
    return { ink: parts(of("--ink")), back: parts(of("--back")), line: of("--line"), dim: of("--dim") };
  }
  function clamp(x, low, high) { return Math.max(low, Math.min(high, x)); }
  // round returns the least of 1, 2, 5, 10, 20, … that is no less than x.
  function round(x) {
    var decade = Math.pow(10, Math.floor(Math.log10(Math.max(1, x))));
    return [1, 2, 5, 10].map(function (m) { return m * decade; }).find(function (m) { return m >= x; });
  }
  var ticks = +to.max, shown = { first: 0, last: ticks };
  // The range that is asked for is drawn if it is one.
  function choose() {
    var first = Math.floor(+from.value), last = Math.floor(+to.value), good = from.value !== "" && to.value !== "" && first >= 0 && first <= last && last <= ticks;
    if (good) shown = { first: first, last: last };
    told.textContent = good ? "" : "From tick " + from.value + " to " + to.value + " is no range of the ticks 0 to " + ticks + ": " + shown.first + " to " + shown.last + " are drawn.";
    draw();
  }
  function draw() {
    // A sheet's width is not known yet when it is drawn: the canvas is scaled to it.
    var wide = paper ? 720 : figure.clientWidth, c = canvas.getContext("2d");
    if (!wide || !neurons) return;
    view = lay(c, wide, Math.max(paper ? 2 : 1, window.devicePixelRatio || 1));
    canvas.width = Math.round(wide * view.ratio);
    canvas.height = view.h + Math.round(18 * view.ratio);
    var colour = colours();
    c.putImageData(picture(c, view, colour), canvas.width - view.w, 0);
    c.scale(view.ratio, view.ratio);
    c.font = words;
    numberNeurons(c, view, colour);
    numberTicks(c, view, colour);
    // Potentials have the same time.
    document.documentElement.style.setProperty("--left", 100 * view.left / wide + "%");
    document.querySelectorAll(".trace").forEach(function (svg) {
      svg.setAttribute("viewBox", [view.first, svg.viewBox.baseVal.y, view.columns * view.perColumn, svg.viewBox.baseVal.height].join(" "));
    });
  }

  // lay says where all goes, and counts the spikes of each place.
  function lay(c, wide, ratio) {
    var v = { first: shown.first, last: shown.last, kept: Math.min(shown.last, data.until), ratio: ratio };
    var tall = Math.round(clamp(neurons * 8, 120, 420) * ratio), ticks = v.last - v.first + 1;
    v.perRow = Math.ceil(neurons / tall);
    v.rows = Math.ceil(neurons / v.perRow);
    v.rowHigh = Math.floor(tall / v.rows);
    v.h = v.rows * v.rowHigh;
    v.high = v.h / ratio;
    c.font = words;
    function widest(of) { return Math.max.apply(null, groups.map(function (g) { return c.measureText(of(g)).width; })); }
    v.names = Math.min(wide * 0.25, widest(function (g) { return g.name; }));
    v.left = v.names + 14 + widest(function (g) { return g.n; });
    v.wide = wide - v.left;
    v.w = Math.max(1, Math.round(v.wide * ratio));
    v.perColumn = Math.ceil(ticks / v.w);
    v.columns = Math.ceil(ticks / v.perColumn);
    v.across = v.wide / (v.columns * v.perColumn); // a tick
    v.down = v.high / (v.rows * v.perRow); // a neuron
    v.counts = new Uint32Array(v.columns * v.rows);
    v.most = 0;
    for (var t = v.first; t <= v.kept; t++) {
      var column = Math.floor((t - v.first) / v.perColumn);
      for (var k = begins[t]; k < begins[t + 1]; k++) {
        v.most = Math.max(v.most, ++v.counts[Math.floor(who[k] / v.perRow) * v.columns + column]);
      }
    }
    return v;
  }

  // picture draws the spikes. One is seen well, and more of them towards the full
  // colour by logarithm.
  function picture(c, v, colour) {
    var w = v.w, h = v.h, image = c.createImageData(w, h), pixels = new Uint32Array(image.data.buffer), filled = 0;
    var little = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1, shades = [];
    for (var s = 0; s <= 64; s++) {
      var p = colour.back.map(function (back, k) { return Math.round(back + (colour.ink[k] - back) * s / 64); });
      shades.push((little ? 255 << 24 | p[2] << 16 | p[1] << 8 | p[0] : p[0] << 24 | p[1] << 16 | p[2] << 8 | 255) >>> 0);
    }
    pixels.fill(shades[0]);
    var gapX = w / v.columns > 4 * v.ratio ? v.ratio : 0, gapY = v.rowHigh > 4 * v.ratio ? Math.round(v.ratio) : 0;
    var dot = n * 40 < w * h ? Math.min(w, Math.ceil(v.ratio) + 1) : 1;
    var ink = new Float32Array(w); // of a row: a pixel that two columns share has a part of each
    for (var row = 0; row < v.rows; row++) {
      ink.fill(0);
      for (var column = 0; column < v.columns; column++) {
        var many = v.counts[row * v.columns + column];
        if (!many) continue;
        filled++;
        var share = v.most > 1 ? 0.45 + 0.55 * Math.log(many) / Math.log(v.most) : 1;
        var x0 = column * w / v.columns, x1 = (column + 1) * w / v.columns - gapX;
        if (x1 - x0 < dot) {
          x0 = Math.min(Math.round(x0), w - dot);
          for (var x = x0; x < x0 + dot; x++) ink[x] = Math.max(ink[x], share);
        } else {
          for (x = Math.floor(x0); x < x1; x++) ink[x] += share * (Math.min(x + 1, x1) - Math.max(x, x0));
        }
      }
      var y0 = row * v.rowHigh, y1 = Math.min(h, Math.max(y0 + dot, y0 + v.rowHigh - gapY));
      for (x = 0; x < w; x++) {
        if (!ink[x]) continue;
        var shade = shades[Math.min(64, Math.round(64 * ink[x]))];
        for (var y = y0; y < y1; y++) pixels[y * w + x] = shade;
      }
    }
    canvas.dataset.places = filled; // for tests
    return image;
  }

  // numberNeurons names the groups, and numbers the neurons of each, as far as there
  // is room.
  function numberNeurons(c, v, colour) {
    var named = 0, numbered = 0, step = round((font + 5) / v.down);
    groups.forEach(function (g, k) {
      var top = starts[k] * v.down, bottom = top + g.n * v.down;
      c.fillStyle = colour.line;
      c.fillRect(0, top, v.left + v.wide, 1);
      if (!g.n) return;
      c.fillStyle = colour.dim;
      c.textAlign = "right";
      c.textBaseline = "middle";
      for (var id = 0; id < g.n; id += step) {
        var middle = Math.max(top + font / 2 + 3, top + (id + 0.5) * v.down);
        if (middle < numbered || middle > v.high - font / 2) continue;
        c.fillText(id, v.left - 5, middle);
        numbered = middle + font + 3;
      }
      var at = top < named && named + font <= bottom ? named : top;
      if (at < named) return;
      c.textAlign = "left";
      c.textBaseline = "top";
      var name = g.name;
      while (name.length > 1 && c.measureText(name).width > v.names) name = name.slice(0, -2) + "…";
      c.fillText(name, 0, at + 3);
      named = at + font + 3;
    });
    c.fillStyle = colour.line;
    c.fillRect(v.left, 0, 1, v.high);
  }

  // numberTicks writes the time, and says which is not kept.
  function numberTicks(c, v, colour) {
    var right = v.left + v.wide, after = v.left + (v.kept + 1 - v.first) * v.across;
    function width(text) { return c.measureText(text).width; }
    function mark(tick, text, align, x) {
      c.fillStyle = colour.line;
      c.fillRect(v.left + (tick + 0.5 - v.first) * v.across, v.high, 1, 4);
      c.fillStyle = colour.dim;
      c.textAlign = align;
      c.fillText(text, x, v.high + 5);
    }
    c.textBaseline = "top";
    c.textAlign = "left";
    c.fillStyle = colour.line;
    c.fillRect(v.left, v.high, v.wide, 1);
    if (v.kept < v.last) {
      c.fillRect(after, 0, right - after, v.high);
      c.fillStyle = "rgb(" + colour.ink + ")";
      if (right - after > width("not kept") + 8) c.fillText("not kept", after + 4, 4);
    }
    mark(v.first, "tick " + v.first, "left", v.left);
    if (v.last > v.first) mark(v.last, v.last, "right", right);
    var free = v.left + width("tick " + v.first), step = round((width(v.last) + 24) / v.across);
    for (var t = Math.ceil(v.first / step) * step; t < v.last; t += step) {
      var x = v.left + (t + 0.5 - v.first) * v.across, half = width(t) / 2 + 8;
      if (x - half > free && x + half < right - width(v.last)) mark(t, t, "center", x);
    }
  }

  // What is where the pointer is.
  function tell(e) {
    var box = canvas.getBoundingClientRect(), x = (e.clientX - box.left - view.left) / view.wide, y = (e.clientY - box.top) / view.high;
    if (x < 0 || x >= 1 || y < 0 || y >= 1) return;
    var column = Math.floor(x * view.columns), row = Math.floor(y * view.rows);
    function name(id) {
      for (var k = groups.length - 1; starts[k] > id || !groups[k].n; k--);
      return groups[k].name + "[" + (id - starts[k]) + "]";
    }
    var early = view.first + column * view.perColumn, late = Math.min(view.last, early + view.perColumn - 1);
    var low = row * view.perRow, high = Math.min(neurons - 1, low + view.perRow - 1), count = view.counts[row * view.columns + column];
    if (early > view.last) return;
    told.textContent = "tick " + early + (late > early ? " to " + late : "") + ", " + name(low) + (high > low ? " to " + name(high) : "") + ": " +
      (early > data.until ? "not kept" : count + (count === 1 ? " spike" : " spikes"));
  }
  canvas.addEventListener("pointermove", tell);
  canvas.addEventListener("pointerdown", tell);
  from.addEventListener("change", choose);
  to.addEventListener("change", choose);
  var known = 0;
  window.addEventListener("resize", function () { if (figure.clientWidth !== known) draw(); known = figure.clientWidth; });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  function print(on) { return function () { paper = on; draw(); }; }
  window.addEventListener("beforeprint", print(true));
  window.addEventListener("afterprint", print(false));
  draw();
})();
