#pragma once

#include <optional>
#include <string_view>

#include "neuralake/base/error.h"
#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// Throw `error` through DuckDB, so that only its statement fails; `FromDuckError` gives it back.
/// Never an InternalException, which would end the whole instance.
[[noreturn]] void ThrowError(const Error& error);

/// Unwrap, or throw as `ThrowError` does: for callbacks that DuckDB calls.
template <class T>
T OrThrow(Result<T> result) {
  if (!result.has_value()) ThrowError(result.error());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

/// Throw again what a function said of its arguments, so that `IsOfFunction` knows it from what a
/// reader says of its bytes.
[[noreturn]] void ThrowOfFunction(const duckdb::ErrorData& error);
bool IsOfFunction(const duckdb::ErrorData& data);

/// Whether it was thrown by `ThrowError`.
bool IsOurs(const duckdb::ErrorData& data);

/// Ours for what DuckDB threw or answered.
///
/// \param sql  the statement that DuckDB saw; a place in it becomes a character offset, from 0
Error FromDuckError(const duckdb::ErrorData& data, std::string_view sql = {});

/// The byte offset in `sql`, the statement that DuckDB saw, at which the error lies.
std::optional<std::size_t> ErrorOffset(const duckdb::ErrorData& data, std::string_view sql);

/// Whether the error ended the instance: every later statement would fail.
bool EndsInstance(const duckdb::ErrorData& data);

}  // namespace neuralake::engine
