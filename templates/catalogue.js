/* Shows the reports that hold every word of the search. */
(() => {
  "use strict";
  const box = document.querySelector("#search");
  const count = document.querySelector("#count");
  const rows = [...document.querySelectorAll("tr[data-search]")];

  const filter = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      row.hidden = !words.every((word) => row.dataset.search.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = words.length ? `${shown} of ${rows.length}` : `${rows.length}`;
  };

  box.addEventListener("input", filter);
  document.querySelector(".search").hidden = false;
})();
