#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "neuralake/base/error.h"
#include "neuralake/engine/executor.h"
#include "neuralake/serve/format/negotiate.h"
#include "neuralake/serve/http/message.h"

namespace neuralake::serve {

/// What `POST /api/v1/sql` asks.
struct SqlAsk {
  engine::Statement statement;
  std::optional<std::uint64_t> limit;  ///< 1 or more; nothing: the server's default.
  std::optional<std::chrono::milliseconds> timeout;
  Format format = Format::kJson;
};

/// Reads the body of `POST /api/v1/sql`: a JSON object, or the statement itself, for which
/// `limit`, `timeout_ms` and `format` can stand in the target.
///
/// \threads one thread at a time; keeps its parser's memory between calls
class SqlRequestReader {
 public:
  SqlRequestReader();
  ~SqlRequestReader();

  /// \errors kInvalid  not JSON, a member that is not known or has the wrong type, no statement
  Result<SqlAsk> Read(const HttpRequest& request, const Target& target);

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

/// The format of an answer: an explicit name wins over `Accept`.
/// \errors kInvalid  no such name, or `Accept` takes none of ours
Result<Format> ChooseFormat(const std::string* name, std::string_view accept);

/// A whole number from 1 to `most`.
/// \errors kInvalid  names the parameter
Result<std::uint64_t> ParseCount(std::string_view name, std::string_view text, std::uint64_t most);

}  // namespace neuralake::serve
