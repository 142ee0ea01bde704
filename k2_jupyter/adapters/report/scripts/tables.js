// Makes the tables of a report readable and sortable: numbers to the right, a button in each
// column's head, arrows told to screen readers by aria-sort, on paper a type as small as the
// width needs. Only tables that are a plain grid: as many cells in each row, none that spans;
// to be sorted, three rows below the heads (the first row of which counts).
"use strict";
(() => {
  const order = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const missing = new Set(["", "nan", "none", "null", "<na>", "nat", "na", "-", "–", "—"]);

  const text = (row, column) => row.cells[column].textContent.trim();
  const number = (shown) => {
    const plain = shown.replace(/[\s,_%$€£]|^[≈~<>≤≥]+/g, "").replace("−", "-");
    return plain === "" ? NaN : Number(plain);
  };
  const isNumber = (shown) => !Number.isNaN(number(shown));
  const isMissing = (shown) => missing.has(shown.toLowerCase());

  const sorted = (rows, column, ascending) => {
    const keyed = rows.map((row) => ({ row, shown: text(row, column) }));
    const there = keyed.filter((one) => !isMissing(one.shown));
    const compare = there.every((one) => isNumber(one.shown))
      ? (a, b) => number(a.shown) - number(b.shown)
      : (a, b) => order.compare(a.shown, b.shown);
    there.sort((a, b) => (ascending ? compare(a, b) : compare(b, a)));
    return [...there, ...keyed.filter((one) => isMissing(one.shown))].map((one) => one.row);
  };

  const grid = (table) => {
    const body = table.tBodies[0];
    const head = table.tHead?.rows[0];
    if (!head || table.tBodies.length !== 1 || !body.rows.length) return null;
    const rows = [...body.rows];
    const plain = (row) =>
      row.cells.length === head.cells.length &&
      [...row.cells].every((cell) => cell.colSpan === 1 && cell.rowSpan === 1);
    return [...table.tHead.rows, ...rows].every(plain) ? { head, body, rows } : null;
  };

  const align = ({ head, rows }) =>
    [...head.cells].forEach((cell, column) => {
      const shown = rows.map((row) => text(row, column));
      const kinds = [shown.every((one) => isMissing(one) || isNumber(one)) ? "number" : "text"];
      if (shown.some((one) => one.length > 40)) kinds.push("long");
      cell.classList.add(kinds[0]);
      for (const row of rows) {
        if (row.cells[column].tagName === "TD") row.cells[column].classList.add(...kinds);
      }
    });

  const makeSortable = ({ head, body, rows }) => {
    const heads = [...head.cells];
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
        body.append(...sorted(rows, column, ascending));
      });
    });
  };

  // In CSS pixels: A4 upright without its margins; letter paper is a little wider.
  const paper = ((210 - 2 * 15) / 25.4) * 96;
  const fit = (table) => {
    table.classList.add("narrowest");
    const needed = table.offsetWidth;
    table.classList.remove("narrowest");
    if (needed > paper) table.style.setProperty("--fitting", paper / needed);
  };

  const tables = [...document.querySelectorAll("main table")];
  for (const found of tables.map(grid)) {
    if (!found) continue;
    align(found);
    if (found.rows.length >= 3) makeSortable(found);
  }
  addEventListener("beforeprint", () => tables.forEach(fit));
})();
