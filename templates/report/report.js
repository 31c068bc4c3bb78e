/* Swaps the live chart in for the still picture when the reader comes near it. Print always shows the still. */
(() => {
  "use strict";
  const NARROW = 600;

  const fitted = (specification, width) => {
    if (typeof specification.width === "number" && width > 0) {
      specification.width = Math.min(specification.width, width);
    }
    return specification;
  };

  const draw = (figure) => {
    const slot = figure.querySelector(".live");
    const specification = JSON.parse(figure.querySelector("script").textContent);
    const width = figure.querySelector(".still").clientWidth;
    if (typeof specification.width !== "number" && width < NARROW) {
      return;
    }
    window
      .vegaEmbed(slot, fitted(specification, width), { ast: true, actions: false, renderer: "svg" })
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
