#pragma once

#include <memory>

#include "neuralake/engine/duck.h"
#include "neuralake/engine/store/store_registry.h"

namespace neuralake::engine {

/// Lets DuckDB read, and only read, objects of registered stores by `nlstore://` paths.
///
/// Objects that are local files are read by their descriptor; others by ranged reads of the store,
/// bounded by the statement's deadline.
/// \threads safe from any thread
class ObjectFileSystem final : public duckdb::FileSystem {
 public:
  explicit ObjectFileSystem(std::shared_ptr<const StoreRegistry> stores);

  bool CanHandleFile(const duckdb::string& path) override;
  duckdb::unique_ptr<duckdb::FileHandle> OpenFile(
      const duckdb::string& path, duckdb::FileOpenFlags flags,
      duckdb::optional_ptr<duckdb::FileOpener> opener) override;
  bool FileExists(const duckdb::string& path,
                  duckdb::optional_ptr<duckdb::FileOpener> opener) override;
  duckdb::vector<duckdb::OpenFileInfo> Glob(const duckdb::string& path,
                                            duckdb::FileOpener* opener) override;

  void Read(duckdb::FileHandle& handle, void* buffer, std::int64_t bytes,
            duckdb::idx_t location) override;
  std::int64_t Read(duckdb::FileHandle& handle, void* buffer, std::int64_t bytes) override;
  std::int64_t GetFileSize(duckdb::FileHandle& handle) override;
  duckdb::timestamp_t GetLastModifiedTime(duckdb::FileHandle& handle) override;
  duckdb::string GetVersionTag(duckdb::FileHandle& handle) override;
  duckdb::FileType GetFileType(duckdb::FileHandle& handle) override;
  void Seek(duckdb::FileHandle& handle, duckdb::idx_t location) override;
  void Reset(duckdb::FileHandle& handle) override;
  duckdb::idx_t SeekPosition(duckdb::FileHandle& handle) override;
  bool CanSeek() override { return true; }
  bool OnDiskFile(duckdb::FileHandle& handle) override;
  bool IsPipe(const duckdb::string& path, duckdb::optional_ptr<duckdb::FileOpener> opener) override;
  std::string GetName() const override { return "ObjectFileSystem"; }

 protected:
  bool SupportsOpenFileExtended() const override { return true; }
  duckdb::unique_ptr<duckdb::FileHandle> OpenFileExtended(
      const duckdb::OpenFileInfo& info, duckdb::FileOpenFlags flags,
      duckdb::optional_ptr<duckdb::FileOpener> opener) override;

 private:
  std::shared_ptr<const StoreRegistry> stores_;
};

}  // namespace neuralake::engine
