#include "neuralake/generate/tpch/tables.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "neuralake/generate/tpch/makers_internal.h"

namespace neuralake::generate::tpch {
namespace {

struct TableRow {
  std::string_view name;
  std::unique_ptr<RowMaker> (*make)(const Basis&);
  double rows_a_scale;  ///< 0: fixed.
  std::int64_t fixed;   ///< Rows of a fixed table.
};

constexpr std::array kTables = {
    TableRow{"tpch.region", MakeRegion, 0, 5},
    TableRow{"tpch.nation", MakeNation, 0, kNations},
    TableRow{"tpch.supplier", MakeSupplier, 10'000, 0},
    TableRow{"tpch.part", MakePart, 200'000, 0},
    TableRow{"tpch.partsupp", MakePartSupp, 800'000, 0},
    TableRow{"tpch.customer", MakeCustomer, 150'000, 0},
    TableRow{"tpch.orders", MakeOrders, 1'500'000, 0},
    TableRow{"tpch.lineitem", MakeLineItem, 6'000'000, 0},
};

constexpr double kDefaultScale = 0.01;

double ScaleOf(const DatasetRequest& request, const TableRow& table) {
  if (request.scale) return *request.scale;
  if (!request.rows || table.rows_a_scale == 0) return kDefaultScale;
  return std::max(1.0, static_cast<double>(*request.rows)) / table.rows_a_scale;
}

/// Rows of `table`; nothing for line items, whose number the orders say.
std::optional<std::int64_t> RowsOf(const TableRow& table, const Sizes& sizes) {
  if (table.name == "tpch.supplier") return sizes.suppliers;
  if (table.name == "tpch.part") return sizes.parts;
  if (table.name == "tpch.partsupp") return sizes.parts * kSuppliersOfPart;
  if (table.name == "tpch.customer") return sizes.customers;
  if (table.name == "tpch.orders") return sizes.orders;
  if (table.name == "tpch.lineitem") return std::nullopt;
  return table.fixed;
}

}  // namespace

Result<OpenedTable> OpenTable(const DatasetRequest& request) {
  const auto* table = std::ranges::find(kTables, request.name, &TableRow::name);
  if (table == kTables.end()) return Fail(ErrorKind::kInvalid, "no dataset " + request.name);
  auto sizes = SizesOf(ScaleOf(request, *table));
  // Without a scale the rows asked for are made, in whatever way sizes were rounded.
  if (!request.scale && request.rows) sizes.orders = std::max<std::int64_t>(1, *request.rows);
  const auto there = RowsOf(*table, sizes);
  const bool bounded = request.scale || table->rows_a_scale == 0;
  if (request.rows && there && bounded && *request.rows > *there) {
    return Fail(ErrorKind::kInvalid,
                fmt::format("{} has {} rows{}, not {}", table->name, *there,
                            request.scale ? " at this scale" : "", *request.rows));
  }
  const auto rows = request.rows ? request.rows : there;
  return OpenedTable{table->make({request.seed, sizes, request.skew}), rows};
}

}  // namespace neuralake::generate::tpch
