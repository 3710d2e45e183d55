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

/// Bytes of one object, as Arrow's writers want to have them. A small one is one put, a large one
/// an upload; either way it appears whole by `Publish`, or never.
///
/// \threads one thread at a time
class StoreSink final : public arrow::io::OutputStream {
 public:
  StoreSink(std::shared_ptr<storage::ObjectStore> store, std::string key);
  ~StoreSink() override;

  /// Until when writes that follow may take.
  void set_deadline(const Deadline& deadline) { deadline_ = deadline; }

  /// Make the object durable and visible.
  /// \errors those of the store
  Status Publish();

  const std::string& key() const { return key_; }

  /// Bytes that are in memory only.
  std::int64_t held_bytes() const { return static_cast<std::int64_t>(small_.size()); }

  arrow::Status Write(const void* data, std::int64_t bytes) override;
  arrow::Result<std::int64_t> Tell() const override { return position_; }
  arrow::Status Close() override;
  bool closed() const override { return closed_; }

 private:
  Status Append(std::string_view bytes);

  std::shared_ptr<storage::ObjectStore> store_;
  std::string key_;
  Deadline deadline_;
  std::string small_;                        // all bytes so far, while there is no upload
  std::unique_ptr<storage::Upload> upload_;  // from `kSinkBytesMax` on
  std::int64_t position_ = 0;
  bool closed_ = false;
};

}  // namespace neuralake::columnar
