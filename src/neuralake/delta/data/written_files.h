#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/delta/actions.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::delta {

/// Delete files that no commit names and none will, within `kDropTime`. What is not deleted by then
/// is left for a vacuum.
void DeleteUnnamed(storage::ObjectStore& store, std::span<const std::string> keys);

/// Files on their way from a writer into a commit.
///
/// \threads one thread at a time
class WrittenFiles {
 public:
  /// \param files  as `DataWriter::Finish` returned them
  WrittenFiles(std::shared_ptr<storage::ObjectStore> store, std::span<const AddFile> files);
  /// \param files  as `ChangeWriter::Finish` returned them
  WrittenFiles(std::shared_ptr<storage::ObjectStore> store, std::span<const AddCdcFile> files);
  /// \param keys  as `DeletionVectorWriter::Finish` returned them
  WrittenFiles(std::shared_ptr<storage::ObjectStore> store, std::vector<std::string> keys);

  /// Delete them: no commit of them was tried.
  void Drop();

  /// Delete them after a commit of them failed with `error`, unless it may be in the log all the
  /// same.
  void Settle(const Error& error);

 private:
  template <class Files>
  void Take(const Files& files);

  std::shared_ptr<storage::ObjectStore> store_;
  std::vector<std::string> keys_;
};

}  // namespace neuralake::delta
