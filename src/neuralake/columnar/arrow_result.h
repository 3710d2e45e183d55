#pragma once

#include <string_view>
#include <utility>

#include <arrow/result.h>
#include <arrow/status.h>

#include "neuralake/base/error.h"

namespace neuralake::columnar {

/// The failure `status` as ours: `what: message`.
///
/// An error of ours that went through Arrow (see `ToArrowStatus`) comes back as it was. Otherwise
/// out of memory is kResourceExhausted, not implemented kUnsupported, cancelled kCancelled and all
/// else `otherwise`.
Error FromArrowStatus(const arrow::Status& status, std::string_view what, ErrorKind otherwise);

/// Carry `error` through code of Arrow that knows only its own status.
arrow::Status ToArrowStatus(const Error& error);

/// The value of an Arrow result, or its failure as ours.
/// \param otherwise  the kind when the status has no better one: kCorruption when reading stored
///                   bytes, kInternal when writing our own
template <class T>
Result<T> Unwrap(arrow::Result<T> result, std::string_view what,
                 ErrorKind otherwise = ErrorKind::kInternal) {
  if (!result.ok()) return std::unexpected(FromArrowStatus(result.status(), what, otherwise));
  return std::move(result).ValueUnsafe();
}

/// The same for a bare status.
inline Status Unwrap(const arrow::Status& status, std::string_view what,
                     ErrorKind otherwise = ErrorKind::kInternal) {
  if (!status.ok()) return std::unexpected(FromArrowStatus(status, what, otherwise));
  return {};
}

}  // namespace neuralake::columnar
