#include "neuralake/site/facts/object_file.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <arrow/result.h>
#include <arrow/status.h>

namespace neuralake::site {
namespace {

class ObjectFile final : public arrow::io::RandomAccessFile {
 public:
  ObjectFile(std::shared_ptr<storage::ObjectStore> store, const storage::ObjectInfo& object,
             Deadline deadline)
      : store_(std::move(store)),
        key_(object.key),
        size_(static_cast<std::int64_t>(object.size)),
        deadline_(std::move(deadline)) {}

  arrow::Result<std::int64_t> GetSize() override { return size_; }
  arrow::Result<std::int64_t> Tell() const override { return position_; }
  bool closed() const override { return closed_; }

  arrow::Status Close() override {
    closed_ = true;
    return arrow::Status::OK();
  }

  arrow::Status Seek(std::int64_t position) override {
    position_ = position;
    return arrow::Status::OK();
  }

  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(std::int64_t position,
                                                       std::int64_t length) override {
    auto bytes = store_->ReadRange(key_, static_cast<std::uint64_t>(position),
                                   static_cast<std::uint64_t>(length), deadline_);
    if (!bytes) return arrow::Status::IOError(bytes.error().message);
    return arrow::Buffer::FromString(std::move(*bytes));
  }

  arrow::Result<std::int64_t> ReadAt(std::int64_t position, std::int64_t length,
                                     void* out) override {
    ARROW_ASSIGN_OR_RAISE(const auto buffer, ReadAt(position, length));
    std::memcpy(out, buffer->data(), static_cast<std::size_t>(buffer->size()));
    return buffer->size();
  }

  arrow::Result<std::int64_t> Read(std::int64_t length, void* out) override {
    ARROW_ASSIGN_OR_RAISE(const std::int64_t got, ReadAt(position_, length, out));
    position_ += got;
    return got;
  }

  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t length) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer, ReadAt(position_, length));
    position_ += buffer->size();
    return buffer;
  }

 private:
  std::shared_ptr<storage::ObjectStore> store_;
  std::string key_;
  std::int64_t size_;
  Deadline deadline_;
  std::int64_t position_ = 0;
  bool closed_ = false;
};

}  // namespace

std::shared_ptr<arrow::io::RandomAccessFile> OpenObject(std::shared_ptr<storage::ObjectStore> store,
                                                        const storage::ObjectInfo& object,
                                                        const Deadline& deadline) {
  return std::make_shared<ObjectFile>(std::move(store), object, deadline);
}

}  // namespace neuralake::site
