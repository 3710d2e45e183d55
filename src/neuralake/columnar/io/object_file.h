#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <arrow/io/interfaces.h>
#include <arrow/result.h>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::columnar {

/// An object of a store as a file that Arrow reads at random.
///
/// A failure of the store comes out of Arrow as it was (see `FromArrowStatus`).
/// \threads `ReadAt` safe from any thread, the rest one thread at a time
class ObjectFile final : public arrow::io::RandomAccessFile {
 public:
  /// \param store  outlives this
  /// \errors kNotFound, and what the store answers
  static Result<std::shared_ptr<ObjectFile>> Open(storage::ObjectStore& store, std::string key,
                                                  const Deadline& deadline);

  arrow::Status Close() override;
  bool closed() const override { return closed_; }
  arrow::Result<std::int64_t> Tell() const override { return position_; }
  arrow::Status Seek(std::int64_t position) override;
  arrow::Result<std::int64_t> GetSize() override { return size_; }
  arrow::Result<std::int64_t> Read(std::int64_t bytes, void* out) override;
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t bytes) override;
  arrow::Result<std::int64_t> ReadAt(std::int64_t position, std::int64_t bytes, void* out) override;
  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(std::int64_t position,
                                                       std::int64_t bytes) override;

 private:
  ObjectFile(storage::ObjectStore& store, std::string key, std::int64_t size, Deadline deadline)
      : store_(store), key_(std::move(key)), size_(size), deadline_(std::move(deadline)) {}

  arrow::Result<std::string> Fetch(std::int64_t position, std::int64_t bytes);

  storage::ObjectStore& store_;
  const std::string key_;
  const std::int64_t size_;
  const Deadline deadline_;
  std::int64_t position_ = 0;
  bool closed_ = false;
};

}  // namespace neuralake::columnar
