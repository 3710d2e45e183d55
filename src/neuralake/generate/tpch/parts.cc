#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "neuralake/generate/tpch/makers_internal.h"
#include "neuralake/generate/words.h"

namespace neuralake::generate::tpch {
namespace {

constexpr std::array kColours = {
    "almond", "azure",  "beige",  "black", "blue",  "brown", "coral", "cyan",  "forest", "gold",
    "green",  "grey",   "indigo", "ivory", "khaki", "lemon", "lime",  "linen", "maroon", "navy",
    "olive",  "orange", "orchid", "peach", "pink",  "plum",  "red",   "rose",  "tan",    "white"};
constexpr std::array kGrades = {"STANDARD", "SMALL", "MEDIUM", "LARGE", "ECONOMY", "PROMO"};
constexpr std::array kFinishes = {"ANODIZED", "BURNISHED", "PLATED", "POLISHED", "BRUSHED"};
constexpr std::array kMetals = {"TIN", "NICKEL", "BRASS", "STEEL", "COPPER"};
constexpr std::array kBoxSizes = {"SM", "LG", "MED", "JUMBO", "WRAP"};
constexpr std::array kBoxes = {"CASE", "BOX", "BAG", "JAR", "PKG", "PACK", "CAN", "DRUM"};

/// One of `values` by some of `bits`, which are used up.
template <std::size_t N>
std::string_view Pick(const std::array<const char*, N>& values, std::uint64_t& bits) {
  const auto index = bits % N;
  bits /= N;
  return values[index];
}

class Part final : public RowMaker {
 public:
  explicit Part(const Basis& basis)
      : schema_(columnar::ParseDdl(
                    "p_partkey BIGINT NOT NULL, p_name STRING NOT NULL, p_mfgr STRING NOT NULL, "
                    "p_brand STRING NOT NULL, p_type STRING NOT NULL, p_size INT NOT NULL, "
                    "p_container STRING NOT NULL, p_retailprice decimal(15, 2) NOT NULL, "
                    "p_comment STRING")
                    .value()),
        name_(basis.seed, "tpch part name"),
        draw_(basis.seed, "tpch part"),
        comment_(basis.seed, "tpch part comment") {}

  const columnar::Schema& schema() const override { return schema_; }

  bool Append(BatchBuilder& out) override {
    const auto key = ++row_;
    auto colours = name_.Bits(key);
    std::string name;
    for (int i = 0; i < 5; ++i) {
      if (i > 0) name += ' ';
      name += Pick(kColours, colours);
    }
    auto bits = draw_.Bits(key);
    const auto maker = bits % 5 + 1;
    const auto brand = bits / 5 % 5 + 1;
    bits /= 25;
    const auto type =
        fmt::format("{} {} {}", Pick(kGrades, bits), Pick(kFinishes, bits), Pick(kMetals, bits));
    const auto box = fmt::format("{} {}", Pick(kBoxSizes, bits), Pick(kBoxes, bits));
    out.Long(key).Text(name).Text(fmt::format("Manufacturer#{}", maker));
    out.Text(fmt::format("Brand#{}{}", maker, brand)).Text(type);
    out.Int(static_cast<std::int64_t>(bits % 50) + 1).Text(box);
    out.Decimal(RetailPrice(key)).Text(Prose(comment_, key, 3));
    return true;
  }

 private:
  columnar::Schema schema_;
  Draw name_;
  Draw draw_;
  Draw comment_;
  std::int64_t row_ = 0;
};

class PartSupp final : public RowMaker {
 public:
  explicit PartSupp(const Basis& basis)
      : schema_(
            columnar::ParseDdl("ps_partkey BIGINT NOT NULL, ps_suppkey BIGINT NOT NULL, "
                               "ps_availqty INT NOT NULL, ps_supplycost decimal(15, 2) NOT NULL, "
                               "ps_comment STRING")
                .value()),
        suppliers_(basis.sizes.suppliers),
        quantity_(basis.seed, "tpch partsupp quantity"),
        cost_(basis.seed, "tpch partsupp cost"),
        comment_(basis.seed, "tpch partsupp comment") {}

  const columnar::Schema& schema() const override { return schema_; }

  bool Append(BatchBuilder& out) override {
    const auto row = row_++;
    const auto part = row / 4 + 1;
    out.Long(part).Long(SupplierOf(part, row % 4, suppliers_));
    out.Int(quantity_.Between(row, 1, 9'999)).Decimal(cost_.Between(row, 100, 100'000));
    out.Text(Prose(comment_, row, 10));
    return true;
  }

 private:
  columnar::Schema schema_;
  std::int64_t suppliers_;
  Draw quantity_;
  Draw cost_;
  Draw comment_;
  std::int64_t row_ = 0;
};

}  // namespace

std::unique_ptr<RowMaker> MakePart(const Basis& basis) { return std::make_unique<Part>(basis); }

std::unique_ptr<RowMaker> MakePartSupp(const Basis& basis) {
  return std::make_unique<PartSupp>(basis);
}

}  // namespace neuralake::generate::tpch
