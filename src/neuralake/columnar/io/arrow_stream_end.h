#pragma once

#include <cstdint>

#include <arrow/io/type_fwd.h>

#include "neuralake/base/error.h"

namespace neuralake::columnar {

/// Check that an Arrow IPC stream, of whose reader nothing more came, ended with its end-of-stream
/// mark and that `file` ends there too. The format lets a writer end by closing its connection
/// instead, but then a stream that was cut between two messages passes for a whole one.
/// Threads: as `file`.
/// \param file  where the reader stands behind the end
/// \param from  where the reader stood before it found the end
/// \param kind  of the failure
/// \errors kind  and those of `file`
/// Source: Arrow columnar format, "IPC Streaming Format".
Status CheckStreamEnd(arrow::io::RandomAccessFile& file, std::int64_t from, ErrorKind kind);

}  // namespace neuralake::columnar
