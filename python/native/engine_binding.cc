#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "arrow_capsule.h"
#include "bindings.h"
#include "function_caller.h"
#include "interruptible.h"
#include "raise.h"
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include "neuralake/catalog/model.h"
#include "neuralake/columnar/value.h"
#include "neuralake/engine/engine.h"
#include "neuralake/engine/scan_counts.h"

namespace neuralake::python {
namespace {

namespace nb = nanobind;

/// A parameter as the Python side writes it: the name (empty by position), the type, the text
/// (nothing for null).
using Parameter = std::tuple<std::string, std::string, std::optional<nb::bytes>>;

Result<columnar::Value> ToValue(const std::string& type_text, std::string_view bytes) {
  const auto type = TRY(columnar::ParseType(type_text));
  if (type.id == columnar::TypeId::kString || type.id == columnar::TypeId::kBinary) {
    return columnar::Value{type, std::string(bytes)};
  }
  return columnar::ParsePartitionValue(bytes, type);
}

/// One batch of rows, taken by `__arrow_c_array__`.
class Batch {
 public:
  explicit Batch(std::shared_ptr<arrow::RecordBatch> batch) : batch_(std::move(batch)) {}

  nb::object Capsules(const nb::object&) const { return BatchCapsules(*batch_); }

 private:
  std::shared_ptr<arrow::RecordBatch> batch_;
};

/// The schema of an answer, taken by `__arrow_c_schema__`.
class AnswerSchema {
 public:
  explicit AnswerSchema(std::shared_ptr<arrow::Schema> schema) : schema_(std::move(schema)) {}

  nb::object Capsule() const { return SchemaCapsule(*schema_); }

 private:
  std::shared_ptr<arrow::Schema> schema_;
};

/// A running statement.
class Answer {
 public:
  Answer(std::shared_ptr<engine::Engine> engine, std::stop_source stop,
         std::unique_ptr<engine::RowStream> stream)
      : engine_(std::move(engine)), stop_(std::move(stop)), stream_(std::move(stream)) {}

  ~Answer() {
    // Ending a statement waits for its threads, which may need the lock for a function table.
    const nb::gil_scoped_release release;
    stream_.reset();
  }
  Answer(Answer&&) = default;
  Answer(const Answer&) = delete;
  Answer& operator=(const Answer&) = delete;
  Answer& operator=(Answer&&) = delete;

  AnswerSchema Schema() const { return AnswerSchema(stream_->arrow_schema()); }

  std::optional<Batch> Next() {
    auto batch = Interruptible(stop_, [this] { return stream_->Next(); });
    if (batch == nullptr) return std::nullopt;
    return Batch(std::move(batch));
  }

  void Cancel() { stream_->Cancel(); }

  nb::dict Metrics() const {
    const auto counts = engine::CountScans(*stream_);
    nb::dict versions;
    for (const auto& [table, version] : stream_->versions()) versions[table.c_str()] = version;
    nb::dict metrics;
    metrics["files_total"] = counts.files_total;
    metrics["files_read"] = counts.files_read;
    metrics["versions"] = versions;
    return metrics;
  }

 private:
  std::shared_ptr<engine::Engine> engine_;
  std::stop_source stop_;
  std::unique_ptr<engine::RowStream> stream_;
};

/// SQL over the tables of one manifest.
class Session {
 public:
  Session(const std::string& manifest, const std::string& project, bool writes) : writes_(writes) {
    engine_ = Unlocked([&]() -> Result<std::shared_ptr<engine::Engine>> {
      auto model = TRY(catalog::LoadManifest(manifest, project));
      engine::EngineOptions options;
      options.functions = std::make_shared<FunctionCaller>();
      std::shared_ptr<engine::Engine> opened = TRY(engine::Engine::Open(std::move(options)));
      opened->SetCatalog(std::move(model));
      return opened;
    });
  }

  ~Session() {
    const nb::gil_scoped_release release;
    engine_.reset();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Answer Query(const std::string& sql, const nb::list& parameters) {
    engine::Statement statement{sql, {}, {}};
    for (const nb::handle item : parameters) {
      const auto [name, type, text] = nb::cast<Parameter>(item);
      columnar::Value value;
      if (text) value = OrRaise(ToValue(type, {text->c_str(), text->size()}));
      if (name.empty()) {
        statement.positional.push_back(std::move(value));
      } else {
        statement.named[name] = std::move(value);
      }
    }
    std::stop_source stop;
    auto stream = Interruptible(stop, [&] {
      return engine_->Execute(statement, {.read = true, .write = writes_}, {},
                              Deadline::Never(stop.get_token()));
    });
    return {engine_, std::move(stop), std::move(stream)};
  }

 private:
  bool writes_;
  std::shared_ptr<engine::Engine> engine_;
};

}  // namespace

void BindEngine(nb::module_& module) {
  nb::class_<AnswerSchema>(module, "AnswerSchema")
      .def("__arrow_c_schema__", &AnswerSchema::Capsule);
  nb::class_<Batch>(module, "Batch")
      .def("__arrow_c_array__", &Batch::Capsules, nb::arg("requested_schema") = nb::none());
  nb::class_<Answer>(module, "Answer")
      .def("schema", &Answer::Schema)
      .def("next", &Answer::Next)
      .def("cancel", &Answer::Cancel)
      .def("metrics", &Answer::Metrics);
  nb::class_<Session>(module, "Session")
      .def(nb::init<const std::string&, const std::string&, bool>(), nb::arg("manifest"),
           nb::arg("project"), nb::arg("writes"))
      .def("query", &Session::Query, nb::arg("sql"), nb::arg("parameters"));
}

}  // namespace neuralake::python
