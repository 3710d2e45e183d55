#include "neuralake/columnar/io/arrow_stream_end.h"

#include <string_view>

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <fmt/format.h>

#include "neuralake/columnar/arrow_result.h"

namespace neuralake::columnar {
namespace {

using namespace std::string_view_literals;

constexpr auto kContinuation = "\xff\xff\xff\xff"sv;
constexpr auto kMark = "\xff\xff\xff\xff\0\0\0\0"sv;
/// Before format 0.15 a message began with its length alone.
constexpr auto kOldMark = "\0\0\0\0"sv;

constexpr const char* kWhat = "the end of an Arrow stream";

}  // namespace

Status CheckStreamEnd(arrow::io::RandomAccessFile& file, std::int64_t from, ErrorKind kind) {
  const auto to = TRY(Unwrap(file.Tell(), kWhat));
  const auto size = TRY(Unwrap(file.GetSize(), kWhat));
  const auto start = TRY(Unwrap(file.ReadAt(0, kContinuation.size()), kWhat));
  const auto mark = std::string_view(*start) == kContinuation ? kMark : kOldMark;
  const auto last = TRY(Unwrap(file.ReadAt(from, to - from), kWhat));
  if (!std::string_view(*last).ends_with(mark)) {
    return Fail(kind, fmt::format("the Arrow stream stops at byte {} without its end-of-stream "
                                  "mark; close its writer, and send all of it",
                                  size));
  }
  if (to == size) return {};
  return Fail(kind, fmt::format("the Arrow stream ends at byte {}, but {} bytes follow it; send "
                                "one stream at a time",
                                to, size - to));
}

}  // namespace neuralake::columnar
