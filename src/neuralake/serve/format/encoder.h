#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"
#include "neuralake/serve/format/negotiate.h"

namespace arrow {
class RecordBatch;
class Schema;
}  // namespace arrow

namespace neuralake::serve {

/// What is known before the first row.
struct AnswerHead {
  columnar::Schema columns;
  std::shared_ptr<arrow::Schema> arrow_schema;
  std::string query_id;
};

/// What is known after the last row.
struct AnswerTail {
  bool truncated = false;
  std::optional<std::string> next;  ///< A cursor for the rows after these.
  std::map<std::string, std::int64_t> versions;
  std::optional<std::int64_t> rows_changed;  ///< Of a statement that changes a table.
};

/// Writes an answer in one format, part by part, so that it can leave before it is whole.
///
/// `Begin`, any number of `Add`, then `End`, or `Fail` when the statement failed in the middle.
/// \threads one thread at a time
class Encoder {
 public:
  virtual ~Encoder() = default;

  virtual Status Begin(const AnswerHead& head, std::string& out) = 0;
  virtual Status Add(const arrow::RecordBatch& batch, std::string& out) = 0;
  virtual Status End(const AnswerTail& tail, std::string& out) = 0;

  /// End an answer that cannot be completed.
  /// \returns whether the body now says so by itself; if not, the transfer must be broken off
  virtual bool Fail(const Error& error, std::string_view request_id, std::string& out) = 0;
};

std::unique_ptr<Encoder> MakeEncoder(Format format);

/// `{"kind": …, "message": …, "detail": …, "position": …, "request_id": …}`.
std::string ErrorJson(const Error& error, std::string_view request_id,
                      std::string_view detail = "");

/// `{"aviation.flights": 7}`.
std::string VersionsJson(const std::map<std::string, std::int64_t>& versions);

}  // namespace neuralake::serve
