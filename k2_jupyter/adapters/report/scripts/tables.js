// Makes the tables of a report sortable: a button in each column's head, arrows told to
// screen readers by aria-sort. Only tables that are a plain grid: as many cells in each row,
// none that spans, at least three rows below the heads (the first row of which counts).
"use strict";
(() => {
  const order = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const missing = new Set(["", "nan", "none", "null", "<na>", "nat", "na", "-", "–", "—"]);

  const text = (row, column) => row.cells[column].textContent.trim();
  const number = (shown) => {
    const plain = shown.replace(/[\s,_%$€£]|^[≈~<>≤≥]+/g, "").replace("−", "-");
    return plain === "" ? NaN : Number(plain);
  };
  const isMissing = (shown) => missing.has(shown.toLowerCase());

  const sorted = (rows, column, ascending) => {
    const keyed = rows.map((row) => ({ row, shown: text(row, column) }));
    const there = keyed.filter((one) => !isMissing(one.shown));
    const numeric = there.every((one) => !Number.isNaN(number(one.shown)));
    const compare = numeric
      ? (a, b) => number(a.shown) - number(b.shown)
      : (a, b) => order.compare(a.shown, b.shown);
    there.sort((a, b) => (ascending ? compare(a, b) : compare(b, a)));
    return [...there, ...keyed.filter((one) => isMissing(one.shown))].map((one) => one.row);
  };

  const grid = (table) => {
    const body = table.tBodies[0];
    const head = table.tHead?.rows[0];
    if (!head || table.tBodies.length !== 1 || body.rows.length < 3) return null;
    const rows = [...body.rows];
    const plain = (row) =>
      row.cells.length === head.cells.length &&
      [...row.cells].every((cell) => cell.colSpan === 1 && cell.rowSpan === 1);
    return [...table.tHead.rows, ...rows].every(plain) ? { head, body, rows } : null;
  };

  const enable = (table) => {
    const found = grid(table);
    if (!found) return;
    const heads = [...found.head.cells];
    heads.forEach((cell, column) => {
      if (!cell.textContent.trim() || cell.querySelector("a, button")) return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...cell.childNodes);
      cell.append(button);
      button.addEventListener("click", () => {
        const ascending = cell.getAttribute("aria-sort") !== "ascending";
        heads.forEach((one) => one.removeAttribute("aria-sort"));
        cell.setAttribute("aria-sort", ascending ? "ascending" : "descending");
        found.body.append(...sorted(found.rows, column, ascending));
      });
    });
  };

  document.querySelectorAll("main table").forEach(enable);
})();
