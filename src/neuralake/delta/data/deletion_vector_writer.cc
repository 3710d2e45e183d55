#include "neuralake/delta/data/deletion_vector_writer.h"

#include <cstdint>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <zlib.h>

#include "neuralake/base/uuid.h"
#include "neuralake/delta/data/written_files.h"
#include "neuralake/delta/limits.h"
#include "neuralake/delta/z85.h"

namespace neuralake::delta {
namespace {

constexpr char kFormatVersion = 1;

void PutBigEndian(std::string& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xFF);
  }
}

}  // namespace

DeletionVectorWriter::DeletionVectorWriter(std::shared_ptr<storage::ObjectStore> store, Rng& rng)
    : store_(std::move(store)), rng_(rng) {}

DeletionVectorWriter::~DeletionVectorWriter() { DeleteUnnamed(*store_, keys_); }

void DeletionVectorWriter::Begin() {
  encoded_uuid_ = EncodeZ85(RandomUuidBytes(rng_));
  DeletionVectorDescriptor file;
  file.path_or_inline = encoded_uuid_;
  key_ = *RelativeKey(file);
  bytes_ = std::string(1, kFormatVersion);
}

Result<DeletionVectorDescriptor> DeletionVectorWriter::Add(const DeletionVector& vector,
                                                           const Deadline& deadline) {
  const std::string blob = vector.Encode();
  if (blob.size() > kDeletionVectorBytesMax) {
    return Fail(ErrorKind::kResourceExhausted,
                fmt::format("a deletion vector of {} bytes: at most {} can be written", blob.size(),
                            kDeletionVectorBytesMax));
  }
  if (!bytes_.empty() && bytes_.size() + blob.size() > kDeletionVectorFileBytes) {
    TRY(Close(deadline));
  }
  if (bytes_.empty()) Begin();
  DeletionVectorDescriptor descriptor;
  descriptor.path_or_inline = encoded_uuid_;
  descriptor.offset = static_cast<std::int32_t>(bytes_.size());
  descriptor.size_bytes = static_cast<std::int32_t>(blob.size());
  descriptor.cardinality = static_cast<std::int64_t>(vector.cardinality());
  PutBigEndian(bytes_, static_cast<std::uint32_t>(blob.size()));
  bytes_ += blob;
  const auto sum =
      crc32(0, reinterpret_cast<const Bytef*>(blob.data()), static_cast<uInt>(blob.size()));
  PutBigEndian(bytes_, static_cast<std::uint32_t>(sum));
  return descriptor;
}

Status DeletionVectorWriter::Close(const Deadline& deadline) {
  keys_.push_back(key_);
  return store_->Put(key_, std::exchange(bytes_, {}), storage::PutMode::kOverwrite, deadline);
}

Result<std::vector<std::string>> DeletionVectorWriter::Finish(const Deadline& deadline) {
  if (!bytes_.empty()) TRY(Close(deadline));
  return std::exchange(keys_, {});
}

}  // namespace neuralake::delta
