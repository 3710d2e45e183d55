import { formatAge } from "./format.ts";

/** Show every `<time>` below `root` as an age, with the exact minute on hover. */
export function showAges(root: ParentNode, now: number = Date.now()): void {
  for (const time of root.querySelectorAll<HTMLTimeElement>("time[datetime]")) {
    if (!time.title) time.title = time.textContent ?? "";
    time.textContent = formatAge(Date.parse(time.dateTime), now);
  }
}
