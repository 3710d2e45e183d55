#pragma once

#include <string>
#include <string_view>

#include "neuralake/base/error.h"
#include "neuralake/base/rng.h"
#include "neuralake/storage/object_store.h"
#include "neuralake/storage/posix_file.h"

namespace neuralake::storage {

/// A local file in the making: has no name until `Publish` gives it one, whole and synced.
///
/// Where the file system can (`O_TMPFILE`: ext4, xfs, btrfs, tmpfs) the draft is nameless and a
/// crash leaves nothing behind; elsewhere it is a hidden file of the same folder.
class LocalDraft {
 public:
  /// Begin a file that shall become `path`; makes the folders above it.
  ///
  /// \param path       absolute
  /// \param anonymous  try a nameless file first
  static Result<LocalDraft> Start(std::string path, bool anonymous, Rng& rng);

  LocalDraft(LocalDraft&&) = default;
  LocalDraft& operator=(LocalDraft&&) = delete;
  ~LocalDraft();

  Status Write(std::string_view bytes);

  /// Sync the data, give it its name, sync the folder. At most once.
  /// \errors kAlreadyExists   kIfAbsent, and the name is taken
  ///         kUnknownOutcome  kIfAbsent, named, but the folder could not be synced
  Status Publish(PutMode mode);

  const std::string& path() const { return path_; }
  int fd() const { return file_.get(); }

 private:
  LocalDraft(std::string path, Rng& rng) : path_(std::move(path)), rng_(&rng) {}

  Status OpenFolder();
  Status OpenFile(bool anonymous);
  Status OpenHiddenFile();
  /// Each returns 0 or errno.
  int LinkAs(const char* name) const;
  int CreateName();
  int ReplaceName();
  std::string NewHiddenName() const;
  const char* name() const { return path_.c_str() + path_.rfind('/') + 1; }

  std::string path_;
  Rng* rng_;
  FileDescriptor folder_;
  FileDescriptor file_;
  std::string hidden_name_;  // in folder_; empty while the file has no name
};

}  // namespace neuralake::storage
