import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAge, formatBytes, formatCount, formatInstant, formatMinute } from "./format.ts";

test("counts and sizes read as the exporter writes them", () => {
  assert.equal(formatCount(336776), "336,776");
  assert.equal(formatCount(999), "999");
  assert.equal(formatBytes(999), "999 B");
  assert.equal(formatBytes(12_340_000), "12.3 MB");
  assert.equal(formatBytes(999_949), "1.0 MB");
  assert.equal(formatBytes(128_000_000), "128 MB");
});

test("times are UTC", () => {
  assert.equal(formatInstant(1_357_017_420_999), "2013-01-01T05:17:00Z");
  assert.equal(formatMinute(1_357_017_420_999), "2013-01-01 05:17 UTC");
});

test("ages are round", () => {
  const now = 1_763_700_000_000;
  const minute = 60_000;
  assert.equal(formatAge(now + 5 * minute, now), "just now");
  assert.equal(formatAge(now - minute, now), "1 minute ago");
  assert.equal(formatAge(now - 119 * minute, now), "1 hour ago");
  assert.equal(formatAge(now - 48 * 60 * minute, now), "2 days ago");
  assert.equal(formatAge(now - 400 * 24 * 60 * minute, now), "13 months ago");
  assert.equal(formatAge(0, now), "55 years ago");
});
