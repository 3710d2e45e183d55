#pragma once

#include <memory>
#include <string>
#include <vector>

#include "neuralake/storage/object_store.h"
#include "neuralake/storage/s3/s3_client.h"

namespace neuralake::storage {

/// A multipart upload. What fits into one part is sent as one plain put instead.
///
/// The upload carries a token of its own as metadata of the object, so that an end whose answer was
/// lost is told from somebody else's object. Dropped without `Finish`, it is aborted; where the
/// store cannot be reached then, a lifecycle rule of the bucket has to clean up.
class S3Upload final : public Upload {
 public:
  S3Upload(std::shared_ptr<S3Client> client, std::string key, std::string full_key);
  ~S3Upload() override;

  Status Write(std::string_view bytes, const Deadline& deadline) override;
  Result<ObjectInfo> Finish(const Deadline& deadline) override;

 private:
  std::uint64_t PartSize() const;
  Status SendPart(const Deadline& deadline);
  Status Start(const Deadline& deadline);
  Result<std::string> Complete(const Deadline& deadline);
  /// The etag of the object when it is the one that this upload made.
  Result<std::string> FindOwn(const Deadline& deadline);

  const std::shared_ptr<S3Client> client_;
  const std::string key_;
  const std::string full_key_;
  const std::string token_;
  std::string upload_id_;  // empty until there are two parts
  std::string buffer_;
  std::vector<std::string> etags_;
  std::uint64_t size_ = 0;
};

}  // namespace neuralake::storage
