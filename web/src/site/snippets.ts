// Snippets as tabs with a copy button; without a script they stand one below the other.
import { element } from "./element.ts";

const remembered = "neuralake-snippet";
const copiedMs = 1600;

function recall(): string | null {
  try {
    return localStorage.getItem(remembered);
  } catch {
    return null;
  }
}

function remember(id: string): void {
  try {
    localStorage.setItem(remembered, id);
  } catch {
    // Only a convenience.
  }
}

async function copy(text: string): Promise<void> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Pages from a plain http address that is not this machine have no clipboard object.
  const area = element("textarea", { readonly: "", class: "offscreen" }, text);
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("the browser refused");
}

function copyButton(code: HTMLElement): HTMLButtonElement {
  const button = element("button", { type: "button", class: "copy" }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await copy(code.textContent ?? "");
      button.textContent = "Copied";
    } catch {
      getSelection()?.selectAllChildren(code);
      button.textContent = "Press Ctrl+C";
    }
    setTimeout(() => (button.textContent = "Copy"), copiedMs);
  });
  return button;
}

function arrow(event: KeyboardEvent, index: number, count: number): number | undefined {
  switch (event.key) {
    case "ArrowRight":
      return (index + 1) % count;
    case "ArrowLeft":
      return (index + count - 1) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}

export function startSnippets(): void {
  const section = document.querySelector<HTMLElement>(".snippets");
  const panels = [...(section?.querySelectorAll<HTMLElement>(".snippet") ?? [])];
  if (!section || panels.length === 0) return;
  const list = element("div", { role: "tablist", "aria-label": "Ways to use this table" });
  const tabs = panels.map((panel, i) => {
    const id = panel.dataset["id"] ?? String(i);
    panel.id = `snippet-${id}`;
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", `tab-${id}`);
    const code = panel.querySelector("code");
    if (code) panel.append(copyButton(code));
    const tab = element(
      "button",
      { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": panel.id },
      panel.dataset["label"] ?? id,
    );
    list.append(tab);
    return tab;
  });
  const choose = (index: number): void => {
    tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(i === index));
      tab.tabIndex = i === index ? 0 : -1;
    });
    panels.forEach((panel, i) => (panel.hidden = i !== index));
  };
  tabs.forEach((tab, i) => {
    tab.addEventListener("click", () => {
      choose(i);
      remember(panels[i]?.dataset["id"] ?? "");
    });
    tab.addEventListener("keydown", (event) => {
      const next = arrow(event, i, tabs.length);
      if (next === undefined) return;
      event.preventDefault();
      tabs[next]?.focus();
      tabs[next]?.click();
    });
  });
  panels[0]?.before(list);
  section.classList.add("tabbed");
  choose(
    Math.max(
      0,
      panels.findIndex((panel) => panel.dataset["id"] === recall()),
    ),
  );
}
