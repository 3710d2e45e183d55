import assert from "node:assert/strict";
import { test } from "node:test";
import { catalogOf, table } from "./sample.ts";
import type { ColumnShard } from "./schema.ts";
import { ColumnSearch, TableSearch } from "./search.ts";

const catalog = catalogOf(
  [
    table("flights", { summary: "Departures from New York." }),
    table("old_flights", { deprecated: true }),
    table("weather", { tags: ["reference"], owner: "ops" }),
    table("orders", { database: 1 }),
  ],
  ["d", "t"],
);
const shards: Record<string, ColumnShard> = {
  d: [
    { name: "dep_delay", anchor: "column-dep_delay", tables: [0, 1] },
    { name: "dest", anchor: "column-dest", tables: [0] },
  ],
  t: [{ name: "temp", anchor: "column-temp", tables: [2] }],
};

async function tables(query: string): Promise<string[]> {
  const search = await TableSearch.make(catalog);
  return search.find(query, 10).map(({ table: { name } }) => name);
}

async function columns(query: string): Promise<string[]> {
  const search = new ColumnSearch(catalog, async (key) => shards[key] ?? []);
  const hits = await search.find(query, 10);
  return hits.map(({ column, table: { name }, others }) => `${name}.${column.name}+${others}`);
}

test("finds by prefix, with the deprecated one behind", async () => {
  assert.deepEqual(await tables("fli"), ["flights", "old_flights"]);
});

test("finds with a typo", async () => {
  assert.equal((await tables("wether"))[0], "weather");
  assert.equal((await tables("flihgts"))[0], "flights");
});

test("finds by tag, owner, database and description", async () => {
  assert.deepEqual(await tables("reference"), ["weather"]);
  assert.deepEqual(await tables("ops"), ["weather"]);
  assert.deepEqual(await tables("shop orders"), ["orders"]);
  assert.deepEqual(await tables("york"), ["flights"]);
});

test("all words must match, unless some are enough", async () => {
  assert.deepEqual(await tables("flights weather"), []);
  const search = await TableSearch.make(catalog);
  assert.equal(search.find("flights weather", 10, true).length, 3);
});

test("finds columns by any of their words", async () => {
  assert.deepEqual(await columns("delay"), ["flights.dep_delay+1"]);
  assert.deepEqual(await columns("dep_delay"), ["flights.dep_delay+1"]);
  assert.deepEqual(await columns("tenp"), ["weather.temp+0"]);
});

test("narrows columns by the table", async () => {
  assert.deepEqual(await columns("old_flights delay"), ["old_flights.dep_delay+0"]);
  assert.deepEqual(await columns("lake.flights.dest"), ["flights.dest+0"]);
  assert.deepEqual(await columns("orders delay"), []);
});

test("asks for no shard that does not exist", async () => {
  const asked: string[] = [];
  const search = new ColumnSearch(catalog, async (key) => {
    asked.push(key);
    return shards[key] ?? [];
  });
  await search.find("zebra temp", 5);
  await search.find("temp", 5);
  assert.deepEqual(asked, ["t"]);
});

test("answers a keystroke over thousands of tables", async () => {
  const many = catalogOf(
    Array.from({ length: 10_000 }, (_, i) => table(`t${i}_orders`, { summary: `Table ${i}.` })),
  );
  const search = await TableSearch.make(many);
  assert.equal(search.find("t777_ord", 5)[0]?.table.name, "t777_orders");
});
