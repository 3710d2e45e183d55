// The data files, loaded as classic scripts: they work from disk, where fetch does not.
import type { Catalog, ColumnShard } from "./schema.ts";

declare global {
  interface Window {
    neuralake?: { catalog?: Catalog; columns?: Record<string, ColumnShard> };
  }
}

/** The way from this page to the site's root, with a slash at its end. */
export function siteRoot(): string {
  return document.documentElement.dataset["root"] ?? "./";
}

const loading = new Map<string, Promise<void>>();

function loadScript(path: string): Promise<void> {
  let promise = loading.get(path);
  if (!promise) {
    promise = new Promise<void>((resolve, reject) => {
      const script = document.createElement("script");
      script.src = siteRoot() + path;
      script.onload = () => resolve();
      script.onerror = () => {
        loading.delete(path);
        reject(new Error(`${path} could not be loaded`));
      };
      document.head.append(script);
    });
    loading.set(path, promise);
  }
  return promise;
}

/** The list of tables; loaded on the first call. */
export async function loadCatalog(): Promise<Catalog> {
  if (!window.neuralake?.catalog) await loadScript("data/catalog.js");
  const catalog = window.neuralake?.catalog;
  if (catalog?.format !== 1) throw new Error("data/catalog.js is of another version of the site");
  return catalog;
}

/** The columns whose name has a word that begins with `key`. */
export async function loadColumns(key: string): Promise<ColumnShard> {
  if (!window.neuralake?.columns?.[key]) await loadScript(`data/columns-${key}.js`);
  return window.neuralake?.columns?.[key] ?? [];
}
