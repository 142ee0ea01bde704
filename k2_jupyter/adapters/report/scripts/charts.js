// Draws the charts of a report from their JSON, each as it comes near or before printing, and
// anew when the reader turns the page dark or light. On a dark page a chart takes the page's
// colours; one with colours of its own that would be lost there stays on light paper.
"use strict";
(() => {
  const options = {
    displaylogo: false,
    responsive: true,
    showEditInChartStudio: false,
    showTips: false,
    modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d"],
  };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let printing = false;

  // Contrasts as WCAG 2.2 defines them: 4.5 for texts; a line that is just seen has 1.5.
  const brush = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const luminance = (color) => {
    brush.clearRect(0, 0, 1, 1);
    brush.fillStyle = color;
    brush.fillRect(0, 0, 1, 1);
    const [red, green, blue] = [...brush.getImageData(0, 0, 1, 1).data].map((byte) =>
      byte <= 10 ? byte / 3294.6 : ((byte / 255 + 0.055) / 1.055) ** 2.4
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [light, dim] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dim + 0.05);
  };
  const isLost = (value, paper, key = "", inside = "") => {
    if (typeof value === "string") {
      if (!/color$/.test(key) || !CSS.supports("color", value)) return false;
      if (/bgcolor$/.test(key)) return contrast(value, paper) > 1.5;
      return contrast(value, paper) < (/font$/.test(inside) ? 4.5 : 1.5);
    }
    if (!value || typeof value !== "object" || key === "template") return false;
    return Object.entries(value).some(([name, part]) => isLost(part, paper, name, key));
  };

  const merged = (under, over) => {
    if (!over || typeof over !== "object" || Array.isArray(over)) return over;
    const both = { ...(under && typeof under === "object" ? under : {}) };
    for (const [name, part] of Object.entries(over)) both[name] = merged(both[name], part);
    return both;
  };
  const darkened = (template, color) => {
    const clear = "rgba(0, 0, 0, 0)";
    const axis = {
      gridcolor: color("line"),
      zerolinecolor: color("line"),
      linecolor: color("soft"),
      tickcolor: color("soft"),
    };
    const error = { color: color("soft") };
    const bar = { error_x: error, error_y: error, marker: { line: { color: color("paper") } } };
    return merged(template, {
      layout: {
        paper_bgcolor: clear,
        plot_bgcolor: clear,
        font: { color: color("ink") },
        xaxis: axis,
        yaxis: axis,
        legend: { bgcolor: clear },
        annotationdefaults: { arrowcolor: color("soft") },
        shapedefaults: { line: { color: color("soft") } },
      },
      data: { bar: [merged(template?.data?.bar?.[0], bar)] },
    });
  };

  const draw = (place) => {
    const chart = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    const style = getComputedStyle(document.documentElement);
    const color = (name) => style.getPropertyValue(`--${name}`).trim();
    const isDark = dark.matches && !printing;
    const own = isDark && isLost(chart, color("paper"));
    if (isDark && !own) chart.layout.template = darkened(chart.layout.template, color);
    chart.layout.uirevision = "what the reader did stays"; // also when drawn anew
    place.classList.toggle("light", !isDark || own);
    if (printing) Plotly.purge(place);
    return Plotly.react(place, chart.data, chart.layout, options);
  };
  const begin = (place) => {
    if (place.dataset.drawn) return;
    place.dataset.drawn = "yes";
    try {
      draw(place);
      place.closest("figure").classList.add("drawn");
    } catch (problem) {
      place.replaceChildren();
    }
  };

  const places = [...document.querySelectorAll(".chart")];
  const again = () => document.querySelectorAll(".drawn .chart").forEach(draw);
  const watch = new IntersectionObserver((seen) => {
    for (const one of seen) {
      if (one.isIntersecting) {
        watch.unobserve(one.target);
        begin(one.target);
      }
    }
  }, { rootMargin: "800px" });
  places.forEach((place) => watch.observe(place));
  dark.addEventListener("change", again);
  addEventListener("beforeprint", () => {
    printing = true;
    if (dark.matches) again();
    places.forEach(begin);
  });
  addEventListener("afterprint", () => {
    printing = false;
    if (dark.matches) again();
  });
})();
