// The search box in the top bar: a combobox over tables and columns, worked by keyboard.
import { loadCatalog, loadColumns, siteRoot } from "./data.ts";
import { element } from "./element.ts";
import type { Catalog, Table } from "./schema.ts";
import { type ColumnHit, ColumnSearch, type TableHit, TableSearch } from "./search.ts";
import { words } from "./words.ts";

const tablesShown = 8;
const columnsShown = 6;

interface Engines {
  catalog: Catalog;
  tables: TableSearch;
  columns: ColumnSearch;
}

let engines: Promise<Engines> | undefined;

function start(): Promise<Engines> {
  engines ??= (async () => {
    const catalog = await loadCatalog();
    const tables = await TableSearch.make(catalog);
    return { catalog, tables, columns: new ColumnSearch(catalog, loadColumns) };
  })();
  engines.catch(() => (engines = undefined));
  return engines;
}

/** What to mark: the query's words, and matched words that none of them begins (typos). */
function marksOf(query: string[], matched: string[]): string[] {
  return [...query, ...matched.filter((word) => !query.some((term) => word.startsWith(term)))];
}

/** `text` with each of `terms` in it marked. */
function marked(text: string, terms: string[]): DocumentFragment {
  const out = document.createDocumentFragment();
  const hits = terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (hits.length === 0) {
    out.append(text);
    return out;
  }
  text.split(new RegExp(`(${hits.join("|")})`, "i")).forEach((part, i) => {
    if (part !== "") out.append(i % 2 === 1 ? element("mark", {}, part) : part);
  });
  return out;
}

function databaseOf(catalog: Catalog, table: Table): string {
  return catalog.databases[table.database]?.name ?? "";
}

function tableOption(catalog: Catalog, hit: TableHit, query: string[]): HTMLElement {
  const { table } = hit;
  const terms = marksOf(query, hit.terms);
  return element(
    "a",
    { role: "option", class: "result", href: siteRoot() + table.page, tabindex: "-1" },
    element(
      "span",
      { class: "result-name" },
      element("span", { class: "of" }, marked(`${databaseOf(catalog, table)}.`, terms)),
      marked(table.name, terms),
    ),
    element("span", { class: "result-note" }, marked(table.summary ?? "", terms)),
  );
}

function columnOption(catalog: Catalog, hit: ColumnHit, query: string[]): HTMLElement {
  const { column, table, others } = hit;
  const terms = marksOf(query, hit.terms);
  const more = others === 0 ? "" : ` and ${others} more`;
  return element(
    "a",
    {
      role: "option",
      class: "result",
      href: `${siteRoot()}${table.page}#${column.anchor}`,
      tabindex: "-1",
    },
    element("span", { class: "result-name" }, marked(column.name, terms)),
    element(
      "span",
      { class: "result-note" },
      `in ${databaseOf(catalog, table)}.${table.name}${more}`,
    ),
  );
}

function group(title: string, options: HTMLElement[]): HTMLElement | undefined {
  if (options.length === 0) return undefined;
  return element(
    "div",
    { role: "group", "aria-label": title },
    element("div", { class: "result-group", "aria-hidden": "true" }, title),
    ...options,
  );
}

class SearchBox {
  readonly #input: HTMLInputElement;
  readonly #panel: HTMLElement;
  #active = -1;
  /** Counts queries, so that an answer to an older one is dropped. */
  #query = 0;

  constructor(input: HTMLInputElement, panel: HTMLElement) {
    this.#input = input;
    this.#panel = panel;
    input.addEventListener("focus", () => {
      void start().catch((error: unknown) => this.#fail(error));
      if (input.value.trim() !== "") void this.#search();
    });
    input.addEventListener("input", () => void this.#search());
    input.addEventListener("keydown", (event) => this.#onKey(event));
    document.addEventListener("pointerdown", (event) => {
      if (!(event.target instanceof Node) || !this.#panel.parentElement?.contains(event.target)) {
        this.#close();
      }
    });
    document.addEventListener("keydown", (event) => this.#onShortcut(event));
  }

  #options(): HTMLElement[] {
    return [...this.#panel.querySelectorAll<HTMLElement>("[role=option]")];
  }

  async #search(): Promise<void> {
    const query = ++this.#query;
    const text = this.#input.value;
    const terms = words(text);
    if (terms.length === 0) {
      this.#close();
      return;
    }
    try {
      const { catalog, tables, columns } = await start();
      if (query !== this.#query) return;
      const exact = tables.find(text, tablesShown);
      const inColumns = await columns.find(text, columnsShown);
      if (query !== this.#query) return;
      // Tables that match only some of the words are worth a look when there is nothing better.
      const inTables =
        exact.length + inColumns.length > 0 ? exact : tables.find(text, tablesShown, true);
      this.#show(
        inTables.map((hit) => tableOption(catalog, hit, terms)),
        inColumns.map((hit) => columnOption(catalog, hit, terms)),
      );
    } catch (error) {
      this.#fail(error);
    }
  }

  #show(tables: HTMLElement[], columns: HTMLElement[]): void {
    const groups = [group("Tables", tables), group("Columns", columns)];
    const shown = groups.filter((made) => made !== undefined);
    const nothing = element("p", { class: "result-empty" }, "Nothing found.");
    this.#panel.replaceChildren(...(shown.length > 0 ? shown : [nothing]));
    this.#options().forEach((option, i) => (option.id = `search-option-${i}`));
    this.#panel.hidden = false;
    this.#input.setAttribute("aria-expanded", "true");
    this.#choose(shown.length > 0 ? 0 : -1);
  }

  #fail(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    this.#panel.replaceChildren(element("p", { class: "result-empty" }, `No search: ${text}.`));
    this.#panel.hidden = false;
  }

  #close(): void {
    this.#query += 1;
    this.#panel.hidden = true;
    this.#panel.replaceChildren();
    this.#input.setAttribute("aria-expanded", "false");
    this.#choose(-1);
  }

  #choose(index: number): void {
    this.#active = index;
    this.#input.removeAttribute("aria-activedescendant");
    this.#options().forEach((option, i) => {
      option.setAttribute("aria-selected", String(i === index));
      if (i !== index) return;
      this.#input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    });
  }

  #onKey(event: KeyboardEvent): void {
    const options = this.#options();
    if (event.key === "Escape") {
      if (this.#panel.hidden) this.#input.blur();
      this.#close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (options.length === 0) return;
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.#choose((this.#active + step + options.length) % options.length);
    } else if (event.key === "Enter") {
      options[this.#active]?.click();
      this.#close();
    } else {
      return;
    }
    event.preventDefault();
  }

  #onShortcut(event: KeyboardEvent): void {
    const typing =
      event.target instanceof HTMLElement &&
      event.target.matches("input:not([type=checkbox]), textarea, select");
    const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
    const commandK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
    if (!slash && !commandK) return;
    event.preventDefault();
    this.#input.focus();
    this.#input.select();
  }
}

export function startSearch(): void {
  const input = document.getElementById("search");
  const panel = document.getElementById("search-results");
  if (input instanceof HTMLInputElement && panel) new SearchBox(input, panel);
}
