#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "neuralake/base/error.h"

namespace neuralake::serve {

// What a client sends, each message as a value. Views borrow from the message's bytes.

struct PgSslRequest {};
struct PgGssRequest {};
struct PgCancelRequest {
  std::int32_t process = 0;
  std::string_view key;
};
struct PgStartup {
  int minor = 0;  ///< Of protocol 3.
  std::map<std::string, std::string> parameters;
  std::vector<std::string> unknown_options;  ///< `_pq_.…`, which nobody here understands.
};
using PgFirstMessage = std::variant<PgSslRequest, PgGssRequest, PgCancelRequest, PgStartup>;

/// Parse the first message of a connection, without its length.
/// \errors kInvalid, kUnsupported  another protocol
Result<PgFirstMessage> ParseFirstMessage(std::string_view body);

struct PgQuery {
  std::string_view sql;
};
struct PgParse {
  std::string_view name;
  std::string_view sql;
  std::vector<std::uint32_t> types;  ///< 0: to be inferred.
};
struct PgBind {
  std::string_view portal;
  std::string_view statement;
  std::vector<std::int16_t> parameter_formats;  ///< None, one for all, or one each.
  std::vector<std::optional<std::string_view>> parameters;
  std::vector<std::int16_t> result_formats;
};
struct PgDescribe {
  char what = 'S';  ///< `S` for a statement, `P` for a portal.
  std::string_view name;
};
struct PgExecute {
  std::string_view portal;
  std::int32_t rows_max = 0;  ///< 0: all.
};
struct PgClose {
  char what = 'S';
  std::string_view name;
};
struct PgSync {};
struct PgFlush {};
struct PgTerminate {};
/// Messages of COPY FROM that may still come after it failed.
struct PgIgnored {};

using PgMessage = std::variant<PgQuery, PgParse, PgBind, PgDescribe, PgExecute, PgClose, PgSync,
                               PgFlush, PgTerminate, PgIgnored>;

/// Parse a message of type `type`, without type and length.
/// \errors kInvalid  an unknown type, or a body that does not fit it
/// \source PostgreSQL manual, "Message Formats"
Result<PgMessage> ParseMessage(char type, std::string_view body);

/// The format of item `index` of a list that may be empty, have one item for all, or one each.
std::int16_t FormatAt(const std::vector<std::int16_t>& formats, std::size_t index);

}  // namespace neuralake::serve
