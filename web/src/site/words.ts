/** The words of a name or a query, in lower case; the exporter splits names in the same way. */
export function words(text: string): string[] {
  return text
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9\u0080-\u{10ffff}]+/u)
    .filter((word) => word !== "");
}

/** The shard that holds the columns with `word` in their name. */
export function shardKey(word: string): string {
  const first = word[0] ?? "";
  return /[a-z0-9]/.test(first) ? first : "other";
}
