// How numbers and times read; the exporter has the same rules (`src/neuralake/site/format.cc`).

export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

const units = ["B", "kB", "MB", "GB", "TB", "PB"];

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit + 1 < units.length) {
    value /= 1000;
    unit += 1;
  }
  const tenths = Math.floor(value * 10 + 0.5) / 10;
  return tenths < 100
    ? `${tenths.toFixed(1)} ${units[unit]}`
    : `${Math.floor(value + 0.5)} ${units[unit]}`;
}

/** `2013-01-01T05:17:00Z` */
export function formatInstant(time: number): string {
  return `${new Date(Math.floor(time / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

/** `2013-01-01 05:17 UTC` */
export function formatMinute(time: number): string {
  return `${formatInstant(time).slice(0, 16).replace("T", " ")} UTC`;
}

const steps: [limit: number, size: number, one: string, many: string][] = [
  [3_600_000, 60_000, "minute", "minutes"],
  [86_400_000, 3_600_000, "hour", "hours"],
  [60 * 86_400_000, 86_400_000, "day", "days"],
  [730 * 86_400_000, 30.44 * 86_400_000, "month", "months"],
  [Infinity, 365.25 * 86_400_000, "year", "years"],
];

/** `3 minutes ago`, as seen at `now`; a time in the future is `just now`. */
export function formatAge(time: number, now: number): string {
  const age = now - time;
  if (age < 60_000) return "just now";
  for (const [limit, size, one, many] of steps) {
    if (age >= limit) continue;
    const count = Math.floor(age / size);
    return `${count} ${count === 1 ? one : many} ago`;
  }
  return "";
}
