#include "neuralake/generate/dataset.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "neuralake/generate/batch_builder.h"
#include "neuralake/generate/declared.h"
#include "neuralake/generate/limits.h"
#include "neuralake/generate/row_maker.h"
#include "neuralake/generate/telemetry.h"
#include "neuralake/generate/tpch/tables.h"

namespace neuralake::generate {
namespace {

constexpr std::array kDatasets = {
    DatasetRow{"telemetry", "readings of devices: daily pattern, drift, gaps, spikes"},
    DatasetRow{"schema", "any columns: --schema or --table says which"},
    DatasetRow{"tpch.region", "5 rows"},
    DatasetRow{"tpch.nation", "25 rows"},
    DatasetRow{"tpch.supplier", "10,000 rows a scale"},
    DatasetRow{"tpch.part", "200,000 rows a scale"},
    DatasetRow{"tpch.partsupp", "four rows a part"},
    DatasetRow{"tpch.customer", "150,000 rows a scale"},
    DatasetRow{"tpch.orders", "1,500,000 rows a scale"},
    DatasetRow{"tpch.lineitem", "one to seven rows an order"},
};

constexpr std::int64_t kDefaultRows = 10'000;
constexpr double kSkewMax = 10;
constexpr double kScaleMax = 100'000;

class MadeRows final : public RowSource {
 public:
  MadeRows(std::unique_ptr<RowMaker> maker, BatchBuilder builder, std::optional<std::int64_t> rows)
      : maker_(std::move(maker)), builder_(std::move(builder)), rows_(rows) {}

  const columnar::Schema& schema() const override { return maker_->schema(); }

  std::optional<std::int64_t> rows_expected() const override { return rows_; }

  Result<std::shared_ptr<arrow::RecordBatch>> Next() override {
    const auto wanted = std::min(kBatchRows, rows_.value_or(kRowsMax) - made_);
    while (builder_.rows() < wanted && maker_->Append(builder_)) {
    }
    if (rows_ && builder_.rows() < wanted) {
      return Fail(ErrorKind::kInvalid, fmt::format("there are only {} such rows, not {}",
                                                   made_ + builder_.rows(), *rows_));
    }
    if (builder_.rows() == 0) return nullptr;
    made_ += builder_.rows();
    return builder_.Flush();
  }

 private:
  std::unique_ptr<RowMaker> maker_;
  BatchBuilder builder_;
  std::optional<std::int64_t> rows_;
  std::int64_t made_ = 0;
};

Status Check(const DatasetRequest& request) {
  if (request.rows && (*request.rows < 0 || *request.rows > kRowsMax)) {
    return Fail(ErrorKind::kInvalid, fmt::format("{} rows: 0 to {}", *request.rows, kRowsMax));
  }
  if (!(request.skew >= 0 && request.skew <= kSkewMax)) {
    return Fail(ErrorKind::kInvalid, fmt::format("skew {}: 0 to {}", request.skew, kSkewMax));
  }
  if (request.scale && !(*request.scale > 0 && *request.scale <= kScaleMax)) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("scale {}: more than 0, at most {}", *request.scale, kScaleMax));
  }
  if (request.scale && !request.name.starts_with("tpch.")) {
    return Fail(ErrorKind::kInvalid,
                "a scale is for the tables of tpch; say the number of rows of " + request.name);
  }
  return {};
}

Status CheckName(std::string_view name) {
  if (std::ranges::find(kDatasets, name, &DatasetRow::name) != kDatasets.end()) return {};
  std::string known;
  for (const auto& row : kDatasets)
    known += fmt::format("{}{}", known.empty() ? "" : ", ", row.name);
  return Fail(ErrorKind::kInvalid, fmt::format("no dataset {}; there are {}", name, known));
}

Result<std::unique_ptr<RowMaker>> OpenMaker(const DatasetRequest& request,
                                            std::optional<std::int64_t>& rows) {
  if (request.name.starts_with("tpch.")) {
    auto table = TRY(tpch::OpenTable(request));
    rows = table.rows;
    return std::move(table.maker);
  }
  rows = request.rows.value_or(kDefaultRows);
  if (request.name == "telemetry") return OpenTelemetry(request);
  return OpenDeclared(request, *rows);
}

}  // namespace

std::span<const DatasetRow> Datasets() { return kDatasets; }

Result<std::unique_ptr<RowSource>> OpenDataset(const DatasetRequest& request) {
  TRY(CheckName(request.name));
  TRY(Check(request));
  std::optional<std::int64_t> rows;
  auto maker = TRY(OpenMaker(request, rows));
  auto builder = TRY(BatchBuilder::Open(maker->schema()));
  return std::make_unique<MadeRows>(std::move(maker), std::move(builder), rows);
}

}  // namespace neuralake::generate
