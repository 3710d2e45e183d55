#include <array>
#include <utility>

#include <fmt/format.h>

#include "neuralake/generate/tpch/makers_internal.h"
#include "neuralake/generate/words.h"

namespace neuralake::generate::tpch {
namespace {

constexpr std::array kRegionNames = {"AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST"};

struct NationRow {
  const char* name;
  int region;
};

constexpr std::array<NationRow, kNations> kNationRows = {
    {{"ALGERIA", 0},      {"ARGENTINA", 1}, {"BRAZIL", 1}, {"CANADA", 1},
     {"EGYPT", 4},        {"ETHIOPIA", 0},  {"FRANCE", 3}, {"GERMANY", 3},
     {"INDIA", 2},        {"INDONESIA", 2}, {"IRAN", 4},   {"IRAQ", 4},
     {"JAPAN", 2},        {"JORDAN", 4},    {"KENYA", 0},  {"MOROCCO", 0},
     {"MOZAMBIQUE", 0},   {"PERU", 1},      {"CHINA", 2},  {"ROMANIA", 3},
     {"SAUDI ARABIA", 4}, {"VIETNAM", 2},   {"RUSSIA", 3}, {"UNITED KINGDOM", 3},
     {"UNITED STATES", 1}}};

/// A few rows that never change but for their comments.
class FixedRows : public RowMaker {
 public:
  FixedRows(const Basis& basis, const char* ddl, const char* draw, std::int64_t rows)
      : schema_(columnar::ParseDdl(ddl).value()), comment_(basis.seed, draw), rows_(rows) {}

  const columnar::Schema& schema() const override { return schema_; }

  bool Append(BatchBuilder& out) override {
    if (row_ == rows_) return false;
    AppendFacts(out.Long(row_), static_cast<std::size_t>(row_));
    out.Text(Prose(comment_, row_, 6));
    ++row_;
    return true;
  }

 private:
  /// The cells between key and comment.
  virtual void AppendFacts(BatchBuilder& out, std::size_t row) const = 0;

  columnar::Schema schema_;
  Draw comment_;
  std::int64_t rows_;
  std::int64_t row_ = 0;
};

class Region final : public FixedRows {
 public:
  explicit Region(const Basis& basis)
      : FixedRows(basis, "r_regionkey BIGINT NOT NULL, r_name STRING NOT NULL, r_comment STRING",
                  "tpch region comment", static_cast<std::int64_t>(kRegionNames.size())) {}

 private:
  void AppendFacts(BatchBuilder& out, std::size_t row) const override {
    out.Text(kRegionNames[row]);
  }
};

class Nation final : public FixedRows {
 public:
  explicit Nation(const Basis& basis)
      : FixedRows(basis,
                  "n_nationkey BIGINT NOT NULL, n_name STRING NOT NULL, "
                  "n_regionkey BIGINT NOT NULL, n_comment STRING",
                  "tpch nation comment", kNations) {}

 private:
  void AppendFacts(BatchBuilder& out, std::size_t row) const override {
    out.Text(kNationRows[row].name).Long(kNationRows[row].region);
  }
};

}  // namespace

std::unique_ptr<RowMaker> MakeRegion(const Basis& basis) { return std::make_unique<Region>(basis); }

std::unique_ptr<RowMaker> MakeNation(const Basis& basis) { return std::make_unique<Nation>(basis); }

}  // namespace neuralake::generate::tpch
