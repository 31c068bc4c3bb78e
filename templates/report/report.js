/* Swaps the live chart in for the still picture when the reader comes near it. Print always shows the still. */
(() => {
  "use strict";
  const FULL = 720; /* the width that charts are made for */
  const NARROWEST = 440; /* below this a chart is drawn at this width and scaled down, so that labels keep apart */
  const ERRORS_ONLY = 1;

  const fitted = (specification, room) => {
    const less = FULL - room;
    if (less <= 0) {
      return specification;
    }
    const fitting = { ...specification };
    if (typeof fitting.width === "number") {
      fitting.width -= less;
    }
    if (fitting.hconcat) {
      fitting.vconcat = fitting.hconcat;
      delete fitting.hconcat;
    } else if (fitting.vconcat) {
      fitting.vconcat = fitting.vconcat.map((part) => fitted(part, room));
    } else if (fitting.columns) {
      fitting.columns = Math.max(1, Math.round((fitting.columns * room) / FULL));
    }
    return fitting;
  };

  const draw = (figure) => {
    const slot = figure.querySelector(".live");
    const specification = JSON.parse(figure.querySelector("script").textContent);
    const room = Math.max(NARROWEST, Math.min(FULL, figure.clientWidth));
    const options = { ast: true, actions: false, renderer: "svg", logLevel: ERRORS_ONLY };
    window
      .vegaEmbed(slot, fitted(specification, room), options)
      .then(() => figure.classList.add("is-live"))
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
})();
