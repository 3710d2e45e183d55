#pragma once

#include <string>

#include "neuralake/base/clock.h"
#include "neuralake/observe/metrics.h"
#include "neuralake/serve/http/api.h"

namespace neuralake::app {

/// The way of pushed rows to the ingest process that listens on `socket`, and of its metrics back.
///
/// A push is answered when its rows are durable there:
/// `{"accepted", "rejected", "replayed", "acknowledged", "lsn"}`, with `"reasons": [{"row",
/// "reason"}]` of the first rows that do not fit. While the process is away the answer is 503 with
/// Retry-After, and nothing was taken in.
serve::IngestParts ForwardPushes(const std::string& socket, observe::Metrics& metrics,
                                 Clock& clock);

}  // namespace neuralake::app
