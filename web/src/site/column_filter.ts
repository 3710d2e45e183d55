// A box above a long list of columns that leaves those whose name or description holds the text.
import { element } from "./element.ts";
import { formatCount } from "./format.ts";

const worthIt = 12;

export function startColumnFilter(): void {
  const table = document.querySelector<HTMLTableElement>("table.columns");
  const heading = document.querySelector<HTMLElement>("#columns h2");
  const rows = [...(table?.tBodies[0]?.rows ?? [])];
  if (!table || !heading || rows.length < worthIt) return;
  const count = heading.querySelector(".count");
  const input = element("input", {
    type: "search",
    class: "column-filter",
    placeholder: "Filter columns",
    "aria-label": "Filter columns",
    spellcheck: "false",
  });
  const texts = rows.map((row) => (row.textContent ?? "").toLowerCase());
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    let shown = 0;
    rows.forEach((row, i) => {
      row.hidden = !texts[i]?.includes(wanted);
      if (!row.hidden) shown += 1;
    });
    const all = formatCount(rows.length);
    if (count) count.textContent = shown === rows.length ? all : `${formatCount(shown)} of ${all}`;
  });
  heading.append(input);
}
