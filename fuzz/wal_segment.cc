// A segment of the write-ahead log gives its whole records and says where they end, or is refused.
// The input is read as it is, and again as what follows a sound header and one sound record.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "neuralake/base/check.h"
#include "neuralake/ingest/wal/format.h"
#include "neuralake/ingest/wal/scan.h"

using namespace neuralake;
using namespace neuralake::ingest;

namespace {

void Scan(std::string_view bytes, std::optional<std::uint64_t> end) {
  Lsn last = 0;
  const auto scan = ScanSegment(bytes, "segment", end, [&](const ScannedRecord& record) -> Status {
    NL_CHECK(last == 0 || record.lsn == last + 1);
    NL_CHECK(record.offset + kRecordHeaderBytes + record.payload.size() <= bytes.size());
    last = record.lsn;
    return {};
  });
  if (!scan) return;
  NL_CHECK(scan->end <= bytes.size());
  NL_CHECK(last == 0 || scan->last_lsn == last);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  Scan(input, std::nullopt);

  const SegmentHeader header{.log_id = "00000000-0000-4000-8000-000000000000", .seed = 7};
  const auto payload = input.substr(0, input.size() / 2);
  std::string segment = EncodeSegmentHeader(header);
  segment += EncodeRecordHeader({.payload_bytes = static_cast<std::uint32_t>(payload.size()),
                                 .lsn = 1,
                                 .durable_lsn = 0,
                                 .payload_hash = HashPayload(payload)},
                                header.seed);
  segment += payload;
  segment.resize(kSegmentHeaderBytes + RecordBytes(payload.size()));
  const auto end = segment.size();
  segment += input.substr(input.size() / 2);
  Scan(segment, std::nullopt);
  Scan(segment, end);
  return 0;
}
