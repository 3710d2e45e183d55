#include "neuralake/columnar/io/object_file.h"

#include <algorithm>
#include <cstring>

#include <arrow/buffer.h>

#include "neuralake/columnar/arrow_result.h"

namespace neuralake::columnar {

Result<std::shared_ptr<ObjectFile>> ObjectFile::Open(storage::ObjectStore& store, std::string key,
                                                     const Deadline& deadline) {
  const auto info = TRY(store.Head(key, deadline));
  return std::shared_ptr<ObjectFile>(
      new ObjectFile(store, std::move(key), static_cast<std::int64_t>(info.size), deadline));
}

arrow::Status ObjectFile::Close() {
  closed_ = true;
  return arrow::Status::OK();
}

arrow::Status ObjectFile::Seek(std::int64_t position) {
  if (position < 0) return arrow::Status::Invalid("seek before the start");
  position_ = position;
  return arrow::Status::OK();
}

arrow::Result<std::string> ObjectFile::Fetch(std::int64_t position, std::int64_t bytes) {
  if (position < 0 || bytes < 0) return arrow::Status::Invalid("read before the start");
  bytes = std::min(bytes, std::max<std::int64_t>(0, size_ - position));
  if (bytes == 0) return std::string();
  auto read = store_.ReadRange(key_, static_cast<std::uint64_t>(position),
                               static_cast<std::uint64_t>(bytes), deadline_);
  if (!read) return ToArrowStatus(read.error());
  return *std::move(read);
}

arrow::Result<std::int64_t> ObjectFile::ReadAt(std::int64_t position, std::int64_t bytes,
                                               void* out) {
  ARROW_ASSIGN_OR_RAISE(const std::string read, Fetch(position, bytes));
  std::memcpy(out, read.data(), read.size());
  return static_cast<std::int64_t>(read.size());
}

arrow::Result<std::shared_ptr<arrow::Buffer>> ObjectFile::ReadAt(std::int64_t position,
                                                                 std::int64_t bytes) {
  ARROW_ASSIGN_OR_RAISE(std::string read, Fetch(position, bytes));
  return arrow::Buffer::FromString(std::move(read));
}

arrow::Result<std::int64_t> ObjectFile::Read(std::int64_t bytes, void* out) {
  ARROW_ASSIGN_OR_RAISE(const auto read, ReadAt(position_, bytes, out));
  position_ += read;
  return read;
}

arrow::Result<std::shared_ptr<arrow::Buffer>> ObjectFile::Read(std::int64_t bytes) {
  ARROW_ASSIGN_OR_RAISE(auto read, ReadAt(position_, bytes));
  position_ += read->size();
  return read;
}

}  // namespace neuralake::columnar
