import assert from "node:assert/strict";
import { test } from "node:test";
import { counts, emptyState, formatHash, parseHash, select } from "./filters.ts";
import { catalogOf, table } from "./sample.ts";

const catalog = catalogOf([
  table("a", { tags: ["core", "pii"], owner: "ops", rows: 5 }),
  table("b", { tags: ["core"], kind: "csv", rows: 50 }),
  table("c", { database: 1, kind: "csv", owner: "ops" }),
]);
const names = (state = emptyState()): string[] => select(catalog, state).map(({ name }) => name);

test("shows everything at first", () => assert.deepEqual(names(), ["a", "b", "c"]));

test("values of a facet add, facets narrow", () => {
  assert.deepEqual(names(parseHash("#kind=csv&kind=delta")), ["a", "b", "c"]);
  assert.deepEqual(names(parseHash("#kind=csv&tag=core")), ["b"]);
  assert.deepEqual(names(parseHash("#database=shop")), ["c"]);
  assert.deepEqual(names(parseHash("#tag=none")), []);
});

test("counts tell what choosing a value would show", () => {
  const state = parseHash("#kind=csv");
  assert.deepEqual(counts(catalog, state, "tag"), [
    ["core", 1],
    ["pii", 0],
  ]);
  assert.deepEqual(counts(catalog, state, "kind"), [
    ["csv", 2],
    ["delta", 1],
  ]);
});

test("sorts with the unknown last in both directions", () => {
  assert.deepEqual(names(parseHash("#sort=rows")), ["a", "b", "c"]);
  assert.deepEqual(names(parseHash("#sort=rows&order=desc")), ["b", "a", "c"]);
  assert.deepEqual(names(parseHash("#order=desc")), ["c", "b", "a"]);
});

test("the address carries the state", () => {
  const hash = "#kind=csv&tag=a%26b&sort=rows&order=desc";
  assert.equal(formatHash(parseHash(hash)), hash);
  assert.equal(formatHash(emptyState()), "");
  assert.equal(formatHash(parseHash("#columns&sort=evil")), "");
});
