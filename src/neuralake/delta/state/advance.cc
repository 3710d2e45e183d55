#include <fmt/format.h>

#include "neuralake/delta/limits.h"
#include "neuralake/delta/retention.h"
#include "neuralake/delta/state/table_state.h"

namespace neuralake::delta {
namespace {

/// A place in the log.
struct RowPlace {
  std::size_t segment;
  std::size_t row;
};

class Editor {
 public:
  Editor(TableState& state, const LogPart& part) : state_(state), part_(part) {}

  Status Files() {
    for (const auto& columns : part_.columns) {
      state_.segments.push_back(WholeSegment(columns));
      for (std::size_t row = 0; row < columns->rows(); ++row) TRY(File(row));
      part_rows_ += columns->rows();
    }
    return NoFileTwice();
  }

 private:
  /// The newest segment's row `row` ends all older actions of its logical file.
  Status File(std::size_t row) {
    const std::size_t own = state_.segments.size() - 1;
    const FileColumns& columns = *state_.segments[own].columns;
    const auto path = columns.path(row);
    const bool is_add = !columns.is_remove(row);
    Status status;
    for (std::size_t i = 0; i <= own && status; ++i) {
      Segment& segment = state_.segments[i];
      segment.columns->ForEachOfPath(columns.hash(row), path, [&](std::size_t other) {
        if (i == own && other >= row) return false;
        if (!segment.live.Test(other)) return true;
        if (segment.columns->SameVector(other, columns, row)) {
          if (i == own) status = CheckSameCommit(columns, row, other);
          Kill(segment, other);
        } else if (is_add && !segment.columns->is_remove(other)) {
          twins_.push_back({{own, row}, {i, other}});
        }
        return status.has_value();
      });
    }
    if (is_add) state_.totals.Count(columns, row, 1);
    return status;
  }

  /// One commit may name a logical file once as added and once as removed.
  Status CheckSameCommit(const FileColumns& columns, std::size_t row, std::size_t other) const {
    const Version commit = part_.CommitOf(part_rows_ + row);
    if (commit < 0 || commit != part_.CommitOf(part_rows_ + other)) return {};
    if (columns.is_remove(row) != columns.is_remove(other)) return {};
    return Fail(ErrorKind::kCorruption,
                fmt::format("commit {} {} file {} twice", commit,
                            columns.is_remove(row) ? "removes" : "adds", columns.path(row)));
  }

  void Kill(Segment& segment, std::size_t row) {
    segment.Clear(row);
    if (!segment.columns->is_remove(row)) state_.totals.Count(*segment.columns, row, -1);
  }

  /// A data file is in the table under one deletion vector only.
  Status NoFileTwice() const {
    for (const auto& [left, right] : twins_) {
      const Segment& segment = state_.segments[left.segment];
      if (!segment.live.Test(left.row)) continue;
      if (!state_.segments[right.segment].live.Test(right.row)) continue;
      return Fail(ErrorKind::kCorruption,
                  fmt::format("file {} is in the table twice, with different deletion vectors",
                              segment.columns->path(left.row)));
    }
    return {};
  }

  TableState& state_;
  const LogPart& part_;
  std::size_t part_rows_ = 0;  // of the part's segments before the newest
  std::vector<std::pair<RowPlace, RowPlace>> twins_;
};

/// Join the newest segments while they are of like size, so that there are few and each row is
/// copied a logarithmic number of times.
void MergeTail(std::vector<Segment>& segments, std::int64_t oldest) {
  while (segments.size() >= 2) {
    const Segment& newer = segments.back();
    const Segment& older = segments[segments.size() - 2];
    if (newer.live.rows() * 2 < older.live.live()) return;
    if (newer.live.live() + older.live.live() > kMergeRowsMax) return;
    FileColumnsBuilder builder;
    AppendLive(older, oldest, builder);
    AppendLive(newer, oldest, builder);
    segments.resize(segments.size() - 2);
    if (builder.rows() > 0) segments.push_back(WholeSegment(builder.Finish()));
  }
}

/// Rewrite segments that are mostly dead or past their retention; each row of a rewrite was paid
/// for by a removal.
void DropDead(std::vector<Segment>& segments, std::int64_t oldest) {
  std::erase_if(segments, [&](const Segment& segment) { return segment.Kept(oldest) == 0; });
  for (Segment& segment : segments) {
    if (segment.Kept(oldest) * 2 >= segment.live.rows()) continue;
    FileColumnsBuilder builder;
    AppendLive(segment, oldest, builder);
    segment = WholeSegment(builder.Finish());
  }
}

void ApplyTransactions(const LogPart& part, TableState& state) {
  if (part.transactions.empty()) return;
  auto next = std::make_shared<Transactions>(*state.transactions);
  for (const auto& transaction : part.transactions) {
    next->insert_or_assign(transaction.app_id, transaction);
  }
  state.transactions = std::move(next);
}

void ApplyDomains(const LogPart& part, TableState& state) {
  if (part.domains.empty()) return;
  auto next = std::make_shared<Domains>(*state.domains);
  for (const auto& domain : part.domains) {
    if (domain.removed) {
      next->erase(domain.domain);
    } else {
      next->insert_or_assign(domain.domain, domain);
    }
  }
  state.domains = std::move(next);
}

}  // namespace

Segment WholeSegment(std::shared_ptr<const FileColumns> columns) {
  const auto rows = columns->rows();
  const auto removes = columns->removes();
  return {std::move(columns), Liveness(rows), removes};
}

void Segment::Clear(std::size_t row) {
  if (live.Clear(row) && columns->is_remove(row)) --removes;
}

std::size_t Segment::Kept(std::int64_t oldest) const {
  return columns->last_removal() < oldest ? live.live() - removes : live.live();
}

void AppendLive(const Segment& from, std::int64_t oldest, FileColumnsBuilder& to) {
  FileView view;
  for (std::size_t row = 0; row < from.columns->rows(); ++row) {
    if (!from.live.Test(row)) continue;
    if (from.columns->is_remove(row) && from.columns->time(row).value_or(0) < oldest) continue;
    from.columns->View(row, view);
    to.Append(view);
  }
}

void FileTotals::Count(const FileColumns& columns, std::size_t row, std::int64_t sign) {
  // Unsigned, since a log can name any number: the sums wrap and come back.
  const auto add = [sign](std::int64_t& sum, std::int64_t amount) {
    const auto change = static_cast<std::uint64_t>(sign) * static_cast<std::uint64_t>(amount);
    sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) + change);
  };
  add(files, 1);
  add(bytes, columns.size(row).value_or(0));
  if (const auto rows = columns.num_records(row)) {
    add(records, *rows);
    add(records, -columns.deleted_records(row));
  } else {
    add(files_of_unknown, 1);
  }
}

Result<TableState> Advance(const TableState& base, const LogPart& part, WallTime forget) {
  TableState state = base;
  if (part.protocol) state.protocol = std::make_shared<const Protocol>(*part.protocol);
  if (part.metadata) {
    auto metadata = std::make_shared<Metadata>(*part.metadata);
    TRY(ResolveSchema(*metadata));
    state.metadata = std::move(metadata);
  }
  TRY(Editor(state, part).Files());
  // A log without metadata makes no table; that is told when the snapshot is made.
  const auto retention =
      state.metadata ? TombstoneRetention(*state.metadata) : std::chrono::milliseconds(0);
  const std::int64_t oldest = (forget - retention).time_since_epoch().count();
  DropDead(state.segments, oldest);
  MergeTail(state.segments, oldest);
  ApplyTransactions(part, state);
  ApplyDomains(part, state);
  return state;
}

}  // namespace neuralake::delta
