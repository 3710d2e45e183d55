#include <array>

#include <fmt/format.h>

#include "neuralake/generate/tpch/makers_internal.h"
#include "neuralake/generate/words.h"

namespace neuralake::generate::tpch {
namespace {

constexpr std::array kSegments = {"AUTOMOBILE", "BUILDING", "FURNITURE", "HOUSEHOLD", "MACHINERY"};

std::string AddressOf(std::uint64_t bits) {
  return fmt::format("{} {} street", bits % 999 + 1,
                     NameOf(static_cast<std::int64_t>((bits >> 16) % 400)));
}

class Supplier final : public RowMaker {
 public:
  explicit Supplier(const Basis& basis)
      : schema_(columnar::ParseDdl(
                    "s_suppkey BIGINT NOT NULL, s_name STRING NOT NULL, s_address STRING NOT NULL, "
                    "s_nationkey BIGINT NOT NULL, s_phone STRING NOT NULL, "
                    "s_acctbal decimal(15, 2) NOT NULL, s_comment STRING")
                    .value()),
        draw_(basis.seed, "tpch supplier"),
        comment_(basis.seed, "tpch supplier comment") {}

  const columnar::Schema& schema() const override { return schema_; }

  bool Append(BatchBuilder& out) override {
    const auto key = ++row_;
    const auto bits = draw_.Bits(key);
    const auto nation = static_cast<std::int64_t>(bits % kNations);
    out.Long(key).Text(fmt::format("Supplier#{:09}", key)).Text(AddressOf(bits >> 8));
    out.Long(nation).Text(PhoneOf(nation, bits));
    out.Decimal(draw_.Between(-key, -99'999, 999'999)).Text(Prose(comment_, key, 8));
    return true;
  }

 private:
  columnar::Schema schema_;
  Draw draw_;
  Draw comment_;
  std::int64_t row_ = 0;
};

class Customer final : public RowMaker {
 public:
  explicit Customer(const Basis& basis)
      : schema_(columnar::ParseDdl(
                    "c_custkey BIGINT NOT NULL, c_name STRING NOT NULL, c_address STRING NOT NULL, "
                    "c_nationkey BIGINT NOT NULL, c_phone STRING NOT NULL, "
                    "c_acctbal decimal(15, 2) NOT NULL, c_mktsegment STRING NOT NULL, "
                    "c_comment STRING")
                    .value()),
        skew_(basis.skew),
        draw_(basis.seed, "tpch customer"),
        segment_(basis.seed, "tpch customer segment"),
        comment_(basis.seed, "tpch customer comment") {}

  const columnar::Schema& schema() const override { return schema_; }

  bool Append(BatchBuilder& out) override {
    const auto key = ++row_;
    const auto bits = draw_.Bits(key);
    const auto nation = static_cast<std::int64_t>(bits % kNations);
    const auto segment = segment_.Rank(key, kSegments.size(), skew_);
    out.Long(key).Text(fmt::format("Customer#{:09}", key)).Text(AddressOf(bits >> 8));
    out.Long(nation).Text(PhoneOf(nation, bits)).Decimal(draw_.Between(-key, -99'999, 999'999));
    out.Text(kSegments[static_cast<std::size_t>(segment)]).Text(Prose(comment_, key, 9));
    return true;
  }

 private:
  columnar::Schema schema_;
  double skew_;
  Draw draw_;
  Draw segment_;
  Draw comment_;
  std::int64_t row_ = 0;
};

}  // namespace

std::string PhoneOf(std::int64_t nation, std::uint64_t bits) {
  return fmt::format("{}-{}-{}-{}", nation + 10, (bits >> 10) % 900 + 100, (bits >> 20) % 900 + 100,
                     (bits >> 30) % 9'000 + 1'000);
}

std::unique_ptr<RowMaker> MakeSupplier(const Basis& basis) {
  return std::make_unique<Supplier>(basis);
}

std::unique_ptr<RowMaker> MakeCustomer(const Basis& basis) {
  return std::make_unique<Customer>(basis);
}

}  // namespace neuralake::generate::tpch
