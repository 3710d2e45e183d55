// A catalog for the tests of the page code.
import type { Catalog, Table } from "./schema.ts";

export function table(name: string, more: Partial<Table> = {}): Table {
  return { database: 0, name, page: `tables/lake/${name}.html`, kind: "delta", ...more };
}

export function catalogOf(tables: Table[], shards: string[] = []): Catalog {
  const databases = ["lake", "shop"].map((name) => ({ name, page: `databases/${name}.html` }));
  return { format: 1, name: "test", databases, tables, shards };
}
