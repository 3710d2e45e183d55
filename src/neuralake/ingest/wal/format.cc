#include "neuralake/ingest/wal/format.h"

#include <charconv>

#include <fmt/format.h>
#include <xxhash.h>

#include "neuralake/ingest/wire.h"

namespace neuralake::ingest {

namespace {

constexpr std::uint64_t kSegmentMagic = 0x314C'4157'4C4E'0A0DULL;  // "\r\nNLWAL1"
constexpr std::uint32_t kRecordMagic = 0x4352'4C4EU;               // "NLRC"
constexpr std::uint32_t kFormatVersion = 2;
/// Its header does not say how long the file was made.
constexpr std::uint32_t kFormatVersionBefore = 1;

}  // namespace

std::string EncodeSegmentHeader(const SegmentHeader& header) {
  std::string block;
  WireWriter out(block);
  out.Number(kSegmentMagic);
  out.Number(kFormatVersion);
  out.Text(header.log_id);
  out.Number(header.number);
  out.Number(header.first_lsn);
  out.Number(header.previous_end);
  out.Number(header.bytes);
  out.Number(header.seed);
  out.Number(std::uint64_t{XXH3_64bits(block.data(), block.size())});
  block.resize(kSegmentHeaderBytes, '\0');
  return block;
}

Result<SegmentHeader> DecodeSegmentHeader(std::string_view block) {
  if (block.size() < kSegmentHeaderBytes) {
    return Fail(ErrorKind::kCorruption, fmt::format("it ends at byte {}, within its header of {}",
                                                    block.size(), kSegmentHeaderBytes));
  }
  WireReader in(block);
  if (TRY(in.Number<std::uint64_t>()) != kSegmentMagic) {
    return Fail(ErrorKind::kCorruption, "it does not begin as a segment of the log");
  }
  const auto version = TRY(in.Number<std::uint32_t>());
  const bool has_size = version != kFormatVersionBefore;
  if (has_size && version != kFormatVersion) {
    return Fail(ErrorKind::kUnsupported,
                fmt::format("log format {} is not one that this build reads ({} and {}); let the "
                            "version that wrote it commit what waits in it",
                            version, kFormatVersionBefore, kFormatVersion));
  }
  SegmentHeader header;
  header.log_id = TRY(in.Text());
  header.number = TRY(in.Number<std::uint64_t>());
  header.first_lsn = TRY(in.Number<Lsn>());
  header.previous_end = TRY(in.Number<std::uint64_t>());
  if (has_size) header.bytes = TRY(in.Number<std::uint64_t>());
  header.seed = TRY(in.Number<std::uint64_t>());
  const auto hashed = sizeof(kSegmentMagic) + 2 * sizeof(std::uint32_t) + header.log_id.size() +
                      (has_size ? 5 : 4) * sizeof(std::uint64_t);
  if (TRY(in.Number<std::uint64_t>()) != XXH3_64bits(block.data(), hashed)) {
    return Fail(ErrorKind::kCorruption, "the checksum of its header is wrong");
  }
  return header;
}

std::string EncodeRecordHeader(const RecordHeader& header, std::uint64_t seed) {
  std::string bytes;
  bytes.reserve(kRecordHeaderBytes);
  WireWriter out(bytes);
  out.Number(kRecordMagic);
  out.Number(header.payload_bytes);
  out.Number(header.lsn);
  out.Number(header.durable_lsn);
  out.Number(header.payload_hash);
  out.Number(std::uint64_t{XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed)});
  return bytes;
}

bool DecodeRecordHeader(std::string_view bytes, std::uint64_t seed, RecordHeader& header) {
  if (bytes.size() < kRecordHeaderBytes) return false;
  WireReader in(bytes.substr(0, kRecordHeaderBytes));
  if (in.Number<std::uint32_t>().value() != kRecordMagic) return false;
  header.payload_bytes = in.Number<std::uint32_t>().value();
  header.lsn = in.Number<Lsn>().value();
  header.durable_lsn = in.Number<Lsn>().value();
  header.payload_hash = in.Number<std::uint64_t>().value();
  return in.Number<std::uint64_t>().value() ==
         XXH3_64bits_withSeed(bytes.data(), kRecordHeaderBytes - sizeof(std::uint64_t), seed);
}

std::uint64_t HashPayload(std::string_view payload) {
  return XXH3_64bits(payload.data(), payload.size());
}

std::string SegmentName(std::uint64_t number) { return fmt::format("wal-{:016x}.log", number); }

bool ParseSegmentName(std::string_view name, std::uint64_t& number) {
  if (name.size() != 24 || !name.starts_with("wal-") || !name.ends_with(".log")) return false;
  const auto digits = name.substr(4, 16);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + 16, number, 16);
  return error == std::errc{} && end == digits.data() + 16;
}

}  // namespace neuralake::ingest
