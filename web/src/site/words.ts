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

/** Whether `name` begins with `term`, one slip of the finger in a longer term allowed. */
export function beginsLike(name: string, term: string): boolean {
  if (name.startsWith(term)) return true;
  if (term.length < 4) return false;
  let same = 0;
  while (same < term.length && term[same] === name[same]) same += 1;
  const rest = term.slice(same);
  const others = name.slice(same);
  const swapped = (rest[1] ?? "") + (rest[0] ?? "") + rest.slice(2);
  return (
    others.slice(1).startsWith(rest.slice(1)) || // another letter
    others.slice(1).startsWith(rest) || // a letter left out
    others.startsWith(rest.slice(1)) || // a letter too many
    others.startsWith(swapped) // two letters exchanged
  );
}
