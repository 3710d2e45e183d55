#include "neuralake/delta/commit/committer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "neuralake/base/uuid.h"
#include "neuralake/delta/commit/attempt.h"
#include "neuralake/delta/commit/backoff.h"
#include "neuralake/delta/commit/conflict.h"
#include "neuralake/delta/commit/creation.h"
#include "neuralake/delta/commit/rules.h"
#include "neuralake/delta/limits.h"
#include "neuralake/delta/log/file_names.h"

namespace neuralake::delta {
namespace {

// Whether a put that failed so had no effect and will have none.
bool IsRefusal(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid:
    case ErrorKind::kNotFound:
    case ErrorKind::kResourceExhausted:
    case ErrorKind::kUnauthenticated:
    case ErrorKind::kPermissionDenied:
    case ErrorKind::kUnsupported:
      return true;
    default:
      return false;
  }
}

// Whether a put that failed may have had an effect, or have it yet.
bool MayBeSent(const Status& put) {
  return !put && !IsRefusal(put.error().kind) && put.error().kind != ErrorKind::kAlreadyExists &&
         put.error().kind != ErrorKind::kUnavailable;
}

// A look that decides between done and not done is worth a little more than the caller's time.
Deadline ForLook(const Deadline& deadline) {
  if (!deadline.Expired() && deadline.Left() > kSettleGrace) return deadline;
  return Deadline::After(kSettleGrace, {}, deadline.clock());
}

WallTime TimeOf(const std::vector<Action>& actions, WallTime otherwise) {
  for (const Action& action : actions) {
    const auto* info = std::get_if<CommitInfo>(&action);
    if (info != nullptr && info->timestamp) {
      return WallTime{std::chrono::milliseconds{*info->timestamp}};
    }
  }
  return otherwise;
}

bool ChangesRows(const std::vector<Action>& actions) {
  return std::ranges::any_of(actions, [](const Action& action) {
    if (const auto* add = std::get_if<AddFile>(&action)) return add->data_change;
    if (const auto* remove = std::get_if<RemoveFile>(&action)) return remove->data_change;
    return false;
  });
}

Isolation EffectiveIsolation(const CommitRequest& request, const Metadata& metadata) {
  const auto level = metadata.configuration.find("delta.isolationLevel");
  const bool raised = level != metadata.configuration.end() && level->second == "Serializable";
  return raised && request.isolation == Isolation::kWriteSerializable ? Isolation::kSerializable
                                                                      : request.isolation;
}

Status CheckRequest(const Snapshot& read, const CommitRequest& request) {
  TRY(CheckWritable(read.protocol(), read.metadata()));
  if (request.isolation == Isolation::kSnapshot && ChangesRows(request.actions)) {
    return Fail(ErrorKind::kInvalid, "snapshot isolation is for commits that change no data");
  }
  return CheckTableRules(request.actions, read);
}

Status CheckAttempt(const Attempt& attempt) {
  const auto& all = *attempt.actions();
  TRY(CheckActions(std::span(all).subspan(1), attempt.protocol(), attempt.metadata()));
  const bool changes_table = std::ranges::any_of(all, [](const Action& action) {
    return std::holds_alternative<Metadata>(action) || std::holds_alternative<Protocol>(action);
  });
  if (!changes_table) return {};
  TRY(CheckWritable(attempt.protocol(), attempt.metadata()));
  return CheckMetadata(attempt.protocol(), attempt.metadata());
}

}  // namespace

Committer::Committer(std::shared_ptr<storage::ObjectStore> store, CommitGround& ground,
                     CommitterOptions options)
    : store_(std::move(store)), is_local_(IsLocal(*store_)), ground_(ground), options_(options) {}

std::unexpected<Error> Committer::Named(Error error) const {
  return Annotate(std::move(error), "table " + store_->root().ToString());
}

Result<CommitOutcome> Committer::Create(Metadata metadata, std::vector<Action> actions,
                                        CommitInfo info, const Deadline& deadline) {
  const auto create = [&] -> Result<CommitOutcome> {
    TRY(CheckNoTable(*store_, deadline));
    ground_.Forget();
    CommitRequest request;
    request.actions = TRY(
        NewTable(std::move(metadata), std::move(actions), options_.clock->Now(), *options_.rng));
    request.info = std::move(info);
    Attempt attempt(nullptr, std::move(request), RandomUuid(*options_.rng));
    TRY(CheckAttempt(attempt));
    return Run(attempt, deadline);
  };
  auto outcome = create();
  if (!outcome) return Named(std::move(outcome).error());
  return outcome;
}

Result<CommitOutcome> Committer::Commit(const SnapshotPtr& read, CommitRequest request,
                                        const Deadline& deadline) {
  const auto commit = [&] -> Result<CommitOutcome> {
    TRY(CheckRequest(*read, request));
    request.isolation = EffectiveIsolation(request, read->metadata());
    Attempt attempt(read, std::move(request), RandomUuid(*options_.rng));
    TRY(CheckAttempt(attempt));
    TRY(CatchUp(attempt, ground_.Cached(), deadline));
    return Run(attempt, deadline);
  };
  auto outcome = commit();
  if (!outcome) return Named(std::move(outcome).error());
  return outcome;
}

Result<CommitOutcome> Committer::Run(Attempt& attempt, const Deadline& deadline) {
  Backoff backoff(*options_.rng);
  std::uint32_t rebases = 0;
  std::uint32_t failures = 0;  // in a row, at one version
  Status last = deadline.Check("the commit");
  while (last && failures < kPutFailuresMax && rebases < options_.attempts_max) {
    TRY(attempt.Prepare(ground_, options_.clock->Now()));
    options_.kill_switch->Reach("commit.before_put");
    const auto sent = Send(attempt, deadline);
    const Status& put = sent.put;
    ++attempt.puts;
    if (sent.is_tried && MayBeSent(put)) attempt.sent = true;
    options_.kill_switch->Reach("commit.after_put");
    TRY(CheckBase(attempt, sent, deadline));
    if (put) return Finish(attempt);
    const auto standing = TRY(Settle(attempt, sent, deadline));
    if (standing == Standing::kOurs) {
      TRY(CheckBase(attempt, {.put = {}, .base = sent.base}, deadline));
      return Finish(attempt);
    }
    if (standing == Standing::kTheirs) {
      failures = 0;
      // Whoever lost once may simply try the next version; who loses again is behind.
      if (++rebases > 1) {
        backoff.Wait(deadline);
        TRY(ReadOn(attempt, deadline));
      }
    } else {
      ++failures;
      backoff.Wait(deadline);
    }
    last = deadline.Check("the commit");
    if (last && failures == kPutFailuresMax) last = std::unexpected(put.error());
  }
  if (attempt.sent || attempt.unseen) {
    return Fail(
        ErrorKind::kUnknownOutcome,
        fmt::format("version {}: the answer of the store was lost, and it could not be seen "
                    "whether the commit is there; look for txnId {}",
                    attempt.version(), attempt.token()));
  }
  if (!last) return std::unexpected(std::move(last).error());
  return Fail(ErrorKind::kConflict,
              fmt::format("{} other commits came first, the last one as version {}", rebases,
                          attempt.version() - 1));
}

/// Put the commit. On a local disk the version before it is looked for first and last; elsewhere
/// beside the put, so that it costs no round trip of its own.
Committer::Sent Committer::Send(const Attempt& attempt, const Deadline& deadline) const {
  const std::string key = CommitKey(attempt.version());
  if (!attempt.base()) {
    return {store_->Put(key, attempt.text(), storage::PutMode::kIfAbsent, deadline),
            LogState::kThere};
  }
  const auto look = [&] { return ground_.LookFor(*attempt.base(), deadline); };
  if (is_local_) {
    auto before = look();
    if (!before) return {std::unexpected(before.error()), LogState::kThere, false};
    if (*before != LogState::kThere) {
      return {Fail(ErrorKind::kNotFound, "not sent"), *before, false};
    }
  }
  auto looked = LookAside(is_local_, look);
  Status put = store_->Put(key, attempt.text(), storage::PutMode::kIfAbsentInFolder, deadline);
  return {std::move(put), looked.get()};
}

Status Committer::CheckBase(const Attempt& attempt, const Sent& sent, const Deadline& deadline) {
  auto base = sent.base;
  // A put without an effect is settled, or made again, and looked at then.
  if (!base && sent.put) base = ground_.LookFor(*attempt.base(), ForLook(deadline));
  if (!base) {
    if (!sent.put) return {};
    return Fail(ErrorKind::kUnknownOutcome,
                fmt::format("version {} is put, but it could not be seen whether the one before it "
                            "is still in the log: {}",
                            attempt.version(), base.error().message));
  }
  if (*base == LogState::kThere) return {};
  ground_.Forget();
  const bool is_sure = *base == LogState::kGone ? Withdraw(attempt, sent.put, deadline)
                                                : !sent.put && !attempt.sent && !attempt.unseen;
  const auto message = fmt::format(
      "version {} is {}: the table was removed{}", attempt.base()->version(),
      *base == LogState::kGone ? "not in the log any more" : "another one in the log now",
      *base == LogState::kGone ? "" : " and made anew, or its log was cleaned up");
  if (is_sure) return Fail(ErrorKind::kConflict, message);
  return Fail(ErrorKind::kUnknownOutcome,
              fmt::format("{}; look for txnId {}", message, attempt.token()));
}

bool Committer::Withdraw(const Attempt& attempt, const Status& put, const Deadline& deadline) {
  const std::string key = CommitKey(attempt.version());
  const auto look = ForLook(deadline);
  if (!put) {
    const auto bytes = store_->Read(key, look);
    if (!bytes) return bytes.error().kind == ErrorKind::kNotFound && !attempt.sent;
    const auto there = ground_.Parse(attempt.version(), *bytes);
    if (!there || !attempt.Owns(*there)) return !attempt.sent;
  }
  return store_->Delete(key, look).has_value();
}

Result<CommitOutcome> Committer::Finish(const Attempt& attempt) {
  recent_.Keep(attempt.version(), attempt.file());
  ground_.Publish(attempt.next());
  return CommitOutcome{attempt.version(), attempt.next(), attempt.puts};
}

Result<Committer::Standing> Committer::Settle(Attempt& attempt, const Sent& sent,
                                              const Deadline& deadline) {
  const bool is_first = !attempt.sent && !attempt.unseen;
  // A refusal settles this put, but not an earlier one of the same version.
  if (IsRefusal(sent.put.error().kind) && is_first) return std::unexpected(sent.put.error());
  if (!sent.is_tried && is_first) return Standing::kVacant;
  auto there = ReadCommit(attempt.version(), ForLook(deadline));
  if (!there) {
    if (there.error().kind == ErrorKind::kCorruption) return std::unexpected(there.error());
    attempt.unseen = there.error().kind != ErrorKind::kNotFound;
    return Standing::kVacant;
  }
  if (attempt.Owns(*there->actions)) {
    const auto committed = TimeOf(*there->actions, options_.clock->Now());
    const auto adopted = attempt.Adopt(ground_, *std::move(there), committed);
    if (adopted) return Standing::kOurs;
    // It is there: whoever takes this for not done would do it twice, or delete its files.
    return Fail(ErrorKind::kUnknownOutcome,
                fmt::format("version {} is put, but what it made cannot be told: {}",
                            attempt.version(), adopted.error().message));
  }
  TRY(StepOver(attempt, *std::move(there)));
  return Standing::kTheirs;
}

Status Committer::Judge(const Attempt& attempt, const std::vector<Action>& winner) const {
  if (attempt.base() == nullptr) {
    return Fail(ErrorKind::kAlreadyExists, "another writer has just created it");
  }
  const Metadata& metadata = attempt.base()->metadata();
  return CheckConflict(attempt.transaction(), attempt.version(), winner,
                       [&](const AddFile& file, const Predicate& predicate) {
                         return ground_.MayMatch(metadata, file, predicate);
                       });
}

Status Committer::StepOver(Attempt& attempt, CommitFile winner) {
  TRY(Judge(attempt, *winner.actions));
  const auto committed = TimeOf(*winner.actions, options_.clock->Now());
  auto base = TRY(ground_.Advance(attempt.base(), winner, committed));
  recent_.Keep(base->version(), std::move(winner));
  ground_.Publish(base);
  attempt.Rebase(std::move(base));
  return {};
}

Status Committer::ReadOn(Attempt& attempt, const Deadline& deadline) {
  TRY(CatchUp(attempt, ground_.Cached(), deadline));
  while (true) {
    auto there = ReadCommit(attempt.version(), deadline);
    if (!there && there.error().kind == ErrorKind::kNotFound) return {};
    TRY(StepOver(attempt, TRY(std::move(there))));
  }
}

Status Committer::CatchUp(Attempt& attempt, const SnapshotPtr& newest, const Deadline& deadline) {
  if (newest == nullptr) return {};
  if (newest->metadata().id != attempt.base()->metadata().id) {
    return Fail(ErrorKind::kConflict, "the table was removed and made anew since it was read");
  }
  if (newest->version() <= attempt.base()->version()) return {};
  for (Version v = attempt.version(); v <= newest->version(); ++v) {
    auto read = ReadCommit(v, deadline);
    if (!read && read.error().kind == ErrorKind::kNotFound) {
      return Fail(ErrorKind::kConflict,
                  fmt::format("version {} came first and is cleaned up already", v));
    }
    const auto winner = TRY(std::move(read));
    TRY(CheckConflict(attempt.transaction(), v, *winner.actions,
                      [&](const AddFile& file, const Predicate& predicate) {
                        return ground_.MayMatch(attempt.base()->metadata(), file, predicate);
                      }));
  }
  attempt.Rebase(newest);
  return {};
}

Result<CommitFile> Committer::ReadCommit(Version version, const Deadline& deadline) const {
  if (auto held = recent_.Find(version)) return *std::move(held);
  const std::string bytes = TRY(store_->Read(CommitKey(version), deadline));
  auto actions = TRY(ground_.Parse(version, bytes));
  return CommitFile{std::make_shared<const std::vector<Action>>(std::move(actions)), MarkOf(bytes)};
}

}  // namespace neuralake::delta
