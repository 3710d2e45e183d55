#include "neuralake/delta/state/replay.h"

#include <algorithm>
#include <memory>
#include <mutex>

#include <fmt/format.h>

#include "neuralake/base/thread_pool.h"
#include "neuralake/delta/limits.h"
#include "neuralake/delta/log/action_parser.h"
#include "neuralake/delta/log/checkpoint_reader.h"
#include "neuralake/delta/state/reconcile.h"

namespace neuralake::delta {
namespace {

/// Files that one thread reads into one part.
struct Task {
  std::vector<const LogFile*> files;
  bool of_checkpoint = false;
};

std::vector<Task> Plan(const LogSegment& segment) {
  std::vector<Task> tasks;
  for (const auto& file : segment.checkpoint) tasks.push_back({{&file}, true});
  std::uint64_t bytes = 0;
  for (const auto& file : segment.commits) {
    const bool begin = tasks.empty() || tasks.back().of_checkpoint ||
                       tasks.back().files.size() >= kReplayTaskFiles ||
                       bytes + file.size > kReplayTaskBytes;
    if (begin) {
      tasks.push_back({});
      bytes = 0;
    }
    tasks.back().files.push_back(&file);
    bytes += file.size;
  }
  return tasks;
}

class Replayer {
 public:
  Replayer(storage::ObjectStore& store, const LogSegment& segment, const Deadline& deadline)
      : store_(store), segment_(segment), deadline_(deadline) {}

  std::expected<Replayed, ReplayFailure> Run(std::uint32_t readers) {
    const auto tasks = Plan(segment_);
    std::vector<LogPart> parts(tasks.size());
    auto read = ForEach(tasks.size(), readers, [&](std::size_t i) -> Status {
      for (const LogFile* file : tasks[i].files) TRY(ReadFile(*file, parts[i]));
      parts[i].Finish();
      return {};
    });
    if (!read) return Failed(std::move(read).error());
    auto sidecars = Sidecars(parts, readers);
    if (!sidecars) return Failed(std::move(sidecars).error());
    const std::size_t checkpoint_parts = sidecars->size() + segment_.checkpoint.size();
    parts.insert(parts.begin(), std::make_move_iterator(sidecars->begin()),
                 std::make_move_iterator(sidecars->end()));
    return Finish(std::move(parts), checkpoint_parts);
  }

 private:
  std::expected<Replayed, ReplayFailure> Finish(std::vector<LogPart> parts,
                                                std::size_t checkpoint_parts) {
    Replayed replayed;
    if (!parts.empty()) replayed.info = std::move(parts.back().info);
    replayed.mark = mark_;
    auto state = Reconcile(std::move(parts), checkpoint_parts);
    if (!state) return Failed(std::move(state).error());
    replayed.state = *std::move(state);
    return replayed;
  }

  /// Run `step` for each of `count` tasks on up to `readers` threads.
  static Status ForEach(std::size_t count, std::uint32_t readers,
                        const std::function<Status(std::size_t)>& step) {
    if (count <= 1 || readers <= 1) {
      for (std::size_t i = 0; i < count; ++i) TRY(step(i));
      return {};
    }
    ThreadPool pool(std::min<std::size_t>(count, readers));
    return pool.ForEach(count, step);
  }

  Status ReadFile(const LogFile& file, LogPart& part) {
    auto done = ReadFileUnnamed(file, part);
    if (done) return {};
    Blame(file.key);
    return Annotate(std::move(done).error(), file.key);
  }

  Status ReadFileUnnamed(const LogFile& file, LogPart& part) {
    TRY(deadline_.Check("reading the log"));
    const bool is_commit = file.kind == LogFileKind::kCommit;
    if (!is_commit && file.kind != LogFileKind::kCompacted && file.key.ends_with(".parquet")) {
      return ReadCheckpointFile(store_, file.key, part, deadline_);
    }
    part.wants_commit_info = IsLast(file);
    if (is_commit) {
      part.BeginCommit(file.version);
      if (file.size == 0) return Fail(ErrorKind::kCorruption, "the commit is empty");
    } else if (file.kind == LogFileKind::kCompacted) {
      part.BeginRange();
    }
    if (file.size > kLogPieceBytes) return ReadPieces(file, part);
    const std::string bytes = TRY(store_.Read(file.key, deadline_));
    if (IsLast(file)) mark_ = MarkOf(bytes);
    return ParseActions(bytes, part);
  }

  bool IsLast(const LogFile& file) const {
    return file.kind == LogFileKind::kCommit && file.version == segment_.version;
  }

  /// A large file, a piece at a time. It never changes once it is there, so that the pieces fit.
  Status ReadPieces(const LogFile& file, LogPart& part) {
    std::string held;
    std::size_t lines = 0;
    for (std::uint64_t offset = 0; offset < file.size;) {
      TRY(deadline_.Check("reading the log"));
      const auto piece = TRY(store_.ReadRange(file.key, offset, kLogPieceBytes, deadline_));
      if (piece.empty()) return Fail(ErrorKind::kCorruption, "the file became shorter");
      if (offset == 0 && IsLast(file)) mark_ = MarkOf(piece);
      offset += piece.size();
      held += piece;
      const auto whole = offset >= file.size ? held.size() : held.rfind('\n') + 1;
      TRY(ParseActions(std::string_view(held).substr(0, whole), part, lines));
      lines += static_cast<std::size_t>(
          std::count(held.begin(), held.begin() + static_cast<std::ptrdiff_t>(whole), '\n'));
      held.erase(0, whole);
    }
    return {};
  }

  /// Read the files that a checkpoint of the second kind points at.
  Result<std::vector<LogPart>> Sidecars(const std::vector<LogPart>& parts, std::uint32_t readers) {
    std::vector<std::string> keys;
    for (const auto& part : parts) {
      for (const auto& sidecar : part.sidecars) keys.push_back(TRY(SidecarKey(sidecar)));
    }
    std::vector<LogPart> sidecars(keys.size());
    TRY(ForEach(keys.size(), readers, [&](std::size_t i) -> Status {
      auto done = ReadCheckpointFile(store_, keys[i], sidecars[i], deadline_);
      if (!done) {
        Blame(segment_.checkpoint.front().key);
        return Annotate(std::move(done).error(), keys[i]);
      }
      sidecars[i].Finish();
      return {};
    }));
    return sidecars;
  }

  void Blame(const std::string& key) {
    std::lock_guard lock(mutex_);
    if (blamed_.empty()) blamed_ = key;
  }

  std::unexpected<ReplayFailure> Failed(Error error) {
    std::lock_guard lock(mutex_);
    return std::unexpected(ReplayFailure{std::move(error), blamed_});
  }

  storage::ObjectStore& store_;
  const LogSegment& segment_;
  const Deadline& deadline_;
  std::optional<CommitMark> mark_;  // of the task that reads the last commit
  std::mutex mutex_;
  std::string blamed_;  // guarded by mutex_
};

}  // namespace

std::expected<Replayed, ReplayFailure> Replay(storage::ObjectStore& store,
                                              const LogSegment& segment, std::uint32_t readers,
                                              const Deadline& deadline) {
  return Replayer(store, segment, deadline).Run(readers);
}

}  // namespace neuralake::delta
