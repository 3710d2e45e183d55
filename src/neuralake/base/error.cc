#include "neuralake/base/error.h"

#include <array>
#include <cstddef>

namespace neuralake {
namespace {

using enum ErrorKind;

constexpr std::array kRows = {
    ErrorKindRow{kInvalid, "invalid", 400, "22023", 3, 1},
    ErrorKindRow{kNotFound, "not_found", 404, "42P01", 5, 1},
    ErrorKindRow{kAlreadyExists, "already_exists", 409, "42P07", 6, 1},
    ErrorKindRow{kConflict, "conflict", 409, "40001", 10, 3},
    ErrorKindRow{kUnknownOutcome, "unknown_outcome", 500, "08007", 2, 4},
    ErrorKindRow{kUnavailable, "unavailable", 503, "57P03", 14, 1},
    ErrorKindRow{kDeadlineExceeded, "deadline_exceeded", 504, "57014", 4, 1},
    ErrorKindRow{kResourceExhausted, "resource_exhausted", 429, "53000", 8, 1},
    ErrorKindRow{kUnauthenticated, "unauthenticated", 401, "28000", 16, 1},
    ErrorKindRow{kPermissionDenied, "permission_denied", 403, "42501", 7, 1},
    ErrorKindRow{kCorruption, "corruption", 500, "XX001", 15, 1},
    ErrorKindRow{kUnsupported, "unsupported", 501, "0A000", 12, 1},
    ErrorKindRow{kCancelled, "cancelled", 499, "57014", 1, 1},
    ErrorKindRow{kInternal, "internal", 500, "XX000", 13, 1},
};

}  // namespace

const ErrorKindRow& Row(ErrorKind kind) { return kRows[static_cast<std::size_t>(kind)]; }

std::string_view SqlState(const Error& error) {
  if (!error.sqlstate.empty()) return error.sqlstate;
  if (error.kind == ErrorKind::kInvalid && error.position >= 0) return "42601";
  return Row(error.kind).sqlstate;
}

std::unexpected<Error> Coded(std::unexpected<Error> failed, std::string_view sqlstate) {
  failed.error().sqlstate = sqlstate;
  return failed;
}

std::unexpected<Error> Annotate(Error error, std::string_view context) {
  error.message = std::string(context) + ": " + error.message;
  return std::unexpected(std::move(error));
}

std::string Describe(const Error& error) {
  return std::string(Row(error.kind).name) + ": " + error.message;
}

}  // namespace neuralake
