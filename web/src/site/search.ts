// Search over tables (all fields) and columns (names), tolerant of prefixes and typos.
import MiniSearch, { type SearchOptions } from "minisearch";
import type { Catalog, Column, ColumnShard, Table } from "./schema.ts";
import { beginsLike, shardKey, words } from "./words.ts";

/** Tables that are added to the index before the page gets its turn. */
const chunk = 500;

const tolerance: SearchOptions = {
  prefix: true,
  fuzzy: (term) => (term.length > 3 ? 0.25 : false),
  weights: { prefix: 0.6, fuzzy: 0.25 },
};

export interface TableHit {
  table: Table;
  /** The words of the table that matched; with a typo not those of the query. */
  terms: string[];
}

export class TableSearch {
  readonly #catalog: Catalog;
  readonly #index: MiniSearch<{ id: number } & Record<string, unknown>>;

  private constructor(catalog: Catalog) {
    this.#catalog = catalog;
    this.#index = new MiniSearch({
      fields: ["name", "database", "tags", "owner", "summary"],
      tokenize: words,
      processTerm: (term) => term,
      searchOptions: { ...tolerance, boost: { name: 8, tags: 3, database: 2, owner: 2 } },
    });
  }

  static async make(catalog: Catalog): Promise<TableSearch> {
    const search = new TableSearch(catalog);
    const documents = catalog.tables.map((table, id) => ({
      id,
      name: table.name,
      database: catalog.databases[table.database]?.name ?? "",
      tags: (table.tags ?? []).join(" "),
      owner: table.owner ?? "",
      summary: table.summary ?? "",
    }));
    await search.#index.addAllAsync(documents, { chunkSize: chunk });
    return search;
  }

  /** The best tables for `query`: those that match all its words, or, with `some`, any of them. */
  find(query: string, limit: number, some = false): TableHit[] {
    const found = this.#index.search(query, {
      combineWith: some ? "OR" : "AND",
      boostDocument: (id) => (this.#catalog.tables[id as number]?.deprecated ? 0.3 : 1),
    });
    return found.slice(0, limit).flatMap(({ id, terms }) => {
      const table = this.#catalog.tables[id as number];
      return table ? [{ table, terms }] : [];
    });
  }
}

export interface ColumnHit {
  column: Column;
  terms: string[];
  table: Table;
  /** How many more tables have a column of this name. */
  others: number;
}

export class ColumnSearch {
  readonly #catalog: Catalog;
  readonly #load: (key: string) => Promise<ColumnShard>;
  readonly #shards = new Map<string, Promise<Shard>>();

  constructor(catalog: Catalog, load: (key: string) => Promise<ColumnShard>) {
    this.#catalog = catalog;
    this.#load = load;
  }

  /**
   * The best columns for `query`: at least one of its words is in the column's name, the others
   * there too or in the name of its table or database (`flights dep`).
   */
  async find(query: string, limit: number): Promise<ColumnHit[]> {
    const terms = words(query);
    const keys = [...new Set(terms.map(shardKey))].filter((key) =>
      this.#catalog.shards.includes(key),
    );
    const shards = await Promise.all(keys.map((key) => this.#shard(key)));
    const best = new Map<string, { score: number; hit: ColumnHit }>();
    for (const shard of shards) {
      for (const { id, score, queryTerms, terms: matched } of shard.index.search(query, {
        combineWith: "OR",
      })) {
        const column = shard.columns[id as number];
        if (!column) continue;
        const rest = terms.filter((term) => !queryTerms.includes(term));
        const hit = this.#hit(column, matched, rest);
        // A name that matches more of the words is better whatever its score.
        const rank = score + 1000 * queryTerms.length;
        if (hit && rank > (best.get(column.name)?.score ?? 0)) {
          best.set(column.name, { score: rank, hit });
        }
      }
    }
    return [...best.values()]
      .sort((a, b) => b.score - a.score)
      .slice(0, limit)
      .map(({ hit }) => hit);
  }

  #shard(key: string): Promise<Shard> {
    let shard = this.#shards.get(key);
    if (!shard) {
      shard = this.#load(key).then(makeShard);
      this.#shards.set(key, shard);
      shard.catch(() => this.#shards.delete(key));
    }
    return shard;
  }

  #hit(column: Column, terms: string[], rest: string[]): ColumnHit | undefined {
    const tables = column.tables
      .map((number) => this.#catalog.tables[number])
      .filter((table) => table !== undefined)
      .filter((table) => this.#isOf(table, rest));
    const table = tables[0];
    return table && { column, terms, table, others: tables.length - 1 };
  }

  #isOf(table: Table, terms: string[]): boolean {
    if (terms.length === 0) return true;
    const database = this.#catalog.databases[table.database]?.name ?? "";
    const names = words(`${database} ${table.name}`);
    return terms.every((term) => names.some((name) => beginsLike(name, term)));
  }
}

interface Shard {
  columns: ColumnShard;
  index: MiniSearch<{ id: number; name: string }>;
}

function makeShard(columns: ColumnShard): Shard {
  const index = new MiniSearch<{ id: number; name: string }>({
    fields: ["name"],
    tokenize: words,
    processTerm: (term) => term,
    searchOptions: tolerance,
  });
  index.addAll(columns.map(({ name }, id) => ({ id, name })));
  return { columns, index };
}
