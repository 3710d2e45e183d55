#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/query/run.h"
#include "neuralake/serve/format/cells.h"
#include "neuralake/serve/pgwire/rewritten_text.h"
#include "neuralake/serve/pgwire/writer.h"

namespace arrow {
class RecordBatch;
}

namespace neuralake::serve {

/// A bound statement on its way through the engine, as rows of the Postgres protocol.
///
/// \threads steps from one thread at a time, on the lanes; `run()` from any
class Portal {
 public:
  /// What one step made.
  struct Part {
    std::string bytes;       ///< Whole messages: RowDescription if asked for, DataRow.
    std::uint64_t rows = 0;  ///< In `bytes`.
    bool finished = false;   ///< `tag` and `truncated` are known.
    bool suspended = false;  ///< The asked number of rows came, and there may be more.
    std::optional<Error> failure;
    std::string tag;
    bool truncated = false;
  };

  /// \param text     what `run` runs, for the positions of errors
  /// \param formats  none: text; one for all columns; or one each
  /// \param told     the columns that the client was told of: unless it is told anew, there are no
  ///                 rows of others
  Portal(std::shared_ptr<query::Run> run, RewrittenText text, std::vector<std::int16_t> formats,
         std::optional<std::vector<PgColumn>> told = std::nullopt);

  /// Start the statement, once, so that its columns are known; the part holds their description.
  Part Describe();

  /// Give up to `rows_max` more rows, fewer when the part is full; start before if need be.
  ///
  /// \param rows_max  0: all
  /// \param describe  put the description of the columns before the first row
  Part Fill(std::uint64_t rows_max, bool describe);

  /// The same in other formats, which hold from now on: each FETCH of a cursor has its own.
  Part Describe(std::vector<std::int16_t> formats);
  Part Fill(std::uint64_t rows_max, bool describe, std::vector<std::int16_t> formats);

  /// End the statement if it still runs.
  void Close(Status outcome);

  query::Run& run() { return *run_; }

  /// Known once it was started.
  const std::vector<PgColumn>& columns() const { return columns_; }

 private:
  Status Start();
  Status CheckTold();
  Status UseFormats(std::vector<std::int16_t> formats);
  Status MakeCellsOfBatch();
  Status AppendDescription(std::string& out) const;
  Status AppendRows(std::uint64_t rows_max, Part& part);
  Status NextBatch();
  void AppendRow(PgWriter& writer, std::string& out);
  Part Finish(Part part, const Status& status);
  std::string Tag() const;

  std::shared_ptr<query::Run> run_;
  const RewrittenText text_;
  std::vector<std::int16_t> formats_;
  std::optional<std::vector<PgColumn>> told_;
  bool started_ = false;
  bool returns_rows_ = true;
  std::vector<PgColumn> columns_;
  std::shared_ptr<arrow::RecordBatch> batch_;
  std::vector<std::unique_ptr<Cells>> cells_;
  std::int64_t row_ = 0;
  std::uint64_t rows_given_ = 0;
  bool ended_ = false;  // the stream gave its last batch
};

/// What PostgreSQL says when a statement has other columns than the client was told of: drivers
/// look for it, and prepare the statement again.
inline constexpr std::string_view kPlanChanged = "cached plan must not change result type";

/// Whether a statement with this command tag sends rows, and not only the number it changed.
bool ReturnsRows(std::string_view tag);

}  // namespace neuralake::serve
