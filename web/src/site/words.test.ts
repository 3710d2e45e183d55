import assert from "node:assert/strict";
import { test } from "node:test";
import { beginsLike, shardKey, words } from "./words.ts";

test("splits names at marks and humps", () => {
  assert.deepEqual(words("dep_delay"), ["dep", "delay"]);
  assert.deepEqual(words("tailNum.v2"), ["tail", "num", "v2"]);
  assert.deepEqual(words("航班号 Flüge"), ["航班号", "flüge"]);
  assert.deepEqual(words(" ._ "), []);
});

test("names the shard by the first letter", () => {
  assert.equal(shardKey("delay"), "d");
  assert.equal(shardKey("2d"), "2");
  assert.equal(shardKey("航"), "other");
  assert.equal(shardKey(""), "other");
});

test("forgives one slip", () => {
  for (const term of ["fli", "flight", "flgihts", "fligts", "flighhts", "flughts"]) {
    assert.ok(beginsLike("flights", term), term);
  }
  for (const term of ["fla", "flxxhts", "planes"]) assert.ok(!beginsLike("flights", term), term);
});
