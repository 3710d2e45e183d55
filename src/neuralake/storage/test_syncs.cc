#include "neuralake/storage/test_syncs.h"

#include <cerrno>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>

#include <sys/syscall.h>
#include <unistd.h>

namespace neuralake::storage {

namespace {

struct State {
  std::mutex mutex;
  // Guarded by mutex.
  bool watching = false;
  std::map<std::string, int, std::less<>> counts;
  std::set<std::string, std::less<>> failing;
};

State& TheState() {
  static State state;
  return state;
}

/// Whether the sync of `fd` is to fail; one that is not counts.
bool Fails(int fd) {
  auto& state = TheState();
  std::lock_guard lock(state.mutex);
  if (!state.watching) return false;
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd), error);
  if (state.failing.contains(path.string())) return true;
  ++state.counts[path.string()];
  return false;
}

int SyncUnlessItFails(int fd, long call) {
  if (Fails(fd)) {
    errno = EIO;
    return -1;
  }
  return static_cast<int>(::syscall(call, fd));
}

}  // namespace

TestSyncs::TestSyncs() {
  std::lock_guard lock(TheState().mutex);
  TheState().watching = true;
}

TestSyncs::~TestSyncs() {
  auto& state = TheState();
  std::lock_guard lock(state.mutex);
  state.watching = false;
  state.counts.clear();
  state.failing.clear();
}

void TestSyncs::Fail(std::string_view path) {
  std::lock_guard lock(TheState().mutex);
  TheState().failing.emplace(path);
}

void TestSyncs::Heal() {
  std::lock_guard lock(TheState().mutex);
  TheState().failing.clear();
}

int TestSyncs::Count(std::string_view path) {
  auto& state = TheState();
  std::lock_guard lock(state.mutex);
  const auto found = state.counts.find(path);
  return found == state.counts.end() ? 0 : found->second;
}

}  // namespace neuralake::storage

extern "C" int fsync(int fd) { return neuralake::storage::SyncUnlessItFails(fd, SYS_fsync); }

extern "C" int fdatasync(int fd) {
  return neuralake::storage::SyncUnlessItFails(fd, SYS_fdatasync);
}
