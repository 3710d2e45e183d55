#include "neuralake/delta/data/written_files.h"

#include <string>
#include <utility>

#include "neuralake/delta/file_location.h"
#include "neuralake/delta/limits.h"

namespace neuralake::delta {
namespace {

/// Whether a commit that failed so is certainly not in the log.
bool DidNotHappen(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUnknownOutcome:
    case ErrorKind::kCorruption:  // a version that cannot be read may be that commit
    case ErrorKind::kInternal:
      return false;
    default:
      return true;
  }
}

}  // namespace

void DeleteUnnamed(storage::ObjectStore& store, std::span<const std::string> keys) {
  const auto deadline = Deadline::After(kDropTime);
  for (const std::string& key : keys) {
    // A store that does not delete one would take its time for each of the others too.
    if (!store.Delete(key, deadline)) return;
  }
}

template <class Files>
void WrittenFiles::Take(const Files& files) {
  for (const auto& file : files) {
    if (auto key = KeyOfFile(file.path, store_->root())) keys_.push_back(*std::move(key));
  }
}

WrittenFiles::WrittenFiles(std::shared_ptr<storage::ObjectStore> store,
                           std::span<const AddFile> files)
    : store_(std::move(store)) {
  Take(files);
}

WrittenFiles::WrittenFiles(std::shared_ptr<storage::ObjectStore> store,
                           std::span<const AddCdcFile> files)
    : store_(std::move(store)) {
  Take(files);
}

WrittenFiles::WrittenFiles(std::shared_ptr<storage::ObjectStore> store,
                           std::vector<std::string> keys)
    : store_(std::move(store)), keys_(std::move(keys)) {}

void WrittenFiles::Drop() { DeleteUnnamed(*store_, std::exchange(keys_, {})); }

void WrittenFiles::Settle(const Error& error) {
  if (DidNotHappen(error.kind)) Drop();
}

}  // namespace neuralake::delta
