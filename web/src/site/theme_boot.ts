// Runs before the page is painted: the chosen theme, and that there is a script at all.
import { readChoice } from "./theme_choice.ts";

const root = document.documentElement;
root.classList.add("js");
const choice = readChoice();
if (choice) root.dataset["theme"] = choice;
