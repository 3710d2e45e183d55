#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "neuralake/storage/object_store.h"
#include "neuralake/storage/s3/s3_client.h"
#include "neuralake/storage/s3/s3_options.h"

namespace neuralake::storage {

/// Objects of one bucket below a prefix, on Amazon S3 or a server that speaks its protocol.
///
/// Every call is repeated with growing, random pauses as long as that is safe and the deadline
/// allows. A conditional put is sent again only after an answer that rules out an effect, so that
/// our own success never comes back as kAlreadyExists.
///
/// Before its first conditional put the store is probed: one key below `_neuralake/probe/` of the
/// root is created twice and deleted. A server that lets the second one pass would lose commits;
/// every conditional put is then refused with kUnsupported and the reason. The probe is made once
/// for each `S3Store`; it needs the right to write and, to leave nothing, to delete there.
/// \threads safe from any thread
class S3Store final : public ObjectStore {
 public:
  /// \param root  scheme `s3` or `s3a`, bucket and prefix
  /// \errors kInvalid  no bucket, a bucket's name that is none
  static Result<std::shared_ptr<S3Store>> Open(Uri root, S3Options options);

  Result<std::string> Read(std::string_view key, const Deadline& deadline) override;
  Result<std::string> ReadRange(std::string_view key, std::uint64_t offset, std::uint64_t length,
                                const Deadline& deadline) override;
  Result<ObjectInfo> Head(std::string_view key, const Deadline& deadline) override;
  Status Put(std::string_view key, std::string_view bytes, PutMode mode,
             const Deadline& deadline) override;
  Result<std::unique_ptr<Upload>> StartUpload(std::string_view key,
                                              const Deadline& deadline) override;
  Result<ListPage> List(const ListRequest& request, const Deadline& deadline) override;
  Status Delete(std::string_view key, const Deadline& deadline) override;
  const Uri& root() const override { return root_; }
  std::optional<std::string> LocalPath(std::string_view) const override { return std::nullopt; }

  /// See whether conditional puts are atomic here; the result is kept once there is one.
  /// \errors kUnsupported  they are not, with the reason
  ///         others        it could not be found out; ask again
  Status Probe(const Deadline& deadline);

 private:
  S3Store(Uri root, S3Options options)
      : root_(std::move(root)),
        base_(root_.path.empty() ? "" : root_.path + "/"),
        client_(std::make_shared<S3Client>(root_.authority, std::move(options))) {}

  /// `key` in the bucket, once it is a key.
  Result<std::string> FullKey(std::string_view key, const Deadline& deadline) const;
  Status PutIfAbsent(const std::string& full_key, std::string_view bytes, const Deadline& deadline);
  Status RunProbe(const Deadline& deadline);

  const Uri root_;
  const std::string base_;  // empty or ending in `/`
  const std::shared_ptr<S3Client> client_;
  std::mutex probe_mutex_;
  // Guarded by probe_mutex_.
  std::optional<Status> probed_;
};

}  // namespace neuralake::storage
