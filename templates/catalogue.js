/* Shows the reports that hold every word of the search, and greys the latest issues that have grown stale by now. */
(() => {
  "use strict";
  const DAY = 24 * 60 * 60 * 1000; /* milliseconds */
  for (const item of document.querySelectorAll("[data-stale-from]")) {
    const stale = Date.now() >= Date.parse(item.dataset.staleFrom);
    item.classList.toggle("is-stale", stale);
    item.querySelector(".age").textContent = Math.floor((Date.now() - Date.parse(item.dataset.end)) / DAY);
  }

  const box = document.querySelector("#search");
  const count = document.querySelector("#count");
  const rows = [...document.querySelectorAll("tr[data-search]")];

  /* Words of a row: as they stand, and the parts of those that hyphens join; a search word begins one of them. */
  const parts = new Map(
    rows.map((row) => [row, row.dataset.search.split(/\s+/).flatMap((word) => [word, ...word.split(/[^\p{L}\p{N}]+/u)])]),
  );

  const filter = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      row.hidden = !words.every((word) => parts.get(row).some((part) => part.startsWith(word)));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = words.length ? `${shown} of ${rows.length}` : `${rows.length}`;
  };

  if (!box) {
    return;
  }
  box.addEventListener("input", filter);
  document.querySelector(".search").hidden = false;
})();
