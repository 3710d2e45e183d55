#include <unordered_set>
#include <vector>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "neuralake/columnar/json_text.h"
#include "neuralake/serve/format/cells.h"
#include "neuralake/serve/format/encoders_internal.h"
#include "neuralake/serve/format/type_name.h"
#include "neuralake/serve/format/value_text.h"

namespace neuralake::serve {
namespace {

/// The columns' names, made distinct: in an object a second `id` would hide the first.
std::vector<std::string> DistinctNames(const columnar::Schema& columns) {
  std::unordered_set<std::string> taken;
  for (const auto& field : columns.fields) taken.insert(field.name);
  std::unordered_set<std::string> used;
  std::vector<std::string> names;
  for (const auto& field : columns.fields) {
    std::string name = field.name;
    for (int i = 2; used.contains(name) || (i > 2 && taken.contains(name)); ++i) {
      name = fmt::format("{}_{}", field.name, i);
    }
    used.insert(name);
    names.push_back(std::move(name));
  }
  return names;
}

/// Rows as JSON objects, with each `"name":` made once.
class ObjectRows {
 public:
  void Begin(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      std::string key(keys_.empty() ? "{" : ",");
      columnar::AppendJsonString(name, key);
      keys_.push_back(key + ":");
    }
  }

  /// Append each row of `batch`, `separator` before it unless it is the first of all.
  Status Add(const arrow::RecordBatch& batch, std::string_view separator, std::string& out) {
    const auto cells = TRY(MakeCells(batch, Notation::kJson));
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      if (!first_) out += separator;
      first_ = false;
      if (keys_.empty()) out.push_back('{');
      for (std::size_t i = 0; i < cells.size(); ++i) {
        out += keys_[i];
        cells[i]->Append(row, out);
      }
      out.push_back('}');
    }
    return {};
  }

 private:
  std::vector<std::string> keys_;
  bool first_ = true;
};

class JsonEncoder final : public Encoder {
 public:
  Status Begin(const AnswerHead& head, std::string& out) override {
    query_id_ = head.query_id;
    const auto names = DistinctNames(head.columns);
    out += R"({"columns":[)";
    for (std::size_t i = 0; i < names.size(); ++i) {
      out += i == 0 ? R"({"name":)" : R"(,{"name":)";
      columnar::AppendJsonString(names[i], out);
      out += R"(,"type":)";
      columnar::AppendJsonString(SqlTypeName(head.columns.fields[i].type), out);
      out.push_back('}');
    }
    out += R"(],"rows":[)";
    rows_.Begin(names);
    return {};
  }

  Status Add(const arrow::RecordBatch& batch, std::string& out) override {
    return rows_.Add(batch, ",", out);
  }

  Status End(const AnswerTail& tail, std::string& out) override {
    out += R"(],"truncated":)";
    out += tail.truncated ? "true" : "false";
    out += R"(,"next":)";
    if (tail.next) {
      columnar::AppendJsonString(*tail.next, out);
    } else {
      out += "null";
    }
    if (tail.rows_changed) {
      out += R"(,"rows_changed":)";
      AppendInteger(*tail.rows_changed, out);
    }
    AppendQueryId(out);
    out += R"(,"versions":)" + VersionsJson(tail.versions) + "}";
    return {};
  }

  bool Fail(const Error& error, std::string_view request_id, std::string& out) override {
    out += ']';
    AppendQueryId(out);
    out += R"(,"error":)" + ErrorJson(error, request_id) + "}";
    return true;
  }

 private:
  void AppendQueryId(std::string& out) const {
    out += R"(,"query_id":)";
    columnar::AppendJsonString(query_id_, out);
  }

  std::string query_id_;
  ObjectRows rows_;
};

class NdjsonEncoder final : public Encoder {
 public:
  Status Begin(const AnswerHead& head, std::string&) override {
    rows_.Begin(DistinctNames(head.columns));
    return {};
  }

  Status Add(const arrow::RecordBatch& batch, std::string& out) override {
    TRY(rows_.Add(batch, "\n", out));
    any_ = any_ || batch.num_rows() > 0;
    return {};
  }

  Status End(const AnswerTail&, std::string& out) override {
    if (any_) out.push_back('\n');
    return {};
  }

  // A last line tells people why; that the transfer breaks off tells programs.
  bool Fail(const Error& error, std::string_view request_id, std::string& out) override {
    if (any_) out.push_back('\n');
    out += R"({"error":)" + ErrorJson(error, request_id) + "}\n";
    return false;
  }

 private:
  ObjectRows rows_;
  bool any_ = false;
};

}  // namespace

std::unique_ptr<Encoder> MakeJsonEncoder() { return std::make_unique<JsonEncoder>(); }
std::unique_ptr<Encoder> MakeNdjsonEncoder() { return std::make_unique<NdjsonEncoder>(); }

}  // namespace neuralake::serve
