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

  // Everything is drawn in pixels of the device. A grid of places counts spikes; a
  // place is as many ticks and neurons as share a pixel, or as many pixels as one has.
  var view = null, paper = false;
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
  function draw() {
    var ratio = window.devicePixelRatio || 1, wide = figure.clientWidth, font = 11;
    if (!wide || !neurons) return;
    var first = clamp(Math.floor(+from.value) || 0, 0, data.until), last = clamp(Math.floor(+to.value) || 0, first, data.until);
    var high = clamp(neurons * 8, 120, 420), below = 18;
    canvas.width = Math.round(wide * ratio);
    canvas.height = Math.round((high + below) * ratio);
    canvas.style.height = high + below + "px";
    var c = canvas.getContext("2d"), colour = colours(), words = font + "px system-ui, sans-serif";
    c.font = words;
    var left = Math.min(wide * 0.25, 8 + Math.max.apply(null, groups.map(function (g) { return c.measureText(g.name).width; })));
    var w = Math.max(1, Math.round((wide - left) * ratio)), h = Math.round(high * ratio), ticks = last - first + 1;
    var columns = Math.min(w, ticks), rows = Math.min(h, neurons), counts = new Uint32Array(columns * rows), most = 0;
    for (var t = first; t <= last; t++) {
      var column = Math.floor((t - first) * columns / ticks);
      for (var k = begins[t]; k < begins[t + 1]; k++) {
        var many = ++counts[Math.floor(who[k] * rows / neurons) * columns + column];
        if (many > most) most = many;
      }
    }
    // One spike is seen well, and more of them towards the full colour by logarithm.
    var image = c.createImageData(w, h), pixels = new Uint32Array(image.data.buffer), filled = 0;
    var little = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
    function mixed(share) {
      var p = [0, 1, 2].map(function (k) { return Math.round(colour.back[k] + (colour.ink[k] - colour.back[k]) * share); });
      return (little ? 255 << 24 | p[2] << 16 | p[1] << 8 | p[0] : p[0] << 24 | p[1] << 16 | p[2] << 8 | 255) >>> 0;
    }
    var shades = [];
    for (var s = 0; s <= 32; s++) shades.push(mixed(0.45 + 0.55 * s / 32));
    pixels.fill(mixed(0));
    var gap = h / rows > 4 * ratio ? Math.round(ratio) : 0, dot = n * 40 < w * h ? Math.ceil(ratio) + 1 : 1;
    for (var row = 0; row < rows; row++) {
      var y0 = Math.floor(row * h / rows), y1 = Math.min(h, Math.max(y0 + dot, Math.floor((row + 1) * h / rows) - gap));
      for (column = 0; column < columns; column++) {
        many = counts[row * columns + column];
        if (!many) continue;
        filled++;
        var x0 = Math.floor(column * w / columns), x1 = Math.min(w, Math.max(x0 + dot, Math.floor((column + 1) * w / columns) - gap));
        var shade = shades[most > 1 ? Math.round(32 * Math.log(many) / Math.log(most)) : 32];
        for (var y = y0; y < y1; y++) for (var x = y * w + x0; x < y * w + x1; x++) pixels[x] = shade;
      }
    }
    c.putImageData(image, canvas.width - w, 0);
    c.scale(ratio, ratio);
    c.font = words;
    c.textBaseline = "top";
    var free = 0;
    groups.forEach(function (g, k) {
      var top = starts[k] * high / neurons;
      c.fillStyle = colour.line;
      c.fillRect(0, top, wide, 1);
      if (top < free || !g.n) return;
      c.fillStyle = colour.dim;
      var name = g.name;
      while (name.length > 1 && c.measureText(name).width > left - 7) name = name.slice(0, -2) + "…";
      c.fillText(name, 0, top + 3);
      free = top + font + 3;
    });
    c.fillStyle = colour.line;
    c.fillRect(left, 0, 1, high);
    c.fillRect(left, high, wide - left, 1);
    c.fillStyle = colour.dim;
    c.fillText("tick " + first, left, high + 4);
    c.textAlign = "right";
    c.fillText(last, wide, high + 4);
    view = { first: first, ticks: ticks, columns: columns, rows: rows, counts: counts, left: left, wide: wide - left, high: high };
    canvas.dataset.places = filled; // for tests
  }

  // What is where the pointer is.
  function tell(e) {
    var box = canvas.getBoundingClientRect(), x = (e.clientX - box.left - view.left) / view.wide, y = (e.clientY - box.top) / view.high;
    if (x < 0 || x >= 1 || y < 0 || y >= 1) return;
    var column = Math.floor(x * view.columns), row = Math.floor(y * view.rows);
    function range(k, of, all) {
      var low = Math.ceil(k * all / of), high = Math.max(low, Math.ceil((k + 1) * all / of) - 1);
      return [low, high];
    }
    function name(id) {
      for (var k = groups.length - 1; starts[k] > id || !groups[k].n; k--);
      return groups[k].name + "[" + (id - starts[k]) + "]";
    }
    var ticks = range(column, view.columns, view.ticks), ids = range(row, view.rows, neurons), count = view.counts[row * view.columns + column];
    told.textContent = "tick " + (view.first + ticks[0]) + (ticks[1] > ticks[0] ? " to " + (view.first + ticks[1]) : "") + ", " +
      name(ids[0]) + (ids[1] > ids[0] ? " to " + name(ids[1]) : "") + ": " + count + (count === 1 ? " spike" : " spikes");
  }
  canvas.addEventListener("pointermove", tell);
  canvas.addEventListener("pointerdown", tell);
  from.addEventListener("change", draw);
  to.addEventListener("change", draw);
  var known = 0;
  window.addEventListener("resize", function () { if (figure.clientWidth !== known) draw(); known = figure.clientWidth; });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  function print(on) { return function () { paper = on; draw(); }; }
  window.addEventListener("beforeprint", print(true));
  window.addEventListener("afterprint", print(false));
  draw();
})();
