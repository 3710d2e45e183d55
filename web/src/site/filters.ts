// Which tables the list shows, and in which order: pure, and told by the address (`#tag=core`).
import type { Catalog, Table } from "./schema.ts";

export const facets = ["database", "kind", "tag", "owner"] as const;
export type Facet = (typeof facets)[number];
export type SortKey = "name" | "rows" | "bytes" | "updated";

export interface ListState {
  chosen: Record<Facet, Set<string>>;
  sort: SortKey;
  descending: boolean;
}

export function emptyState(): ListState {
  return {
    chosen: { database: new Set(), kind: new Set(), tag: new Set(), owner: new Set() },
    sort: "name",
    descending: false,
  };
}

/** What `table` has of `facet`. */
export function valuesOf(catalog: Catalog, table: Table, facet: Facet): readonly string[] {
  switch (facet) {
    case "database":
      return [catalog.databases[table.database]?.name ?? ""];
    case "kind":
      return [table.kind];
    case "tag":
      return table.tags ?? [];
    case "owner":
      return table.owner === undefined ? [] : [table.owner];
  }
}

function passes(catalog: Catalog, table: Table, state: ListState, but?: Facet): boolean {
  return facets.every((facet) => {
    const chosen = state.chosen[facet];
    if (facet === but || chosen.size === 0) return true;
    return valuesOf(catalog, table, facet).some((value) => chosen.has(value));
  });
}

/** The tables to show: any of the chosen values within a facet, all facets together. */
export function select(catalog: Catalog, state: ListState): Table[] {
  const tables = catalog.tables.filter((table) => passes(catalog, table, state));
  if (state.sort !== "name") {
    const key = state.sort;
    // Unknown values stay at the end in both directions; the sort is stable, so names decide ties.
    const sign = state.descending ? -1 : 1;
    tables.sort((a, b) => {
      const left = a[key];
      const right = b[key];
      if (left === undefined || right === undefined) {
        return Number(left === undefined) - Number(right === undefined);
      }
      return sign * (left - right);
    });
  } else if (state.descending) {
    tables.reverse();
  }
  return tables;
}

/** Each value of `facet` with how many tables choosing it would show; most first. */
export function counts(catalog: Catalog, state: ListState, facet: Facet): [string, number][] {
  const found = new Map<string, number>();
  for (const table of catalog.tables) {
    const counted = passes(catalog, table, state, facet) ? 1 : 0;
    for (const value of valuesOf(catalog, table, facet)) {
      found.set(value, (found.get(value) ?? 0) + counted);
    }
  }
  return [...found].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

export function parseHash(hash: string): ListState {
  const state = emptyState();
  const parameters = new URLSearchParams(hash.replace(/^#/, ""));
  for (const [name, value] of parameters) {
    if ((facets as readonly string[]).includes(name)) state.chosen[name as Facet].add(value);
  }
  const sort = parameters.get("sort");
  if (sort === "rows" || sort === "bytes" || sort === "updated") state.sort = sort;
  state.descending = parameters.get("order") === "desc";
  return state;
}

export function formatHash(state: ListState): string {
  const parameters = new URLSearchParams();
  for (const facet of facets) {
    for (const value of [...state.chosen[facet]].sort()) parameters.append(facet, value);
  }
  if (state.sort !== "name") parameters.set("sort", state.sort);
  if (state.descending) parameters.set("order", "desc");
  const text = parameters.toString();
  return text === "" ? "" : `#${text}`;
}
