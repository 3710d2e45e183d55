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
  struct Options {
    bool anonymous = true;     ///< Try a nameless file first.
    bool make_folders = true;  ///< Those above it that are missing.
  };

  /// Begin a file that shall become `path`.
  ///
  /// \param path  absolute
  /// \errors kNotFound  no folder for it, and none was to be made
  static Result<LocalDraft> Start(std::string path, const Options& options, Rng& rng);

  LocalDraft(LocalDraft&&) = default;
  LocalDraft& operator=(LocalDraft&&) = delete;
  ~LocalDraft();

  Status Write(std::string_view bytes);

  /// Sync the data, give it its name, sync the folder. At most once.
  /// \errors kAlreadyExists   conditional, and the name is taken
  ///         kNotFound        the folder was removed meanwhile
  ///         kUnknownOutcome  conditional, named, but the folder could not be synced
  Status Publish(PutMode mode);

  const std::string& path() const { return path_; }
  int fd() const { return file_.get(); }

 private:
  LocalDraft(std::string path, Rng& rng) : path_(std::move(path)), rng_(&rng) {}

  Status OpenFolder(bool make);
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
