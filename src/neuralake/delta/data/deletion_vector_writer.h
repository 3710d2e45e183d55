#pragma once

#include <memory>
#include <string>
#include <vector>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/base/rng.h"
#include "neuralake/delta/actions.h"
#include "neuralake/delta/deletion_vector.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::delta {

/// Writes deletion vectors below the root of a table, many to a file.
///
/// Add them, then `Finish`; only then may a commit name them. Without a `Finish` that succeeds, the
/// destructor deletes what was written; afterwards the files are the caller's.
/// \threads one thread at a time
class DeletionVectorWriter {
 public:
  /// \param rng  names of files; outlives this
  explicit DeletionVectorWriter(std::shared_ptr<storage::ObjectStore> store,
                                Rng& rng = SystemRng::Get());
  ~DeletionVectorWriter();
  DeletionVectorWriter(const DeletionVectorWriter&) = delete;
  DeletionVectorWriter& operator=(const DeletionVectorWriter&) = delete;

  /// Take `vector`, and say where it will stand.
  /// \errors kResourceExhausted  it takes more than 2 GiB; beside those of the store
  Result<DeletionVectorDescriptor> Add(const DeletionVector& vector, const Deadline& deadline);

  /// Write the last file.
  /// \returns  the keys of all files
  Result<std::vector<std::string>> Finish(const Deadline& deadline);

 private:
  void Begin();
  Status Close(const Deadline& deadline);

  const std::shared_ptr<storage::ObjectStore> store_;
  Rng& rng_;
  std::vector<std::string> keys_;  // tried to write
  // Of the file that is being filled; no bytes: there is none.
  std::string bytes_;
  std::string encoded_uuid_;
  std::string key_;
};

}  // namespace neuralake::delta
