#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "neuralake/base/words.h"
#include "neuralake/catalog/limits.h"
#include "neuralake/catalog/locations.h"
#include "neuralake/catalog/names.h"
#include "neuralake/catalog/properties.h"
#include "neuralake/catalog/reading.h"
#include "neuralake/columnar/mapped_names.h"

namespace neuralake::catalog {
namespace {

bool HasVariant(const columnar::DataType& type) {
  return type.id == columnar::TypeId::kVariant ||
         std::ranges::any_of(type.children, HasVariant, [](const auto& f) { return f.type; });
}

/// Checks one table and says what it finds under the table's name.
class TableChecks {
 public:
  TableChecks(const DatabaseModel& database, const TableModel& table,
              std::vector<Problem>& problems)
      : table_(table), subject_(database.name + "." + table.name), problems_(problems) {}

  void Run() {
    if (const auto problem = TableNameProblem(table_.name)) Report(*problem);
    CheckColumns();
    CheckColumnList("key", table_.key);
    CheckPartitions();
    CheckTags(table_.tags, table_.place, subject_);
    if (table_.kind == TableKind::kFunction) {
      CheckFunction();
      return;
    }
    if (const auto problem = LocationProblem(table_.uri)) Report(*problem);
    if (table_.kind == TableKind::kCsv) CheckCsv();
    CheckProperties();
    if (table_.kind == TableKind::kDelta) CheckCanBeMade();
  }

 private:
  void Report(std::string message, Severity severity = Severity::kError) {
    problems_.push_back({table_.place, subject_, std::move(message), severity});
  }

  void CheckColumns() {
    std::map<std::string, const Column*> seen;
    for (const Column& column : table_.columns) {
      const std::string subject = subject_ + "." + column.name;
      if (auto problem = ColumnNameProblem(column.name)) {
        problems_.push_back({column.place, subject, *std::move(problem)});
      }
      const auto [first, fresh] = seen.emplace(Folded(column.name), &column);
      if (!fresh) {
        problems_.push_back({column.place, subject,
                             fmt::format("column {} is there already, at line {}; names differ in "
                                         "more than case",
                                         first->second->name, first->second->place.line)});
      }
      CheckTags(column.tags, column.place, subject);
    }
  }

  void CheckTags(const std::vector<std::string>& tags, const SourcePlace& place,
                 const std::string& subject) {
    std::set<std::string_view> seen;
    for (const auto& tag : tags) {
      if (tag.empty()) problems_.push_back({place, subject, "a tag is empty"});
      if (!seen.insert(tag).second) {
        problems_.push_back(
            {place, subject, fmt::format("tag '{}' comes twice", tag), Severity::kWarning});
      }
    }
  }

  /// Names in `list` must be declared columns (when there are any) and come once.
  void CheckColumnList(std::string_view what, const std::vector<std::string>& list) {
    std::set<std::string> seen;
    for (const auto& name : list) {
      if (!seen.insert(Folded(name)).second) {
        Report(fmt::format("{} names column {} twice", what, name));
      }
      if (table_.columns.empty() || table_.Find(name) != nullptr) continue;
      std::vector<std::string_view> names;
      for (const Column& column : table_.columns) names.push_back(column.name);
      const auto nearest = Nearest(name, names);
      Report(fmt::format("{} names column {}, which is not among the columns{}", what, name,
                         nearest ? fmt::format("; did you mean {}?", *nearest)
                                 : fmt::format(": {}", fmt::join(names, ", "))));
    }
  }

  void CheckPartitions() {
    const auto& list = table_.partition_by;
    CheckColumnList("partition_by", list);
    if (list.empty()) return;
    if (table_.kind == TableKind::kCsv || table_.kind == TableKind::kFunction) {
      Report("partition_by is for Delta and Parquet tables only");
    }
    if (table_.kind == TableKind::kParquet && !table_.hive_partitioning) {
      Report("partition_by needs hive=True: it names the columns of folders such as month=1");
    }
    if (!table_.columns.empty() && list.size() >= table_.columns.size()) {
      Report("partition_by names every column; at least one must be left for the files");
    }
    for (const auto& name : list) {
      const Column* column = table_.Find(name);
      if (column != nullptr && column->type && column->type->is_nested()) {
        Report(
            fmt::format("partition_by names column {} of type {}; a nested value cannot cut a "
                        "table",
                        name, columnar::FormatType(*column->type)));
      }
    }
  }

  void CheckFunction() {
    if (!table_.properties.empty()) Report("properties are for Delta tables only");
  }

  /// What is fine as the documentation of a table that another engine made, and would keep the
  /// table from being made here.
  void CheckCanBeMade() {
    const auto mode = table_.properties.find("delta.columnMapping.mode");
    const bool maps = mode != table_.properties.end() && Folded(mode->second) != "none";
    for (const Column& column : table_.columns) {
      if (!maps && columnar::NeedsColumnMapping(column.name)) {
        Report(fmt::format("column '{}' has a character that Delta allows only with the property "
                           "delta.columnMapping.mode = name; without it the table cannot be made",
                           column.name),
               Severity::kWarning);
      }
      if (column.type && HasVariant(*column.type)) {
        Report(fmt::format("column {} is a variant, which can be read but not written; the table "
                           "cannot be made here",
                           column.name),
               Severity::kWarning);
      }
    }
  }

  void CheckCsv() {
    const auto& delimiter = table_.csv.delimiter;
    if (delimiter.size() != 1 || delimiter == "\"" || delimiter == "\n" || delimiter == "\r") {
      Report(
          fmt::format("delimiter must be one ASCII character other than a quote or a line end, "
                      "not '{}'",
                      delimiter));
    }
  }

  void CheckProperties() {
    if (table_.kind != TableKind::kDelta) {
      if (!table_.properties.empty()) Report("properties are for Delta tables only");
      return;
    }
    for (const auto& [key, value] : table_.properties) {
      if (auto note = PropertyNote(key)) {
        Report(std::move(note->message), note->severity);
      } else if (auto problem = PropertyValueProblem(key, value)) {
        Report(*std::move(problem));
      }
    }
  }

  const TableModel& table_;
  std::string subject_;
  std::vector<Problem>& problems_;
};

/// Checks that each Delta table has a folder of its own: what one keeps tidy must not be another's.
class LocationChecks {
 public:
  LocationChecks(const CatalogModel& model, std::vector<Problem>& problems) : problems_(problems) {
    for (const DatabaseModel& database : model.databases) {
      for (const TableModel& table : database.tables) {
        if (table.kind != TableKind::kDelta) continue;
        tables_.push_back({database.name + "." + table.name, PortableLocation(table.uri), &table});
      }
    }
  }

  void Run() {
    for (const Located& table : tables_) {
      const auto [first, fresh] = first_at_.emplace(table.location, &table);
      if (!fresh) CheckAlike(*first->second, table);
    }
    for (const Located& table : tables_) {
      CheckNotInside(table);
      CheckDeadLetters(table);
    }
  }

 private:
  struct Located {
    std::string name;
    std::string location;
    const TableModel* model;

    std::string Described() const {
      return fmt::format("{} ({}:{})", name, model->place.file, model->place.line);
    }
  };

  const Located* At(std::string_view location) const {
    const auto found = first_at_.find(location);
    return found == first_at_.end() ? nullptr : found->second;
  }

  void CheckNotInside(const Located& table) {
    const std::string_view location = table.location;
    for (auto end = location.rfind('/'); end != location.npos && end > 0;
         end = location.rfind('/', end - 1)) {
      const Located* outer = At(location.substr(0, end));
      if (outer == nullptr) continue;
      Report(table, fmt::format("lies inside the folder of {}; give each table one of its own",
                                outer->Described()));
      return;
    }
  }

  void CheckDeadLetters(const Located& table) {
    std::string_view location = table.location;
    if (!location.ends_with(kDeadLettersSuffix) || table.model->columns.empty()) return;
    location.remove_suffix(kDeadLettersSuffix.size());
    const Located* owner = At(location);
    if (owner == nullptr) return;
    Report(table, fmt::format("is where the dead letters of {} go; leave the columns out, which "
                              "are those of dead letters",
                              owner->Described()));
  }

  /// Two names for one table are fine as long as they do not say different things of it.
  void CheckAlike(const Located& first, const Located& second) {
    const auto& a = first.model->columns;
    const auto& b = second.model->columns;
    const bool alike = std::ranges::equal(a, b, [](const Column& left, const Column& right) {
      return left.name == right.name && left.type == right.type;
    });
    if (alike || a.empty() || b.empty()) return;
    Report(second, fmt::format("lies where {} does, with other columns", first.Described()));
  }

  void Report(const Located& table, std::string message) {
    problems_.push_back({table.model->place, table.name, std::move(message), Severity::kError});
  }

  std::vector<Located> tables_;
  std::map<std::string, const Located*, std::less<>> first_at_;  // by location
  std::vector<Problem>& problems_;
};

}  // namespace

void CheckModel(const CatalogModel& model, std::vector<Problem>& problems) {
  const DatabaseModel* previous = nullptr;
  for (const DatabaseModel& database : model.databases) {
    if (auto problem = DatabaseNameProblem(database.name)) {
      problems.push_back({database.place, database.name, *std::move(problem)});
    }
    if (previous != nullptr && Folded(previous->name) == Folded(database.name)) {
      problems.push_back(
          {database.place, database.name,
           fmt::format("database {} is there already; names differ in more than case",
                       previous->name)});
    }
    previous = &database;
    const TableModel* before = nullptr;
    for (const TableModel& table : database.tables) {
      if (before != nullptr && Folded(before->name) == Folded(table.name)) {
        problems.push_back({table.place, database.name + "." + table.name,
                            fmt::format("table {} is there already, at {}:{}; names differ in more "
                                        "than case",
                                        before->name, before->place.file, before->place.line)});
      }
      before = &table;
      TableChecks(database, table, problems).Run();
    }
  }
  LocationChecks(model, problems).Run();
}

}  // namespace neuralake::catalog
