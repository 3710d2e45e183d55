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

class Region final : public RowMaker {
 public:
  explicit Region(const Basis& basis)
      : schema_(columnar::ParseDdl("r_regionkey BIGINT NOT NULL, r_name STRING NOT NULL, "
                                   "r_comment STRING")
                    .value()),
        comment_(basis.seed, "tpch region comment") {}

  const columnar::Schema& schema() const override { return schema_; }

  bool Append(BatchBuilder& out) override {
    if (row_ == static_cast<std::int64_t>(kRegionNames.size())) return false;
    out.Long(row_)
        .Text(kRegionNames[static_cast<std::size_t>(row_)])
        .Text(Prose(comment_, row_, 6));
    ++row_;
    return true;
  }

 private:
  columnar::Schema schema_;
  Draw comment_;
  std::int64_t row_ = 0;
};

class Nation final : public RowMaker {
 public:
  explicit Nation(const Basis& basis)
      : schema_(columnar::ParseDdl("n_nationkey BIGINT NOT NULL, n_name STRING NOT NULL, "
                                   "n_regionkey BIGINT NOT NULL, n_comment STRING")
                    .value()),
        comment_(basis.seed, "tpch nation comment") {}

  const columnar::Schema& schema() const override { return schema_; }

  bool Append(BatchBuilder& out) override {
    if (row_ == kNations) return false;
    const auto& nation = kNationRows[static_cast<std::size_t>(row_)];
    out.Long(row_).Text(nation.name).Long(nation.region).Text(Prose(comment_, row_, 6));
    ++row_;
    return true;
  }

 private:
  columnar::Schema schema_;
  Draw comment_;
  std::int64_t row_ = 0;
};

}  // namespace

std::unique_ptr<RowMaker> MakeRegion(const Basis& basis) { return std::make_unique<Region>(basis); }

std::unique_ptr<RowMaker> MakeNation(const Basis& basis) { return std::make_unique<Nation>(basis); }

}  // namespace neuralake::generate::tpch
