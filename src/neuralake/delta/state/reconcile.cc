#include "neuralake/delta/state/reconcile.h"

#include <bit>

#include <fmt/format.h>

#include "neuralake/delta/limits.h"

namespace neuralake::delta {
namespace {

/// The logical files met so far, by the hash of their path.
class SeenFiles {
 public:
  struct Place {
    std::uint32_t segment;
    std::uint32_t row;
  };

  void Insert(std::uint64_t hash, Place place) {
    if ((count_ + 1) * 3 > slots_.size() * 2) Grow();
    Put({hash, place});
    ++count_;
  }

  template <class Visit>
  void ForEach(std::uint64_t hash, Visit visit) const {
    if (slots_.empty()) return;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = hash & mask; slots_[i].place.segment != kFree; i = (i + 1) & mask) {
      if (slots_[i].hash == hash && !visit(slots_[i].place)) return;
    }
  }

 private:
  static constexpr std::uint32_t kFree = 0xffff'ffff;

  struct Slot {
    std::uint64_t hash = 0;
    Place place{kFree, 0};
  };

  void Put(const Slot& slot) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t i = slot.hash & mask;
    while (slots_[i].place.segment != kFree) i = (i + 1) & mask;
    slots_[i] = slot;
  }

  void Grow() {
    auto old = std::exchange(slots_, std::vector<Slot>(std::max(slots_.size() * 2, 64UL)));
    for (const Slot& slot : old) {
      if (slot.place.segment != kFree) Put(slot);
    }
  }

  std::vector<Slot> slots_;
  std::size_t count_ = 0;
};

/// A segment and where it came from.
struct Source {
  Segment segment;
  const LogPart* part;
  std::size_t first_row;  // of the part
  bool of_checkpoint;
};

class Reconciler {
 public:
  Reconciler(const std::vector<LogPart>& parts, std::size_t checkpoint_parts) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      std::size_t row = 0;
      for (const auto& columns : parts[i].columns) {
        sources_.push_back({WholeSegment(columns), &parts[i], row, i < checkpoint_parts});
        row += columns->rows();
      }
    }
  }

  Status Run() {
    for (std::size_t i = sources_.size(); i-- > 0;) {
      for (std::size_t row = sources_[i].segment.columns->rows(); row-- > 0;) {
        TRY(Row(i, row));
      }
    }
    return {};
  }

  std::vector<Segment> TakeSegments() {
    std::vector<Segment> segments;
    FileColumnsBuilder small;
    const auto flush = [&] {
      if (small.rows() > 0) segments.push_back(WholeSegment(small.Finish()));
    };
    for (auto& source : sources_) {
      Segment& segment = source.segment;
      const bool mostly_dead = segment.live.live() * 2 < segment.live.rows();
      if (mostly_dead || segment.live.rows() < kSegmentRowsMin) {
        if (small.rows() + segment.live.live() > kMergeRowsMax) flush();
        AppendLive(segment, INT64_MIN, small);
      } else {
        flush();
        segments.push_back(std::move(segment));
      }
      segment = {};  // the memory of dead rows is not needed any more
    }
    flush();
    return segments;
  }

 private:
  Status Row(std::size_t index, std::size_t row) {
    Source& source = sources_[index];
    const FileColumns& columns = *source.segment.columns;
    const auto hash = columns.hash(row);
    const bool is_add = !columns.is_remove(row);
    bool superseded = false;
    Status status;
    seen_.ForEach(hash, [&](SeenFiles::Place place) {
      const Source& newer = sources_[place.segment];
      const FileColumns& others = *newer.segment.columns;
      if (!SamePath(others.path(place.row), columns.path(row))) return true;
      if (columns.SameVector(row, others, place.row)) {
        superseded = true;
        status = CheckSameCommit(source, row, newer, place.row);
        return false;
      }
      if (is_add && !others.is_remove(place.row)) twin_ = {place.segment, place.row};
      return true;
    });
    if (!status) return status;
    if (superseded) {
      twin_.reset();
      source.segment.Clear(row);
      return {};
    }
    if (twin_) return FileTwice(columns, row);
    if (!source.of_checkpoint) {
      seen_.Insert(hash, {static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(row)});
    }
    return {};
  }

  /// One commit may name a logical file once as added and once as removed.
  static Status CheckSameCommit(const Source& left, std::size_t row, const Source& right,
                                std::size_t other) {
    if (left.part != right.part) return {};
    const Version commit = left.part->CommitOf(left.first_row + row);
    if (commit < 0 || commit != right.part->CommitOf(right.first_row + other)) return {};
    const bool removes = left.segment.columns->is_remove(row);
    if (removes != right.segment.columns->is_remove(other)) return {};
    return Fail(ErrorKind::kCorruption,
                fmt::format("commit {} {} file {} twice", commit, removes ? "removes" : "adds",
                            left.segment.columns->path(row)));
  }

  static std::unexpected<Error> FileTwice(const FileColumns& columns, std::size_t row) {
    return Fail(ErrorKind::kCorruption,
                fmt::format("file {} is in the table twice, with different deletion vectors",
                            columns.path(row)));
  }

  std::vector<Source> sources_;
  SeenFiles seen_;
  std::optional<SeenFiles::Place> twin_;
};

void Count(TableState& state) {
  for (const auto& segment : state.segments) {
    for (std::size_t row = 0; row < segment.columns->rows(); ++row) {
      if (segment.live.Test(row) && !segment.columns->is_remove(row)) {
        state.totals.Count(*segment.columns, row, 1);
      }
    }
  }
}

Status Heads(std::vector<LogPart>& parts, TableState& state) {
  auto transactions = std::make_shared<Transactions>();
  auto domains = std::make_shared<Domains>();
  std::shared_ptr<Metadata> metadata;
  for (auto& part : parts) {
    if (part.protocol) state.protocol = std::make_shared<const Protocol>(*part.protocol);
    if (part.metadata) metadata = std::make_shared<Metadata>(std::move(*part.metadata));
    for (auto& transaction : part.transactions) {
      transactions->insert_or_assign(transaction.app_id, transaction);
    }
    for (auto& domain : part.domains) {
      if (domain.removed) {
        domains->erase(domain.domain);
      } else {
        domains->insert_or_assign(domain.domain, domain);
      }
    }
  }
  if (!state.protocol) return Fail(ErrorKind::kCorruption, "the log has no protocol action");
  if (!metadata) return Fail(ErrorKind::kCorruption, "the log has no metaData action");
  TRY(ResolveSchema(*metadata));
  state.metadata = std::move(metadata);
  state.transactions = std::move(transactions);
  state.domains = std::move(domains);
  return {};
}

}  // namespace

Result<TableState> Reconcile(std::vector<LogPart> parts, std::size_t checkpoint_parts) {
  TableState state;
  TRY(Heads(parts, state));
  Reconciler reconciler(parts, checkpoint_parts);
  TRY(reconciler.Run());
  for (auto& part : parts) part.columns.clear();
  state.segments = reconciler.TakeSegments();
  Count(state);
  return state;
}

}  // namespace neuralake::delta
