// Draws the charts of a report from their JSON, each as it comes near or before printing.
"use strict";
(() => {
  const options = {
    displaylogo: false,
    responsive: true,
    showEditInChartStudio: false,
    modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d"],
  };
  const draw = (place) => {
    if (place.dataset.drawn) return;
    place.dataset.drawn = "yes";
    const figure = place.closest("figure");
    try {
      const chart = JSON.parse(document.getElementById(place.dataset.chart).textContent);
      Plotly.newPlot(place, chart.data, chart.layout, options);
      figure.classList.add("drawn");
    } catch (problem) {
      place.replaceChildren();
    }
  };
  const places = [...document.querySelectorAll(".chart")];
  const watch = new IntersectionObserver((seen) => {
    for (const one of seen) {
      if (one.isIntersecting) {
        watch.unobserve(one.target);
        draw(one.target);
      }
    }
  }, { rootMargin: "800px" });
  places.forEach((place) => watch.observe(place));
  addEventListener("beforeprint", () => places.forEach(draw));
})();
