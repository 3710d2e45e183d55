#include "neuralake/delta/log_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "neuralake/base/uri.h"
#include "neuralake/columnar/time_text.h"
#include "neuralake/delta/checkpoint/checkpoint_writer.h"
#include "neuralake/delta/limits.h"
#include "neuralake/delta/log/action_parser.h"
#include "neuralake/delta/state/file_predicate.h"
#include "neuralake/observe/log.h"

namespace neuralake::delta {
namespace {

/// Keeps what a commit says of itself.
class InfoSink final : public ActionSink {
 public:
  Status OnCommitInfo(CommitInfo next) override {
    info = std::move(next);
    return {};
  }
  bool WantsCommitInfo() const override { return true; }

  CommitInfo info;
};

WallTime TimeOf(std::int64_t millis) { return WallTime{std::chrono::milliseconds{millis}}; }

/// Whether another choice of files may do without the one that failed.
bool CanGoWithout(const ReplayFailure& failure, const LogSegment& segment) {
  if (failure.key.empty()) return false;
  if (failure.error.kind != ErrorKind::kCorruption && failure.error.kind != ErrorKind::kNotFound) {
    return false;
  }
  const auto is_it = [&](const LogFile& file) {
    return file.key == failure.key && file.kind != LogFileKind::kCommit;
  };
  return std::ranges::any_of(segment.checkpoint, is_it) ||
         std::ranges::any_of(segment.commits, is_it);
}

Status Feed(std::span<const Action> actions, LogPart& part) {
  FileView view;
  for (const Action& action : actions) {
    if (const auto* add = std::get_if<AddFile>(&action)) {
      ViewOf(*add, view);
      TRY(part.OnFile(view));
    } else if (const auto* remove = std::get_if<RemoveFile>(&action)) {
      ViewOf(*remove, view);
      TRY(part.OnFile(view));
    } else if (const auto* metadata = std::get_if<Metadata>(&action)) {
      TRY(part.OnMetadata(*metadata));
    } else if (const auto* protocol = std::get_if<Protocol>(&action)) {
      TRY(part.OnProtocol(*protocol));
    } else if (const auto* transaction = std::get_if<SetTransaction>(&action)) {
      TRY(part.OnTransaction(*transaction));
    } else if (const auto* domain = std::get_if<DomainMetadata>(&action)) {
      TRY(part.OnDomain(*domain));
    } else if (const auto* info = std::get_if<CommitInfo>(&action)) {
      TRY(part.OnCommitInfo(*info));
    }
  }
  part.Finish();
  return {};
}

}  // namespace

std::shared_ptr<Table> Table::Open(std::shared_ptr<storage::ObjectStore> store,
                                   const TableOptions& options) {
  return std::make_shared<LogTable>(std::move(store), options);
}

Result<std::shared_ptr<Table>> Table::OpenAt(std::string_view location,
                                             const TableOptions& options) {
  return Open(TRY(storage::OpenStore(TRY(Uri::Parse(location)))), options);
}

LogTable::LogTable(std::shared_ptr<storage::ObjectStore> store, const TableOptions& options)
    : store_(std::move(store)),
      is_local_(IsLocal(*store_)),
      options_(options),
      committer_(store_, *this,
                 {.attempts_max = options.commit_attempts_max,
                  .clock = options.clock,
                  .rng = options.rng,
                  .kill_switch = options.kill_switch}),
      checkpoints_(
          [this](const SnapshotPtr& snapshot, const std::stop_token& stop) {
            const auto written = Checkpoint(*snapshot, Deadline::After(kCheckpointTime, stop));
            if (!written) TellOfCheckpoint(written.error());
          },
          options.stop) {}

/// The table is whole without a checkpoint; readers take longer to open it.
void LogTable::TellOfCheckpoint(const Error& error) const {
  // A process that was told to end did not fail.
  if (options_.log == nullptr || options_.stop.stop_requested()) return;
  options_.log->Warn("delta", "no checkpoint", {{"reason", Describe(error)}});
}

std::unexpected<Error> LogTable::Named(Error error) const {
  return Annotate(std::move(error), "table " + store_->root().ToString());
}

SnapshotPtr LogTable::Cached() const {
  std::lock_guard lock(mutex_);
  return cached_;
}

void LogTable::Publish(const SnapshotPtr& snapshot) {
  std::lock_guard lock(mutex_);
  if (!cached_ || cached_->version() < snapshot->version()) cached_ = snapshot;
}

Result<LogState> LogTable::LookFor(const Snapshot& snapshot, const Deadline& deadline) const {
  const auto* held = dynamic_cast<const TableSnapshot*>(&snapshot);
  return LookForVersion(*store_, snapshot.version(),
                        held != nullptr ? held->marks().own : std::nullopt, deadline);
}

void LogTable::Forget() {
  committer_.Forget();
  std::lock_guard lock(mutex_);
  cached_ = nullptr;
}

Result<SnapshotPtr> LogTable::Latest(const Deadline& deadline) {
  const auto refresh = refresh_.Take(deadline, "waiting for another look at the log");
  if (!refresh) return Named(refresh.error());
  auto next = Newest(deadline);
  if (!next) return Named(std::move(next).error());
  Publish(*next);
  const auto held = Cached();
  return held && held->version() > (*next)->version() ? held : *next;
}

Result<SnapshotPtr> LogTable::Newest(const Deadline& deadline) {
  if (const auto held = Cached()) {
    auto look = LookAside(is_local_, [&] { return LookBehind(*held, deadline); });
    auto next = Follow(held, deadline);
    if (TRY(look.get()) == LogState::kThere) return next;
    TellOfLoss(*held);
    Forget();
  }
  listed_ = options_.clock->Mono();
  return LoadNewest(deadline);
}

Result<LogState> LogTable::LookBehind(const Snapshot& held, const Deadline& deadline) const {
  // That a commit of ours is there tells nothing when its put fell into the removal of the table:
  // only the one before it does.
  const auto* snapshot = dynamic_cast<const TableSnapshot*>(&held);
  if (snapshot == nullptr || !snapshot->marks().before) return LookFor(held, deadline);
  const auto before =
      TRY(LookForVersion(*store_, held.version() - 1, snapshot->marks().before, deadline));
  if (before != LogState::kThere || !is_local_) return before;
  return LookFor(held, deadline);
}

/// What is planned on the old table ends in a conflict; that its versions begin anew, or the log is
/// empty, would otherwise be seen by nobody.
void LogTable::TellOfLoss(const Snapshot& held) const {
  if (options_.log == nullptr) return;
  options_.log->Warn(
      "delta", "a version that was known is not in the log any more; it is read anew",
      {{"table", store_->root().ToString()}, {"version", std::to_string(held.version())}});
}

Result<SnapshotPtr> LogTable::LoadNewest(const Deadline& deadline) const {
  const auto hint = TRY(ReadLastCheckpoint(*store_, deadline));
  return Load(TRY(ListLog(*store_, hint.value_or(0), std::nullopt, deadline)), std::nullopt,
              deadline);
}

Result<SnapshotPtr> LogTable::Load(LogListing listing, std::optional<Version> version,
                                   const Deadline& deadline) const {
  BadFiles bad;
  std::optional<Error> first;
  while (true) {
    auto segment = ChooseSegment(listing, version, bad);
    if (!segment) {
      // The checkpoint that was pointed at may be gone or bad, but the log may reach further back.
      if (listing.from > 0) {
        listing = TRY(ListLog(*store_, 0, version, deadline));
        continue;
      }
      if (first) return std::unexpected(*std::move(first));
      return std::unexpected(std::move(segment).error());
    }
    auto replayed = Replay(*store_, *segment, options_.log_readers, deadline);
    if (replayed) return LoadSegment(*segment, *std::move(replayed), deadline);
    auto& failure = replayed.error();
    if (!CanGoWithout(failure, *segment)) return std::unexpected(std::move(failure.error));
    bad.insert(failure.key);
    if (!first) first = std::move(failure.error);
  }
}

Result<SnapshotPtr> LogTable::LoadSegment(const LogSegment& segment, Replayed replayed,
                                          const Deadline& deadline) const {
  WallTime time = segment.file_time;
  if (HasInCommitTimestamps(*replayed.state.protocol, *replayed.state.metadata)) {
    if (!replayed.info && segment.last) {
      replayed.info = TRY(ReadCommitInfo(segment.version, deadline));
    }
    if (replayed.info && replayed.info->in_commit_timestamp) {
      time = TimeOf(*replayed.info->in_commit_timestamp);
    }
  }
  if (!replayed.mark && segment.last) {
    const std::string& key = segment.last->key;
    replayed.mark = MarkOf(TRY(store_->ReadRange(key, 0, kCommitMarkBytes, deadline)));
  }
  return TableSnapshot::Make(segment.version, time, std::move(replayed.state), *options_.clock,
                             {.own = replayed.mark});
}

Result<CommitInfo> LogTable::ReadCommitInfo(Version version, const Deadline& deadline) const {
  const std::string key = CommitKey(version);
  InfoSink sink;
  auto parsed = ParseActions(TRY(store_->Read(key, deadline)), sink);
  if (!parsed) return Annotate(std::move(parsed).error(), key);
  return std::move(sink.info);
}

Result<SnapshotPtr> LogTable::Follow(SnapshotPtr base, const Deadline& deadline) {
  while (true) {
    TRY(deadline.Check("reading new commits"));
    const std::string key = CommitKey(base->version() + 1);
    const auto bytes = store_->Read(key, deadline);
    if (!bytes) {
      if (bytes.error().kind != ErrorKind::kNotFound) return std::unexpected(bytes.error());
      if (options_.clock->Mono() - listed_ < kRelistAfter) return base;
      return FollowByListing(base, deadline);
    }
    LogPart part;
    part.wants_commit_info = true;
    part.BeginCommit(base->version() + 1);
    auto parsed = bytes->empty() ? Fail(ErrorKind::kCorruption, "the commit is empty")
                                 : ParseActions(*bytes, part);
    if (!parsed) return Annotate(std::move(parsed).error(), key);
    part.Finish();
    // The store was not asked for the file's time; the writer's own is near enough for a snapshot,
    // and time travel lists the log.
    const auto stated = part.info ? part.info->timestamp : std::nullopt;
    auto next = AdvanceBy(base, std::move(part), MarkOf(*bytes),
                          stated ? TimeOf(*stated) : options_.clock->Now());
    if (!next) return Annotate(std::move(next).error(), key);
    base = *std::move(next);
  }
}

Result<SnapshotPtr> LogTable::FollowByListing(const SnapshotPtr& base, const Deadline& deadline) {
  const auto hint = TRY(ReadLastCheckpoint(*store_, deadline));
  const Version from = hint && *hint <= base->version() ? *hint : 0;
  const auto listing = TRY(ListLog(*store_, from, std::nullopt, deadline));
  listed_ = options_.clock->Mono();
  const auto segment = ChooseSegment(listing, std::nullopt, {});
  if (segment && segment->version == base->version()) return base;
  // Clean-up has removed the commits behind ours, the log lost some that ours stands on, or the
  // table was made anew.
  if (!segment || segment->version < base->version()) Forget();
  return Load(listing, std::nullopt, deadline);
}

Result<SnapshotPtr> LogTable::AdvanceBy(const SnapshotPtr& base, LogPart part, CommitMark mark,
                                        WallTime committed) const {
  TableState state;
  Version version = 0;
  SnapshotMarks marks{.own = mark};
  if (base) {
    const auto* snapshot = dynamic_cast<const TableSnapshot*>(base.get());
    if (snapshot == nullptr) return Fail(ErrorKind::kInvalid, "the snapshot is not of this table");
    state = snapshot->state();
    version = base->version() + 1;
    marks.before = snapshot->marks().own;
    committed = std::max(committed, base->timestamp() + std::chrono::milliseconds(1));
  }
  state = TRY(delta::Advance(state, part, options_.clock->Now() - options_.tombstone_grace));
  if (part.info && part.info->in_commit_timestamp && state.protocol && state.metadata &&
      HasInCommitTimestamps(*state.protocol, *state.metadata)) {
    committed = TimeOf(*part.info->in_commit_timestamp);
  }
  return TableSnapshot::Make(version, committed, std::move(state), *options_.clock, marks);
}

Result<SnapshotPtr> LogTable::Advance(const SnapshotPtr& base, const CommitFile& commit,
                                      WallTime committed) const {
  LogPart part;
  part.BeginCommit(base ? base->version() + 1 : 0);
  auto fed = Feed(*commit.actions, part);
  if (!fed) return Named(std::move(fed).error());
  auto next = AdvanceBy(base, std::move(part), commit.mark, committed);
  if (!next) return Named(std::move(next).error());
  return next;
}

Result<std::vector<Action>> LogTable::Parse(Version version, std::string_view bytes) const {
  auto actions = ParseCommit(bytes);
  if (!actions) return Named(Annotate(std::move(actions).error(), CommitKey(version)).error());
  return actions;
}

Result<SnapshotPtr> LogTable::AtVersion(Version version, const Deadline& deadline) {
  if (version < 0) {
    const auto newest = TRY(Latest(deadline))->version();
    return Named(
        Error{ErrorKind::kNotFound,
              fmt::format("version {} does not exist; they begin at 0 and the newest is {}",
                          version, newest),
              {},
              -1});
  }
  if (auto held = Cached(); held && held->version() == version) return held;
  const auto load = [&] -> Result<SnapshotPtr> {
    const auto hint = TRY(ReadLastCheckpoint(*store_, deadline));
    const Version from = hint && *hint <= version ? *hint : 0;
    return Load(TRY(ListLog(*store_, from, std::nullopt, deadline)), version, deadline);
  };
  auto snapshot = load();
  if (!snapshot) return Named(std::move(snapshot).error());
  return snapshot;
}

Result<SnapshotPtr> LogTable::AtTime(WallTime time, const Deadline& deadline) {
  auto latest = TRY(Latest(deadline));
  if (time >= latest->timestamp()) return latest;
  const auto find = [&] -> Result<Version> {
    return VersionAt(time, *latest, TRY(ListLog(*store_, 0, latest->version(), deadline)),
                     deadline);
  };
  auto version = find();
  if (!version) return Named(std::move(version).error());
  return AtVersion(*version, deadline);
}

Result<Version> LogTable::VersionAt(WallTime time, const Snapshot& latest,
                                    const LogListing& listing, const Deadline& deadline) const {
  const auto times = CommitTimes(listing);
  const auto property = [&](std::string_view name) -> std::optional<std::int64_t> {
    const auto found = latest.metadata().configuration.find(name);
    if (found == latest.metadata().configuration.end()) return std::nullopt;
    return std::strtoll(found->second.c_str(), nullptr, 10);
  };
  // Commits before the feature was turned on have only the times of their files.
  Version first_in_commit = latest.version() + 1;
  if (HasInCommitTimestamps(latest.protocol(), latest.metadata())) {
    const auto enabled = property("delta.inCommitTimestampEnablementVersion");
    const auto preview = property("delta.inCommitTimestampEnablementVersion-preview");
    first_in_commit = enabled ? *enabled : preview.value_or(0);
  }
  std::optional<Version> found;
  std::vector<Version> stated;
  for (const auto& [version, file_time] : times) {
    if (version >= first_in_commit) {
      stated.push_back(version);
    } else if (file_time <= time) {
      found = version;
    }
  }
  // In-commit timestamps only grow, so that a search reads few commits.
  std::size_t low = 0;
  std::size_t high = stated.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    const auto info = TRY(ReadCommitInfo(stated[middle], deadline));
    if (info.in_commit_timestamp && TimeOf(*info.in_commit_timestamp) <= time) {
      found = stated[middle];
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (!found) {
    const auto iso = [](WallTime at) {
      return columnar::FormatTimestampIso(at.time_since_epoch().count() * 1000);
    };
    std::string message = "no version was committed at or before " + iso(time);
    if (stated.empty() && !times.empty()) {
      message += fmt::format("; the first that is left, {}, is of {}", times.front().first,
                             iso(times.front().second));
    }
    return Fail(ErrorKind::kNotFound, std::move(message));
  }
  return *found;
}

Result<std::vector<HistoryEntry>> LogTable::History(std::size_t entries_max,
                                                    const Deadline& deadline) {
  const auto latest = TRY(Latest(deadline));
  const auto collect = [&] -> Result<std::vector<HistoryEntry>> {
    const auto count = static_cast<Version>(std::min<std::size_t>(entries_max, INT32_MAX));
    const Version from = std::max<Version>(0, latest->version() - count);
    const auto listing = TRY(ListLog(*store_, from, latest->version(), deadline));
    std::vector<HistoryEntry> entries;
    for (const auto& [version, time] : CommitTimes(listing)) {
      if (version > latest->version() || version + count <= latest->version()) continue;
      HistoryEntry entry{version, time, TRY(ReadCommitInfo(version, deadline))};
      if (entry.info.in_commit_timestamp) entry.timestamp = TimeOf(*entry.info.in_commit_timestamp);
      entries.push_back(std::move(entry));
    }
    std::ranges::reverse(entries);
    return entries;
  };
  auto entries = collect();
  if (!entries) return Named(std::move(entries).error());
  return entries;
}

Result<CommitOutcome> LogTable::Create(Metadata metadata, std::vector<Action> actions,
                                       CommitInfo info, const Deadline& deadline) {
  return Committed(
      committer_.Create(std::move(metadata), std::move(actions), std::move(info), deadline));
}

Result<CommitOutcome> LogTable::Commit(const SnapshotPtr& read, CommitRequest request,
                                       const Deadline& deadline) {
  return Committed(committer_.Commit(read, std::move(request), deadline));
}

Result<CommitOutcome> LogTable::Committed(Result<CommitOutcome> outcome) {
  if (outcome && options_.checkpoints && IsCheckpointDue(*outcome->snapshot)) {
    checkpoints_.Due(outcome->snapshot);
  }
  return outcome;
}

bool LogTable::MayMatch(const Metadata& metadata, const AddFile& file,
                        const Predicate& predicate) const {
  // Without the protocol a mapping cannot be told for sure: the columns' physical names can.
  const auto mode = metadata.configuration.contains("delta.columnMapping.mode")
                        ? MappingMode::kName
                        : MappingMode::kNone;
  return FilePredicate(predicate, metadata, mode).EvaluateAdd(file) != Tri::kFalse;
}

Status LogTable::Checkpoint(const Snapshot& snapshot, const Deadline& deadline) {
  const auto* held = dynamic_cast<const TableSnapshot*>(&snapshot);
  if (held == nullptr) {
    return Named(Error{ErrorKind::kInvalid, "the snapshot is not of this table", {}, -1});
  }
  const auto look = [&] -> Status {
    if (TRY(LookBehind(*held, deadline)) == LogState::kThere) return {};
    return Fail(ErrorKind::kConflict, fmt::format("version {} is not in the log any more: a "
                                                  "checkpoint of it would stand for another table",
                                                  held->version()));
  };
  auto written = WriteCheckpoint(store_, *held, look, *options_.kill_switch, deadline);
  if (!written) return Named(std::move(written).error());
  return {};
}

}  // namespace neuralake::delta
