#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "bindings.h"
#include "raise.h"
#include "table_append.h"
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>

#include "neuralake/delta/table.h"
#include "neuralake/maintain/vacuum.h"
#include "neuralake/observe/log.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::python {
namespace {

namespace nb = nanobind;

nb::object OrNone(const std::optional<std::int64_t>& number) {
  return number ? nb::object(nb::int_(*number)) : nb::object(nb::none());
}

nb::object Text(const std::string& text) { return nb::str(text.data(), text.size()); }

nb::object OrNone(const std::optional<std::string>& text) {
  return text ? Text(*text) : nb::object(nb::none());
}

template <class Map>
nb::dict Dictionary(const Map& map) {
  nb::dict dictionary;
  for (const auto& [key, value] : map) dictionary[Text(key)] = Text(value);
  return dictionary;
}

/// `(name, type, nullable)` of each column.
nb::list Columns(const columnar::Schema& schema) {
  nb::list columns;
  for (const auto& field : schema.fields) {
    columns.append(
        nb::make_tuple(Text(field.name), Text(columnar::FormatType(field.type)), field.nullable));
  }
  return columns;
}

nb::dict Describe(const delta::Snapshot& snapshot) {
  const auto& metadata = snapshot.metadata();
  nb::list partitions;
  for (const auto& column : metadata.partition_columns) partitions.append(Text(column));
  nb::dict answer;
  answer["version"] = snapshot.version();
  answer["timestamp_ms"] = snapshot.timestamp().time_since_epoch().count();
  answer["id"] = Text(metadata.id);
  answer["name"] = OrNone(metadata.name);
  answer["description"] = OrNone(metadata.description);
  answer["columns"] = Columns(metadata.schema);
  answer["partition_columns"] = partitions;
  answer["properties"] = Dictionary(metadata.configuration);
  answer["min_reader_version"] = snapshot.protocol().min_reader_version;
  answer["min_writer_version"] = snapshot.protocol().min_writer_version;
  answer["num_files"] = snapshot.files().count();
  answer["size_bytes"] = snapshot.size_bytes();
  answer["num_records"] = OrNone(snapshot.num_records());
  return answer;
}

nb::dict Describe(const delta::HistoryEntry& entry) {
  nb::dict answer;
  answer["version"] = entry.version;
  answer["timestamp_ms"] = entry.timestamp.time_since_epoch().count();
  answer["operation"] = Text(entry.info.operation);
  answer["parameters"] = Dictionary(entry.info.operation_parameters);
  answer["metrics"] = Dictionary(entry.info.operation_metrics);
  answer["engine"] = OrNone(entry.info.engine_info);
  return answer;
}

/// A Delta table by its location. Keeps its newest snapshot between calls.
class TableHandle {
 public:
  explicit TableHandle(const std::string& uri) {
    table_ = Unlocked([&] { return delta::Table::OpenAt(uri, {.log = &log_}); });
  }

  ~TableHandle() {
    // Ending a table waits for the checkpoint that it is writing.
    const nb::gil_scoped_release release;
    table_.reset();
  }
  TableHandle(const TableHandle&) = delete;
  TableHandle& operator=(const TableHandle&) = delete;

  nb::dict Snapshot(std::optional<std::int64_t> version, std::optional<std::int64_t> time_ms) {
    const auto snapshot = Unlocked([&] {
      if (version) return table_->AtVersion(*version, Deadline::Never());
      if (time_ms) {
        return table_->AtTime(WallTime(std::chrono::milliseconds(*time_ms)), Deadline::Never());
      }
      return table_->Latest(Deadline::Never());
    });
    return Describe(*snapshot);
  }

  nb::list History(std::size_t limit) {
    const auto entries = Unlocked([&] { return table_->History(limit, Deadline::Never()); });
    nb::list list;
    for (const auto& entry : entries) list.append(Describe(entry));
    return list;
  }

  nb::dict Append(const nb::object& rows, const std::string& mode, const std::string& schema_mode,
                  const std::optional<nb::dict>& create) {
    const auto written = AppendRows(table_, rows, mode, schema_mode, create);
    nb::dict answer;
    answer["version"] = written.version;
    answer["rows"] = written.rows;
    answer["files"] = written.files;
    return answer;
  }

  /// What was deleted, or would be: `(key, bytes)` each, data files before those of the log.
  nb::list Vacuum(std::optional<double> retention_hours, bool dry_run, bool full) {
    const auto report = Unlocked([&] {
      maintain::VacuumOptions options;
      options.plan_only = dry_run;
      if (full) options.mode = maintain::VacuumMode::kFull;
      if (retention_hours) {
        options.exact_retention = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::duration<double, std::ratio<3600>>(*retention_hours));
      }
      return maintain::Vacuum(*table_, options, Deadline::Never());
    });
    nb::list files;
    for (const auto* doomed : {&report.files, &report.log_files}) {
      for (const auto& file : *doomed) files.append(nb::make_tuple(Text(file.key), file.bytes));
    }
    return files;
  }

  std::int64_t Checkpoint() {
    return Unlocked([&]() -> Result<std::int64_t> {
      const auto snapshot = TRY(table_->Latest(Deadline::Never()));
      TRY(table_->Checkpoint(*snapshot, Deadline::Never()));
      return snapshot->version();
    });
  }

 private:
  observe::Log log_;  // outlives the table
  std::shared_ptr<delta::Table> table_;
};

}  // namespace

void BindTable(nb::module_& module) {
  nb::class_<TableHandle>(module, "Table")
      .def(nb::init<const std::string&>(), nb::arg("uri"))
      .def("snapshot", &TableHandle::Snapshot, nb::arg("version") = nb::none(),
           nb::arg("time_ms") = nb::none())
      .def("history", &TableHandle::History, nb::arg("limit"))
      .def("append", &TableHandle::Append, nb::arg("rows"), nb::arg("mode"), nb::arg("schema_mode"),
           nb::arg("create") = nb::none())
      .def("checkpoint", &TableHandle::Checkpoint)
      .def("vacuum", &TableHandle::Vacuum, nb::arg("retention_hours"), nb::arg("dry_run"),
           nb::arg("full"));
}

}  // namespace neuralake::python
