// The shape of the data that the exporter (`src/neuralake/site/search_data.cc`) hands to the pages.
// Declared here once: the types below are derived from it, and a test checks what the exporter
// writes against it.
import type { FromSchema } from "json-schema-to-ts";

export const catalogSchema = {
  type: "object",
  additionalProperties: false,
  required: ["format", "name", "databases", "tables", "shards"],
  properties: {
    format: { const: 1 },
    name: { type: "string" },
    databases: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["name", "page"],
        properties: { name: { type: "string" }, page: { type: "string" } },
      },
    },
    tables: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["database", "name", "page", "kind"],
        properties: {
          database: { type: "integer", minimum: 0, description: "Position in `databases`." },
          name: { type: "string" },
          page: { type: "string", description: "From the site's root." },
          kind: { enum: ["delta", "parquet", "csv", "function"] },
          summary: { type: "string" },
          owner: { type: "string" },
          tags: { type: "array", items: { type: "string" } },
          rows: { type: "integer", minimum: 0 },
          bytes: { type: "integer", minimum: 0 },
          updated: { type: "integer", description: "Milliseconds since 1970 UTC." },
          deprecated: { const: true },
          unreadable: { const: true },
          unwritten: { const: true, description: "A declared Delta table without a commit." },
        },
      },
    },
    shards: {
      type: "array",
      items: { type: "string" },
      description: "The keys of the column shards that exist.",
    },
  },
} as const;

export const columnShardSchema = {
  type: "array",
  items: {
    type: "object",
    additionalProperties: false,
    required: ["name", "anchor", "tables"],
    properties: {
      name: { type: "string" },
      anchor: { type: "string", description: "What stands behind # in a link to it." },
      tables: {
        type: "array",
        minItems: 1,
        items: { type: "integer", minimum: 0 },
        description: "Positions in the catalog's `tables`.",
      },
    },
  },
} as const;

export type Catalog = FromSchema<typeof catalogSchema>;
export type Table = Catalog["tables"][number];
export type Kind = Table["kind"];
export type ColumnShard = FromSchema<typeof columnShardSchema>;
export type Column = ColumnShard[number];
