#include "neuralake/ingest/push_record.h"

#include <fmt/format.h>

#include "neuralake/ingest/wire.h"

namespace neuralake::ingest {

namespace {

constexpr std::uint8_t kPushTag = 1;
constexpr std::uint8_t kCommittedTag = 2;

Result<ContentType> ReadContentType(WireReader& in) {
  const auto number = TRY(in.Number<std::uint8_t>());
  if (number < static_cast<std::uint8_t>(ContentType::kJson) ||
      number > static_cast<std::uint8_t>(ContentType::kArrow)) {
    return Fail(ErrorKind::kCorruption, fmt::format("content type {} is none", number));
  }
  return static_cast<ContentType>(number);
}

Result<LogRecord> DecodePush(WireReader& in) {
  PushRecord record;
  record.content_type = TRY(ReadContentType(in));
  record.received_ms = TRY(in.Number<std::int64_t>());
  record.counts.accepted = TRY(in.Number<std::int64_t>());
  record.counts.rejected = TRY(in.Number<std::int64_t>());
  record.table = TRY(in.Text());
  record.key = TRY(in.Text());
  record.body = in.Rest();
  return record;
}

Result<LogRecord> DecodeCommitted(WireReader& in) {
  CommittedRecord record;
  record.through = TRY(in.Number<Lsn>());
  record.table = TRY(in.Text());
  return record;
}

}  // namespace

std::string EncodeRecord(const PushRecord& record) {
  std::string payload;
  payload.reserve(64 + record.table.size() + record.key.size() + record.body.size());
  WireWriter out(payload);
  out.Number(kPushTag);
  out.Number(static_cast<std::uint8_t>(record.content_type));
  out.Number(record.received_ms);
  out.Number(record.counts.accepted);
  out.Number(record.counts.rejected);
  out.Text(record.table);
  out.Text(record.key);
  out.Rest(record.body);
  return payload;
}

std::string EncodeRecord(const CommittedRecord& record) {
  std::string payload;
  WireWriter out(payload);
  out.Number(kCommittedTag);
  out.Number(record.through);
  out.Text(record.table);
  return payload;
}

Result<LogRecord> DecodeRecord(std::string_view payload) {
  WireReader in(payload);
  switch (const auto tag = TRY(in.Number<std::uint8_t>()); tag) {
    case kPushTag:
      return DecodePush(in);
    case kCommittedTag:
      return DecodeCommitted(in);
    default:
      return Fail(ErrorKind::kCorruption, fmt::format("a record of kind {} is none", tag));
  }
}

}  // namespace neuralake::ingest
