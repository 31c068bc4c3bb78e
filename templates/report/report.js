/* Swaps the live chart in for the still picture when the reader comes near it. Print always shows the still. */
(() => {
  "use strict";
  /* Who opens an old issue is told so before anything else. */
  for (const note of document.querySelectorAll("[data-stale-from]")) {
    note.hidden = Date.now() < Date.parse(note.dataset.staleFrom);
    document.body.classList.toggle("is-outdated", !note.hidden);
  }

  const MADE_FOR = { wide: 720, narrow: 340 }; /* the widths that the two renditions are made for */
  const SETTLED = 200; /* milliseconds after which a window is no longer being resized */
  const ERRORS_ONLY = 1;
  const drawnAt = new WeakMap();
  let vega = null;

  /* The library is packed on the page; it is unpacked once, for the first chart that comes near. */
  const unpacked = async () => {
    const packed = Uint8Array.from(atob(document.getElementById("vega").textContent), (each) => each.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    document.head.append(script);
  };

  const changed = (specification, less) => {
    const fitting = { ...specification };
    if (typeof fitting.width === "number") {
      fitting.width -= less;
    }
    if (fitting.vconcat) {
      fitting.vconcat = fitting.vconcat.map((part) => changed(part, less));
    }
    if (fitting.spec) {
      fitting.spec = changed(fitting.spec, less / (fitting.columns || 1));
    }
    return fitting;
  };

  const draw = (figure) => {
    const room = figure.clientWidth;
    if (drawnAt.get(figure) === room) {
      return;
    }
    drawnAt.set(figure, room);
    const slot = figure.querySelector(".live");
    const kind = window.matchMedia(figure.querySelector("source").media).matches ? "narrow" : "wide";
    const { shared, [kind]: own } = JSON.parse(figure.querySelector("script").textContent);
    const fitting = changed({ ...shared, ...own }, MADE_FOR[kind] - room);
    const options = { ast: true, actions: false, renderer: "svg", logLevel: ERRORS_ONLY };
    vega ??= unpacked();
    vega
      .then(() => window.vegaEmbed(slot, fitting, options))
      .then(() => {
        slot.querySelector("svg").setAttribute("aria-hidden", "true"); /* the slot's label says what it shows */
        figure.classList.add("is-live");
      })
      .catch(() => slot.replaceChildren());
  };

  const watcher = new IntersectionObserver(
    (entries) => {
      for (const entry of entries.filter((each) => each.isIntersecting)) {
        watcher.unobserve(entry.target);
        draw(entry.target);
      }
    },
    { rootMargin: "400px 0px" },
  );
  document.querySelectorAll("figure.chart").forEach((figure) => watcher.observe(figure));

  let waiting = 0;
  window.addEventListener("resize", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => document.querySelectorAll("figure.is-live").forEach(draw), SETTLED);
  });
})();
