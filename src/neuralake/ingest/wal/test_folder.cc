#include "neuralake/ingest/wal/test_folder.h"

#include <algorithm>

namespace neuralake::ingest {

namespace {

class TestFile final : public LogFile {
 public:
  TestFile(std::shared_ptr<TestFolder::Disk> disk, std::shared_ptr<TestFolder::Disk::File> file)
      : disk_(std::move(disk)), file_(std::move(file)) {}

  Status Write(std::uint64_t offset, std::span<const std::string_view> parts) override {
    std::lock_guard lock(disk_->mutex);
    std::string bytes;
    for (const auto part : parts) bytes += part;
    const bool fails = !disk_->write_faults.empty();
    if (fails) bytes.resize(bytes.size() / 2);
    if (file_->written.size() < offset + bytes.size()) file_->written.resize(offset + bytes.size());
    file_->written.replace(offset, bytes.size(), bytes);
    if (!fails) return {};
    const auto kind = disk_->write_faults.back();
    disk_->write_faults.pop_back();
    return Fail(kind, "the test disk refuses to write");
  }

  Status Sync() override {
    std::lock_guard lock(disk_->mutex);
    ++disk_->syncs;
    if (!disk_->sync_faults.empty()) {
      const auto kind = disk_->sync_faults.back();
      disk_->sync_faults.pop_back();
      return Fail(kind, "the test disk refuses to sync");
    }
    file_->synced = file_->written;
    return {};
  }

  Result<std::string> Read(std::uint64_t offset, std::uint64_t length) override {
    std::lock_guard lock(disk_->mutex);
    if (offset >= file_->written.size()) return std::string();
    return file_->written.substr(offset, length);
  }

 private:
  std::shared_ptr<TestFolder::Disk> disk_;
  std::shared_ptr<TestFolder::Disk::File> file_;
};

/// All of `disk` but what it is told to do. Under its mutex.
std::shared_ptr<TestFolder::Disk> Copy(const TestFolder::Disk& disk) {
  using Disk = TestFolder::Disk;
  const auto copy = std::make_shared<Disk>();
  std::map<const Disk::File*, std::shared_ptr<Disk::File>> copied;  // a file may have two names
  const auto copy_of = [&](const Disk::Files& files) {
    Disk::Files copies;
    for (const auto& [name, file] : files) {
      auto& made = copied[file.get()];
      if (made == nullptr) made = std::make_shared<Disk::File>(*file);
      copies[name] = made;
    }
    return copies;
  };
  for (const auto& files : disk.before) copy->before.push_back(copy_of(files));
  copy->files = copy_of(disk.files);
  return copy;
}

}  // namespace

std::shared_ptr<TestFolder::Disk> TestFolder::AfterKill(Disk& disk) {
  std::lock_guard lock(disk.mutex);
  return Copy(disk);
}

std::shared_ptr<TestFolder::Disk> TestFolder::AfterPowerCut(Disk& disk, Rng& rng) {
  constexpr std::size_t kSector = 512;
  const auto after = std::make_shared<Disk>();
  std::lock_guard lock(disk.mutex);
  const auto durable = disk.before.empty() ? 0 : rng.Below(disk.before.size() + 1);
  for (const auto& [name, file] :
       durable < disk.before.size() ? disk.before[durable] : disk.files) {
    auto bytes = file->synced;
    bytes.resize(std::max(bytes.size(), file->written.size()), '\0');
    for (std::size_t at = 0; at < file->written.size(); at += kSector) {
      const auto length = std::min(kSector, file->written.size() - at);
      if (rng.Below(2) == 0) bytes.replace(at, length, file->written, at, length);
    }
    after->files[name] = std::make_shared<Disk::File>(Disk::File{bytes, bytes});
  }
  return after;
}

Result<std::vector<std::string>> TestFolder::List() {
  std::lock_guard lock(disk_->mutex);
  std::vector<std::string> names;
  for (const auto& [name, file] : disk_->files) names.push_back(name);
  return names;
}

Result<std::unique_ptr<LogFile>> TestFolder::Create(std::string_view name, std::uint64_t size) {
  std::lock_guard lock(disk_->mutex);
  if (disk_->full) return Fail(ErrorKind::kResourceExhausted, "the test disk is full");
  const std::string zeros(size, '\0');
  auto file = std::make_shared<Disk::File>(Disk::File{zeros, zeros});
  disk_->files.insert_or_assign(std::string(name), file);
  disk_->before.clear();
  return std::make_unique<TestFile>(disk_, file);
}

Result<std::unique_ptr<LogFile>> TestFolder::OpenFile(std::string_view name) {
  std::lock_guard lock(disk_->mutex);
  const auto found = disk_->files.find(name);
  if (found == disk_->files.end())
    return Fail(ErrorKind::kNotFound, "no file " + std::string(name));
  return std::make_unique<TestFile>(disk_, found->second);
}

Result<std::uint64_t> TestFolder::Size(std::string_view name) {
  std::lock_guard lock(disk_->mutex);
  const auto found = disk_->files.find(name);
  if (found == disk_->files.end())
    return Fail(ErrorKind::kNotFound, "no file " + std::string(name));
  return found->second->written.size();
}

Status TestFolder::Rename(std::string_view from, std::string_view to) {
  std::lock_guard lock(disk_->mutex);
  const auto found = disk_->files.find(from);
  if (found == disk_->files.end())
    return Fail(ErrorKind::kNotFound, "no file " + std::string(from));
  auto file = found->second;
  disk_->before.push_back(disk_->files);
  disk_->files.erase(found);
  disk_->files.insert_or_assign(std::string(to), std::move(file));
  if (disk_->in_rename) disk_->in_rename(Copy(*disk_));
  if (disk_->rename_faults.empty()) {
    disk_->before.clear();
    return {};
  }
  const auto kind = disk_->rename_faults.back();
  disk_->rename_faults.pop_back();
  return Fail(kind, "the test disk refuses to sync its folder");
}

Status TestFolder::Remove(std::string_view name) {
  std::lock_guard lock(disk_->mutex);
  if (const auto found = disk_->files.find(name); found != disk_->files.end()) {
    disk_->files.erase(found);
  }
  disk_->before.clear();
  return {};
}

Status TestFolder::Sync() {
  std::lock_guard lock(disk_->mutex);
  disk_->before.clear();
  return {};
}

}  // namespace neuralake::ingest
