#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "neuralake/delta/actions.h"
#include "neuralake/delta/column_mapping.h"
#include "neuralake/delta/predicate.h"
#include "neuralake/delta/state/column_facts.h"
#include "neuralake/delta/state/evaluate.h"
#include "neuralake/delta/state/file_columns.h"

namespace neuralake::delta {

/// The facts of `column` in row `row`, decoded now.
ColumnFacts FactsOf(const FileColumns& columns, std::size_t row, const ColumnPlace& column);

/// A predicate whose columns have been found in the table, ready to be asked about files.
class FilePredicate {
 public:
  /// \param predicate  outlives this
  FilePredicate(const Predicate& predicate, const Metadata& metadata, MappingMode mode);

  /// The predicate over one segment, its columns' statistics decoded for all rows.
  class Bound {
   public:
    Tri Evaluate(std::size_t row) const;

   private:
    friend class FilePredicate;
    Bound(const FilePredicate& predicate, const FileColumns& columns)
        : predicate_(predicate), columns_(columns) {}

    const FilePredicate& predicate_;
    const FileColumns& columns_;
    std::vector<std::shared_ptr<const FactColumn>> facts_;  // by leaf; null: unknown column
  };

  /// \param columns  outlives what is returned
  Bound Bind(const FileColumns& columns) const;

  /// What the predicate is for one row, decoded for it alone.
  Tri EvaluateRow(const FileColumns& columns, std::size_t row) const;

  /// The same for a file that is not in a segment. A partition value that it does not name may be
  /// any.
  Tri EvaluateAdd(const AddFile& file) const;

 private:
  struct Leaf {
    const Predicate* predicate;
    std::optional<ColumnPlace> column;
  };

  void FindLeaves(const Predicate& predicate, const Metadata& metadata, MappingMode mode);
  /// `facts(column)` decodes; used for the leaves of one file.
  template <class Facts>
  Tri EvaluateFile(std::optional<std::int64_t> num_records, const Facts& facts) const;
  std::size_t IndexOf(const Predicate& leaf) const;

  const Predicate& predicate_;
  std::vector<Leaf> leaves_;
};

}  // namespace neuralake::delta
