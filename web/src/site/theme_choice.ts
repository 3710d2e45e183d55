export type Theme = "light" | "dark";

const key = "neuralake-theme";

/** The theme that the reader chose, if they did and the browser lets us remember. */
export function readChoice(): Theme | undefined {
  try {
    const choice = localStorage.getItem(key);
    return choice === "light" || choice === "dark" ? choice : undefined;
  } catch {
    return undefined;
  }
}

export function writeChoice(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}
