#include <arrow/record_batch.h>

#include "neuralake/serve/format/cells.h"
#include "neuralake/serve/format/encoders_internal.h"

namespace neuralake::serve {
namespace {

/// Append `text` as a field: quoted when it holds a separator, or is empty, which without quotes
/// means null.
void AppendField(std::string_view text, std::string& out) {
  if (!text.empty() && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out.push_back('"');
  for (const char c : text) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  out.push_back('"');
}

/// \source RFC 4180
class CsvEncoder final : public Encoder {
 public:
  Status Begin(const AnswerHead& head, std::string& out) override {
    bool first = true;
    for (const auto& field : head.columns.fields) {
      if (!first) out.push_back(',');
      first = false;
      AppendField(field.name, out);
    }
    if (!first) out += "\r\n";
    return {};
  }

  Status Add(const arrow::RecordBatch& batch, std::string& out) override {
    const auto cells = TRY(MakeCells(batch, Notation::kText));
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) out.push_back(',');
        if (cells[i]->IsNull(row)) continue;
        field_.clear();
        cells[i]->Append(row, field_);
        AppendField(field_, out);
      }
      out += "\r\n";
    }
    return {};
  }

  Status End(const AnswerTail&, std::string&) override { return {}; }
  bool Fail(const Error&, std::string_view, std::string&) override { return false; }

 private:
  std::string field_;
};

}  // namespace

std::unique_ptr<Encoder> MakeCsvEncoder() { return std::make_unique<CsvEncoder>(); }

}  // namespace neuralake::serve
