#include "neuralake/verify/data/store_file.h"

#include <algorithm>
#include <cstring>

#include <arrow/buffer.h>
#include <arrow/status.h>

namespace neuralake::verify {

arrow::Status StoreFile::Close() {
  closed_ = true;
  return arrow::Status::OK();
}

arrow::Status StoreFile::Seek(std::int64_t position) {
  if (position < 0) return arrow::Status::Invalid("a place before the start");
  position_ = position;
  return arrow::Status::OK();
}

arrow::Result<std::shared_ptr<arrow::Buffer>> StoreFile::ReadAt(std::int64_t position,
                                                                std::int64_t bytes) {
  if (position < 0 || bytes < 0) return arrow::Status::Invalid("a place before the start");
  bytes = std::min(bytes, std::max<std::int64_t>(0, size_ - position));
  if (bytes == 0) return arrow::Buffer::FromString("");
  auto read = store_.ReadRange(key_, static_cast<std::uint64_t>(position),
                               static_cast<std::uint64_t>(bytes), deadline_);
  if (!read) return arrow::Status::IOError(Describe(read.error()));
  return arrow::Buffer::FromString(*std::move(read));
}

arrow::Result<std::int64_t> StoreFile::ReadAt(std::int64_t position, std::int64_t bytes,
                                              void* out) {
  ARROW_ASSIGN_OR_RAISE(const auto read, ReadAt(position, bytes));
  std::memcpy(out, read->data(), static_cast<std::size_t>(read->size()));
  return read->size();
}

arrow::Result<std::int64_t> StoreFile::Read(std::int64_t bytes, void* out) {
  ARROW_ASSIGN_OR_RAISE(const auto read, ReadAt(position_, bytes, out));
  position_ += read;
  return read;
}

arrow::Result<std::shared_ptr<arrow::Buffer>> StoreFile::Read(std::int64_t bytes) {
  ARROW_ASSIGN_OR_RAISE(auto read, ReadAt(position_, bytes));
  position_ += read->size();
  return read;
}

}  // namespace neuralake::verify
