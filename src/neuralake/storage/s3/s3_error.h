#pragma once

#include <string>
#include <string_view>

#include "neuralake/base/error.h"
#include "neuralake/storage/http/http_client.h"
#include "neuralake/storage/http/http_message.h"

namespace neuralake::storage {

/// What an answer that is no success means for the one who asked.
struct Verdict {
  Error error = {};
  bool is_passing = false;         ///< Asking again later may help.
  bool had_no_effect = true;       ///< The server says that it did not act.
  bool needs_credentials = false;  ///< Fresh credentials may help.
  std::string retry_after = {};    ///< The header of that name.
};

/// Judge an answer whose status is no success, or whose body is an `Error` in spite of it.
///
/// 412 is kAlreadyExists: a conditional create found the key taken. 409 on such a create
/// (`ConditionalRequestConflict`, `OperationAborted`) means that another is under way; nothing
/// happened and asking again is right. A 5xx that is not plainly a refusal leaves open whether the
/// request was carried out.
/// \param what  the request, for the message: `PUT s3://bucket/key`
/// \source S3 API, "Error responses"; "Conditional requests"
Verdict Judge(const HttpAnswer& answer, std::string_view what);

/// Judge that there is no answer.
Verdict Judge(HttpFailure failure);

}  // namespace neuralake::storage
