import { startColumnFilter } from "./column_filter.ts";
import { startList } from "./list_view.ts";
import { startSearch } from "./search_box.ts";
import { startSnippets } from "./snippets.ts";
import { startTheme } from "./theme.ts";
import { showAges } from "./times.ts";

startTheme();
startSearch();
startSnippets();
startColumnFilter();
showAges(document);
void startList();
