#pragma once

#include <cstdint>
#include <expected>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

namespace neuralake {

/// What the caller should do about a failure. Subsystems do not add kinds: a kind is an
/// instruction.
enum class ErrorKind : std::uint8_t {
  kInvalid,            ///< The request is wrong; change it.
  kNotFound,           ///< The named thing is not there.
  kAlreadyExists,      ///< The thing to create is there already.
  kConflict,           ///< Someone else was first; plan again on the new state.
  kUnknownOutcome,     ///< It may or may not have happened; look before retrying.
  kUnavailable,        ///< The other side is away; retry later.
  kDeadlineExceeded,   ///< Time ran out.
  kResourceExhausted,  ///< A named limit was reached: memory, disk, rows, connections.
  kUnauthenticated,    ///< Nobody knows who is asking.
  kPermissionDenied,   ///< It is known who asks, and they may not.
  kCorruption,         ///< Stored bytes break their format; an operator must look.
  kUnsupported,        ///< Valid, but not something this build can do.
  kCancelled,          ///< The caller asked to stop.
  kInternal,           ///< A bug on our side.
};

/// One row of the table that maps a kind to every surface.
struct ErrorKindRow {
  ErrorKind kind;
  std::string_view name;      ///< Lower snake case, as JSON answers carry it.
  int http_status;            ///< RFC 9110.
  std::string_view sqlstate;  ///< Five characters, PostgreSQL's classes where one fits.
  int grpc_code;              ///< google.rpc.Code.
  int exit_code;              ///< Of the command line: 1 failed, 2 usage, 3 conflict, 4 unknown.
};

/// The row of `kind`.
/// \threads any
const ErrorKindRow& Row(ErrorKind kind);

/// A failure as a value.
///
/// `message` is lower case, without a full stop, and names the thing and the number:
/// `version 41 conflicts: file part-7 removed at 40`. It never holds a secret.
struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string message;
  std::source_location where;
  /// Character offset in the statement that was refused, from 0; -1 when there is no statement.
  std::int64_t position = -1;
  /// PostgreSQL's code where it is finer than the kind's: `22P02`. Five characters, or empty.
  std::string sqlstate = {};
};

/// The five characters that PostgreSQL's clients are told: the error's own, that of a syntax error
/// for a refused place in a statement, or the kind's. A view of `error`.
/// \threads any
std::string_view SqlState(const Error& error);

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

/// Make the failure side of a `Result`; `return Fail(ErrorKind::kNotFound, "no table " + name);`.
[[nodiscard]] inline std::unexpected<Error> Fail(
    ErrorKind kind, std::string message,
    std::source_location where = std::source_location::current()) {
  return std::unexpected(Error{kind, std::move(message), where, -1});
}

/// The same failure with PostgreSQL's code for it, which is finer than its kind.
[[nodiscard]] std::unexpected<Error> Coded(std::unexpected<Error> failed,
                                           std::string_view sqlstate);

/// Put `context` before the message of `error`: `context: message`. Kind and place stay.
[[nodiscard]] std::unexpected<Error> Annotate(Error error, std::string_view context);

/// `kind_name: message`, for logs and tests.
std::string Describe(const Error& error);

}  // namespace neuralake

/// Unwrap a `Result` or return its error from the enclosing function. Also for `Status`. A `Result`
/// that is a variable is moved from.
#define TRY(expression) NL_TRY_AS(NL_TRY_NAME(__COUNTER__), expression)

// A name of its own for each use, so that one TRY can stand inside another.
#define NL_TRY_NAME(counter) NL_TRY_JOIN(try_result_, counter)
#define NL_TRY_JOIN(left, right) left##right
#define NL_TRY_AS(name, expression)                                         \
  __extension__({                                                           \
    auto&& name = (expression);                                             \
    if (!name.has_value()) return std::unexpected(std::move(name).error()); \
    *std::move(name);                                                       \
  })
