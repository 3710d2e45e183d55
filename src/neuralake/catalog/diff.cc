#include "neuralake/catalog/diff.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "neuralake/base/words.h"

namespace neuralake::catalog {
namespace {

using FieldTexts = std::map<std::string, std::string>;

std::string Joined(const std::vector<std::string>& texts) {
  return fmt::format("{}", fmt::join(texts, ", "));
}

FieldTexts FieldsOf(const Column& column) {
  return {{"type", column.type ? columnar::FormatType(*column.type) : ""},
          {"nullable", column.nullable ? "yes" : "no"},
          {"description", column.description},
          {"unit", column.unit},
          {"tags", Joined(column.tags)}};
}

std::string KindText(const TableModel& table) {
  switch (table.kind) {
    case TableKind::kDelta:
      return "delta";
    case TableKind::kParquet:
      return table.hive_partitioning ? "parquet, hive" : "parquet";
    case TableKind::kCsv:
      return fmt::format("csv, delimiter '{}', {} header, nulls '{}'", table.csv.delimiter,
                         table.csv.header ? "with" : "without",
                         fmt::join(table.csv.null_values, "', '"));
    case TableKind::kFunction:
      return fmt::format("function {}.{}", table.function.module, table.function.name);
  }
  return "";
}

FieldTexts FieldsOf(const TableModel& table) {
  FieldTexts fields = {
      {"kind", KindText(table)},          {"uri", table.uri},
      {"description", table.description}, {"owner", table.owner},
      {"tags", Joined(table.tags)},       {"deprecation", table.deprecation.value_or("")},
      {"key", Joined(table.key)},         {"partition_by", Joined(table.partition_by)}};
  std::vector<std::string> order;
  for (const Column& column : table.columns) order.push_back(column.name);
  fields["order of columns"] = Joined(order);
  for (const auto& [key, value] : table.properties) fields["properties." + key] = value;
  return fields;
}

FieldTexts FieldsOf(const DatabaseModel& database) {
  return {{"description", database.description}};
}

class Differ {
 public:
  std::vector<Change> changes;

  void Databases(const CatalogModel& before, const CatalogModel& after) {
    Pair(before.databases, after.databases, "",
         [this](const auto& old, const auto& now, const std::string& subject) {
           Fields(FieldsOf(old), FieldsOf(now), subject);
           Tables(old, now, subject);
         });
  }

 private:
  void Tables(const DatabaseModel& before, const DatabaseModel& after, const std::string& parent) {
    Pair(before.tables, after.tables, parent + ".",
         [this](const auto& old, const auto& now, const std::string& subject) {
           auto old_fields = FieldsOf(old);
           auto now_fields = FieldsOf(now);
           if (!SameNames(old.columns, now.columns)) {
             // The columns themselves tell it.
             old_fields.erase("order of columns");
             now_fields.erase("order of columns");
           }
           Fields(old_fields, now_fields, subject);
           Pair(old.columns, now.columns, subject + ".",
                [this](const auto& a, const auto& b, const std::string& column) {
                  Fields(FieldsOf(a), FieldsOf(b), column);
                });
         });
  }

  static bool SameNames(const std::vector<Column>& left, const std::vector<Column>& right) {
    const auto sorted = [](const std::vector<Column>& columns) {
      std::vector<std::string> names;
      for (const Column& column : columns) names.push_back(Folded(column.name));
      std::ranges::sort(names);
      return names;
    };
    return sorted(left) == sorted(right);
  }

  void Fields(const FieldTexts& before, const FieldTexts& after, const std::string& subject) {
    const auto text = [](const FieldTexts& fields, const std::string& name) {
      const auto found = fields.find(name);
      return found == fields.end() ? std::string() : found->second;
    };
    FieldTexts all = before;
    all.insert(after.begin(), after.end());
    for (const auto& entry : all) {
      const std::string old = text(before, entry.first);
      const std::string now = text(after, entry.first);
      if (old != now) changes.push_back({ChangeKind::kChanged, subject, entry.first, old, now});
    }
  }

  /// Match items by name; tell those of one side, hand those of both to `both`.
  template <class T, class Both>
  void Pair(const std::vector<T>& before, const std::vector<T>& after, const std::string& parent,
            Both both) {
    std::map<std::string, std::pair<const T*, const T*>> pairs;
    for (const T& item : before) pairs[Folded(item.name)].first = &item;
    for (const T& item : after) pairs[Folded(item.name)].second = &item;
    for (const auto& [name, pair] : pairs) {
      const auto [old, now] = pair;
      if (old == nullptr) {
        changes.push_back({ChangeKind::kAdded, parent + now->name, "", "", ""});
      } else if (now == nullptr) {
        changes.push_back({ChangeKind::kRemoved, parent + old->name, "", "", ""});
      } else {
        both(*old, *now, parent + now->name);
      }
    }
  }
};

}  // namespace

std::vector<Change> Diff(const CatalogModel& before, const CatalogModel& after) {
  Differ differ;
  differ.Databases(before, after);
  return std::move(differ.changes);
}

std::string FormatChange(const Change& change) {
  switch (change.kind) {
    case ChangeKind::kAdded:
      return "+ " + change.subject;
    case ChangeKind::kRemoved:
      return "- " + change.subject;
    case ChangeKind::kChanged:
      break;
  }
  const auto shown = [](const std::string& text) { return text.empty() ? "(nothing)" : text; };
  return fmt::format("~ {}: {} {} -> {}", change.subject, change.field, shown(change.before),
                     shown(change.after));
}

std::string Drift(const TableModel& definition, const columnar::Schema& table) {
  std::string drift;
  for (const Column& column : definition.columns) {
    const columnar::Field* field = table.Find(column.name);
    std::string one;
    if (field == nullptr) {
      one = fmt::format("column {} is declared and not there", column.name);
    } else if (column.type &&
               columnar::FormatType(*column.type) != columnar::FormatType(field->type)) {
      one = fmt::format("column {} is declared {} and is {}", column.name,
                        columnar::FormatType(*column.type), columnar::FormatType(field->type));
    }
    if (!one.empty()) drift += (drift.empty() ? "" : "; ") + one;
  }
  return drift;
}

}  // namespace neuralake::catalog
