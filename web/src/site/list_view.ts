// The list of the first page: filters at its side, sorted by its header, grown as one scrolls.
import { loadCatalog, siteRoot } from "./data.ts";
import { element } from "./element.ts";
import {
  counts,
  emptyState,
  type Facet,
  facets,
  formatHash,
  type ListState,
  parseHash,
  select,
  type SortKey,
} from "./filters.ts";
import { formatBytes, formatCount, formatInstant, formatMinute } from "./format.ts";
import type { Catalog, Kind, Table } from "./schema.ts";
import { showAges } from "./times.ts";

const rowsAtOnce = 200;
const valuesShown = 10;

const titles: Record<Facet, string> = {
  database: "Database",
  kind: "Kind",
  tag: "Tag",
  owner: "Owner",
};
const kinds: Record<Kind, string> = {
  delta: "Delta",
  parquet: "Parquet",
  csv: "CSV",
  function: "Function",
};

function number(label: string, text: string): HTMLElement {
  return element("td", { class: "number", "data-label": label }, text);
}

/** One table as a row: the same markup as the exporter's `WriteTableRow`. */
export function row(catalog: Catalog, table: Table): HTMLTableRowElement {
  const database = catalog.databases[table.database]?.name ?? "";
  const tags = (table.tags ?? []).map((tag) => element("span", { class: "tag" }, tag));
  const updated = element("td", { class: "number", "data-label": "Updated" });
  if (table.updated !== undefined) {
    const datetime = formatInstant(table.updated);
    updated.append(element("time", { datetime }, formatMinute(table.updated)));
  }
  return element(
    "tr",
    {},
    element(
      "td",
      { class: "what" },
      element(
        "a",
        { class: "name", href: siteRoot().replace(/^\.\/$/, "") + table.page },
        element("span", { class: "of" }, `${database}.`),
        table.name,
      ),
      element("span", { class: `kind kind-${table.kind}` }, kinds[table.kind]),
      table.deprecated && element("span", { class: "mark-deprecated" }, "deprecated"),
      table.unreadable && element("span", { class: "mark-problem" }, "unreadable"),
      table.unwritten && element("span", { class: "mark-unwritten" }, "no data yet"),
      tags.length > 0 ? element("span", { class: "tags" }, ...tags) : undefined,
      table.summary === undefined ? undefined : element("p", {}, table.summary),
    ),
    element("td", { class: "owner", "data-label": "Owner" }, table.owner ?? ""),
    number("Rows", table.rows === undefined ? "" : formatCount(table.rows)),
    number("Size", table.bytes === undefined ? "" : formatBytes(table.bytes)),
    updated,
  );
}

class ListView {
  readonly #catalog: Catalog;
  readonly #filters: HTMLElement;
  readonly #status: HTMLElement;
  readonly #table: HTMLTableElement;
  readonly #body: HTMLTableSectionElement;
  readonly #unfolded = new Set<Facet>();
  #state: ListState;
  #shown: Table[] = [];
  #count = 0;

  constructor(
    catalog: Catalog,
    filters: HTMLElement,
    status: HTMLElement,
    table: HTMLTableElement,
  ) {
    this.#catalog = catalog;
    this.#filters = filters;
    this.#status = status;
    this.#table = table;
    this.#body = table.tBodies[0] ?? table.createTBody();
    this.#state = parseHash(location.hash);
    this.#makeHeader();
    window.addEventListener("hashchange", () => {
      this.#state = parseHash(location.hash);
      this.render();
    });
    const more = element("div", { class: "more" });
    table.after(more);
    new IntersectionObserver(
      (seen) => {
        if (seen.some((entry) => entry.isIntersecting)) this.#grow();
      },
      { rootMargin: "800px" },
    ).observe(more);
  }

  render(): void {
    this.#shown = select(this.#catalog, this.#state);
    this.#count = 0;
    this.#body.replaceChildren();
    this.#grow();
    this.#renderFilters();
    this.#renderHeader();
    const all = this.#catalog.tables.length;
    const some = this.#shown.length;
    this.#status.textContent =
      some === all
        ? `${formatCount(all)} ${all === 1 ? "table" : "tables"}`
        : `${formatCount(some)} of ${formatCount(all)} tables`;
  }

  #grow(): void {
    const next = this.#shown.slice(this.#count, this.#count + rowsAtOnce);
    if (next.length === 0) return;
    const rows = document.createDocumentFragment();
    rows.append(...next.map((table) => row(this.#catalog, table)));
    showAges(rows);
    this.#body.append(rows);
    this.#count += next.length;
  }

  #change(): void {
    history.replaceState(null, "", formatHash(this.#state) || location.pathname + location.search);
    this.render();
  }

  #renderFilters(): void {
    const focused = document.activeElement?.id;
    const groups = facets.map((facet) => this.#facet(facet));
    const any = facets.some((facet) => this.#state.chosen[facet].size > 0);
    const clear = element("button", { type: "button", class: "clear" }, "Clear filters");
    clear.hidden = !any;
    clear.addEventListener("click", () => {
      this.#state.chosen = emptyState().chosen;
      this.#change();
    });
    this.#filters.replaceChildren(...groups.filter((made) => made !== undefined), clear);
    if (focused) document.getElementById(focused)?.focus();
  }

  #facet(facet: Facet): HTMLElement | undefined {
    const values = counts(this.#catalog, this.#state, facet);
    if (values.length < 2 && this.#state.chosen[facet].size === 0) return undefined;
    const chosen = this.#state.chosen[facet];
    const unfolded = this.#unfolded.has(facet);
    const shown = values.filter(([value], i) => unfolded || i < valuesShown || chosen.has(value));
    const made = element(
      "fieldset",
      {},
      element("legend", {}, titles[facet]),
      ...shown.map(([value, count]) => this.#choice(facet, value, count)),
    );
    if (shown.length < values.length) {
      const rest = `${values.length - shown.length} more`;
      const unfold = element("button", { type: "button", class: "unfold" }, rest);
      unfold.addEventListener("click", () => {
        this.#unfolded.add(facet);
        this.#renderFilters();
      });
      made.append(unfold);
    }
    return made;
  }

  #choice(facet: Facet, value: string, count: number): HTMLElement {
    const box = element("input", { type: "checkbox", id: `filter-${facet}-${value}` });
    const chosen = this.#state.chosen[facet];
    box.checked = chosen.has(value);
    box.addEventListener("change", () => {
      if (box.checked) chosen.add(value);
      else chosen.delete(value);
      this.#change();
    });
    const text = facet === "kind" ? kinds[value as Kind] : value;
    return element(
      "label",
      { class: count === 0 && !box.checked ? "none" : undefined },
      box,
      element("span", { class: "value" }, text),
      element("span", { class: "count" }, formatCount(count)),
    );
  }

  #headers(): HTMLTableCellElement[] {
    return [...this.#table.querySelectorAll<HTMLTableCellElement>("th[data-sort]")];
  }

  #makeHeader(): void {
    for (const header of this.#headers()) {
      const key = header.dataset["sort"] as SortKey;
      const button = element("button", { type: "button" }, header.textContent ?? "");
      button.addEventListener("click", () => {
        const again = this.#state.sort === key;
        // Numbers and times: the largest first; names: A first.
        this.#state.descending = again ? !this.#state.descending : key !== "name";
        this.#state.sort = key;
        this.#change();
      });
      header.replaceChildren(button);
    }
  }

  #renderHeader(): void {
    for (const header of this.#headers()) {
      const sorted = header.dataset["sort"] === this.#state.sort;
      const direction = this.#state.descending ? "descending" : "ascending";
      header.setAttribute("aria-sort", sorted ? direction : "none");
    }
  }
}

export async function startList(): Promise<void> {
  const filters = document.getElementById("filters");
  const status = document.getElementById("list-status");
  const table = document.querySelector<HTMLTableElement>("[data-page=index] table.list");
  const fold = document.querySelector<HTMLDetailsElement>("details.filters");
  const wide = matchMedia("(width >= 60rem)");
  const unfold = (): void => void (fold && (fold.open = wide.matches));
  wide.addEventListener("change", unfold);
  unfold();
  if (!filters || !status || !table) return;
  try {
    new ListView(await loadCatalog(), filters, status, table).render();
  } catch (error) {
    status.textContent = `No filters: ${error instanceof Error ? error.message : String(error)}.`;
  }
}
