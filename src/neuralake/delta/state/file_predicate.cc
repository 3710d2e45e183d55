#include "neuralake/delta/state/file_predicate.h"

#include "neuralake/base/check.h"

namespace neuralake::delta {
namespace {

std::shared_ptr<const FactColumn> Decode(const FileColumns& columns, const ColumnPlace& place) {
  auto facts = std::make_shared<FactColumn>(place, columns.rows());
  for (std::size_t row = 0; row < columns.rows(); ++row) {
    facts->Append(columns.is_remove(row) ? ColumnFacts{} : FactsOf(columns, row, place));
  }
  return facts;
}

bool IsLeaf(PredicateKind kind) {
  return kind != PredicateKind::kTrue && kind != PredicateKind::kFalse &&
         kind != PredicateKind::kAnd && kind != PredicateKind::kOr && kind != PredicateKind::kNot;
}

LeafFacts ToLeafFacts(const ColumnFacts& facts) {
  return {Datum::Of(facts.min), Datum::Of(facts.max), !facts.no_nulls, !facts.all_nulls};
}

}  // namespace

ColumnFacts FactsOf(const FileColumns& columns, std::size_t row, const ColumnPlace& column) {
  if (!column.is_partition) {
    return FactsOfStats(columns.stats(row), columns.num_records(row), column);
  }
  const auto own = columns.FindPartitionColumn(column.path[0]);
  return FactsOfPartition(own ? columns.partition_value(row, *own) : std::nullopt, column);
}

FilePredicate::FilePredicate(const Predicate& predicate, const Metadata& metadata, MappingMode mode)
    : predicate_(predicate) {
  FindLeaves(predicate, metadata, mode);
}

void FilePredicate::FindLeaves(const Predicate& predicate, const Metadata& metadata,
                               MappingMode mode) {
  if (IsLeaf(predicate.kind)) {
    leaves_.push_back({&predicate, FindColumn(metadata, mode, predicate.column)});
  }
  for (const auto& child : predicate.children) FindLeaves(child, metadata, mode);
}

std::size_t FilePredicate::IndexOf(const Predicate& leaf) const {
  std::size_t index = 0;
  while (leaves_[index].predicate != &leaf) ++index;
  return index;
}

FilePredicate::Bound FilePredicate::Bind(const FileColumns& columns) const {
  Bound bound(*this, columns);
  for (const auto& leaf : leaves_) {
    auto& facts = bound.facts_.emplace_back();
    if (!leaf.column) continue;
    facts = columns.facts().Get(leaf.column->Key(), [&] { return Decode(columns, *leaf.column); });
  }
  return bound;
}

Tri FilePredicate::Bound::Evaluate(std::size_t row) const {
  if (columns_.num_records(row) == 0) return Tri::kFalse;
  const auto outcomes = EvaluateTree(predicate_.predicate_, [&](const Predicate& leaf) {
    const auto& facts = facts_[predicate_.IndexOf(leaf)];
    if (!facts) return Outcomes::Any();
    return EvaluateLeaf(leaf, {facts->min(row), facts->max(row), facts->may_be_null(row),
                               facts->may_be_value(row)});
  });
  return outcomes.ToTri();
}

template <class Facts>
Tri FilePredicate::EvaluateFile(std::optional<std::int64_t> num_records, const Facts& facts) const {
  if (num_records == 0) return Tri::kFalse;
  const auto outcomes = EvaluateTree(predicate_, [&](const Predicate& leaf) {
    const auto& column = leaves_[IndexOf(leaf)].column;
    if (!column) return Outcomes::Any();
    const ColumnFacts known = facts(*column);
    return EvaluateLeaf(leaf, ToLeafFacts(known));
  });
  return outcomes.ToTri();
}

Tri FilePredicate::EvaluateRow(const FileColumns& columns, std::size_t row) const {
  return EvaluateFile(columns.num_records(row),
                      [&](const ColumnPlace& column) { return FactsOf(columns, row, column); });
}

Tri FilePredicate::EvaluateAdd(const AddFile& file) const {
  const auto num_records = NumRecordsOf(file.stats);
  return EvaluateFile(num_records, [&](const ColumnPlace& column) {
    if (!column.is_partition) return FactsOfStats(file.stats, num_records, column);
    // A remove may leave its partition out, which does not say that it is null.
    const auto value = file.partition_values.find(column.path[0]);
    if (value == file.partition_values.end()) return ColumnFacts{};
    return FactsOfPartition(value->second, column);
  });
}

}  // namespace neuralake::delta
