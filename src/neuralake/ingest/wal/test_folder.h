#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "neuralake/base/rng.h"
#include "neuralake/ingest/wal/folder.h"

namespace neuralake::ingest {

/// A log folder in memory that can lose power and fail: the test form of the `Log` seam's disk.
///
/// Writes that were not synced survive a power cut by chance, sector by sector; names that were not
/// synced survive it in the order in which they were given, up to any of them.
class TestFolder final : public LogFolder {
 public:
  struct Disk {
    struct File {
      std::string synced;
      std::string written;  ///< As a process sees it.
    };
    using Files = std::map<std::string, std::shared_ptr<File>, std::less<>>;
    std::mutex mutex;
    Files files;                ///< As a process sees them.
    std::vector<Files> before;  ///< At the last sync of the folder, and after each change since.
    std::vector<ErrorKind> write_faults;  ///< Each fails one write, after half of it.
    std::vector<ErrorKind> sync_faults;
    std::vector<ErrorKind> rename_faults;  ///< Each fails one renaming, after it took effect.
    /// Told what a process would leave that is killed between a renaming and its sync.
    std::function<void(std::shared_ptr<Disk>)> in_rename;
    bool full = false;  ///< Creating files fails.
    int syncs = 0;
  };

  explicit TestFolder(std::shared_ptr<Disk> disk) : disk_(std::move(disk)) {}

  /// What a process that is killed now leaves to the next one: nothing more is synced, and nothing
  /// is lost.
  static std::shared_ptr<Disk> AfterKill(Disk& disk);

  /// What a power cut now would leave: each sector that was not synced is old or new.
  static std::shared_ptr<Disk> AfterPowerCut(Disk& disk, Rng& rng);

  Result<std::vector<std::string>> List() override;
  Result<std::unique_ptr<LogFile>> Create(std::string_view name, std::uint64_t size) override;
  Result<std::unique_ptr<LogFile>> OpenFile(std::string_view name) override;
  Result<std::uint64_t> Size(std::string_view name) override;
  Status Rename(std::string_view from, std::string_view to) override;
  Status Remove(std::string_view name) override;
  Status Sync() override;

 private:
  std::shared_ptr<Disk> disk_;
};

}  // namespace neuralake::ingest
