#include <algorithm>

#include <fmt/format.h>

#include "neuralake/serve/limits.h"
#include "neuralake/serve/pgwire/connection.h"

// What the session itself answers: SET, SHOW, transactions.

namespace neuralake::serve {
namespace {

constexpr std::string_view kNoTransaction = "25P01";

PgColumn TextColumn(std::string name) {
  PgColumn column;
  column.name = std::move(name);
  return column;
}

void AppendTextRow(std::span<const std::string> values, std::string& out) {
  PgWriter writer(out);
  const std::size_t mark = writer.BeginMessage('D');
  writer.Int16(static_cast<std::int16_t>(values.size()));
  for (const std::string& value : values) {
    writer.Int32(static_cast<std::int32_t>(value.size()));
    out += value;
  }
  writer.EndMessage(mark);
}

}  // namespace

std::vector<PgColumn> ShowColumns(const ShowWord& word) {
  if (word.name != "all") return {TextColumn(word.name)};
  return {TextColumn("name"), TextColumn("setting"), TextColumn("description")};
}

Status PgConnection::Apply(const SessionWord& word, bool describe) {
  PgWriter writer(out_);
  if (const auto* set = std::get_if<SetWord>(&word)) return ApplySet(*set);
  if (const auto* show = std::get_if<ShowWord>(&word)) return ApplyShow(*show, describe);
  if (const auto* reset = std::get_if<ResetWord>(&word)) return ApplyReset(*reset);
  if (const auto* begin = std::get_if<BeginWord>(&word)) {
    if (transaction_ != 'I') {
      writer.Warning("there is already a transaction in progress", "25001");
    } else {
      transaction_ = 'T';
      settings_.BeginTransaction();
    }
    if (begin->read_only) {
      TRY(settings_.Set("transaction_read_only", *begin->read_only ? "on" : "off"));
    }
    writer.CommandComplete(begin->tag);
  } else if (std::holds_alternative<CommitWord>(word)) {
    if (transaction_ == 'I') writer.Warning("there is no transaction in progress", kNoTransaction);
    const bool commit = transaction_ != 'E';
    writer.CommandComplete(commit ? "COMMIT" : "ROLLBACK");
    EndTransaction(commit);
  } else if (std::holds_alternative<RollbackWord>(word)) {
    if (transaction_ == 'I') writer.Warning("there is no transaction in progress", kNoTransaction);
    writer.CommandComplete("ROLLBACK");
    EndTransaction(/*commit=*/false);
  } else if (const auto* savepoint = std::get_if<SavepointWord>(&word)) {
    return ApplySavepoint(*savepoint);
  } else if (const auto* discard = std::get_if<DiscardWord>(&word)) {
    return ApplyDiscard(*discard);
  } else if (const auto* deallocate = std::get_if<DeallocateWord>(&word)) {
    return ApplyDeallocate(*deallocate);
  } else if (const auto* nothing = std::get_if<NothingWord>(&word)) {
    writer.CommandComplete(nothing->tag);
  }
  return {};
}

Status PgConnection::ApplySet(const SetWord& word) {
  if (!word.local || settings_.in_transaction()) {
    Announce(TRY(settings_.Set(word.name, word.value, word.local)));
  } else {
    // What is wrong with it is told all the same.
    SessionSettings gone = settings_;
    TRY(gone.Set(word.name, word.value));
    PgWriter(out_).Warning("SET LOCAL can only be used in transaction blocks", kNoTransaction);
  }
  PgWriter(out_).CommandComplete("SET");
  return {};
}

void PgConnection::Announce(const std::vector<SettingChange>& changes) {
  for (const SettingChange& change : changes) Announce(change);
}

void PgConnection::Announce(const SettingChange& change) {
  PgWriter writer(out_);
  if (!change.warning.empty()) writer.Warning(change.warning, "01000");
  if (change.report) writer.ParameterStatus(change.name, change.value);
}

Status PgConnection::ApplyShow(const ShowWord& word, bool describe) {
  std::vector<std::array<std::string, 3>> rows;
  if (word.name == "all") {
    rows = settings_.All();
  } else {
    rows.push_back({TRY(settings_.Show(word.name)), "", ""});
  }
  const std::vector<PgColumn> columns = ShowColumns(word);
  PgWriter writer(out_);
  if (describe) writer.RowDescription(columns);
  for (const auto& row : rows) AppendTextRow(std::span(row).first(columns.size()), out_);
  writer.CommandComplete("SHOW");
  return {};
}

Status PgConnection::ApplyReset(const ResetWord& word) {
  if (word.name == "all") {
    Announce(settings_.ResetAll());
  } else {
    Announce(TRY(settings_.Set(word.name, std::nullopt)));
  }
  PgWriter(out_).CommandComplete("RESET");
  return {};
}

Status PgConnection::ApplyDiscard(const DiscardWord& word) {
  if (word.what != "all" && word.what != "plans" && word.what != "temp" &&
      word.what != "sequences") {
    return neuralake::Fail(
        ErrorKind::kInvalid,
        fmt::format("DISCARD takes ALL, PLANS, TEMP or SEQUENCES, not {}", word.what));
  }
  if (word.what == "all") {
    if (transaction_ != 'I') {
      return Coded(
          neuralake::Fail(ErrorKind::kInvalid, "DISCARD ALL cannot run inside a transaction block"),
          "25001");
    }
    Announce(settings_.ResetAll());
    DropPortals(/*held=*/true);
    statements_.clear();
  }
  PgWriter(out_).CommandComplete(word.what == "all" ? "DISCARD ALL" : "DISCARD");
  return {};
}

Status PgConnection::ApplyDeallocate(const DeallocateWord& word) {
  if (word.name == "all") {
    statements_.clear();
    PgWriter(out_).CommandComplete("DEALLOCATE ALL");
    return {};
  }
  const auto found = statements_.find(word.name);
  if (found == statements_.end()) {
    return NoSuch("prepared statement", word.name, kNoPreparedStatement);
  }
  statements_.erase(found);
  PgWriter(out_).CommandComplete("DEALLOCATE");
  return {};
}

/// No table can change inside a transaction: going back to a savepoint ends a failure and gives
/// back the settings.
Status PgConnection::ApplySavepoint(const SavepointWord& word) {
  using What = SavepointWord::What;
  const std::string_view tag = word.what == What::kSet       ? "SAVEPOINT"
                               : word.what == What::kRelease ? "RELEASE"
                                                             : "ROLLBACK";
  if (transaction_ == 'I') {
    return Coded(neuralake::Fail(ErrorKind::kInvalid,
                                 fmt::format("{} can only be used in transaction blocks", tag)),
                 kNoTransaction);
  }
  if (word.what == What::kSet) {
    if (savepoints_.size() >= kSavepointsMax) {
      return neuralake::Fail(
          ErrorKind::kResourceExhausted,
          fmt::format("a transaction keeps at most {} savepoints; release some", kSavepointsMax));
    }
    savepoints_.push_back({word.name, settings_.Now()});
  } else {
    // The newest of that name; those that were set behind it go with it.
    const auto found =
        std::ranges::find(savepoints_.rbegin(), savepoints_.rend(), word.name, &Savepoint::name);
    if (found == savepoints_.rend()) return NoSuch("savepoint", word.name, "3B001");
    savepoints_.erase(found.base(), savepoints_.end());
    if (word.what == What::kRollback) {
      transaction_ = 'T';
      Announce(settings_.GoBack(savepoints_.back().settings));
    } else {
      savepoints_.pop_back();
    }
  }
  PgWriter(out_).CommandComplete(tag);
  return {};
}

void PgConnection::EndTransaction(bool commit) {
  transaction_ = 'I';
  Announce(settings_.EndTransaction(commit));
  savepoints_.clear();
  DropPortals();
}

}  // namespace neuralake::serve
