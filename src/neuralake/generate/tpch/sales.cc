#include <array>

#include <fmt/format.h>

#include "neuralake/generate/tpch/makers_internal.h"
#include "neuralake/generate/words.h"

namespace neuralake::generate::tpch {
namespace {

constexpr std::array kPriorities = {"1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW"};
constexpr std::array kInstructions = {"DELIVER IN PERSON", "COLLECT COD", "NONE",
                                      "TAKE BACK RETURN"};
constexpr std::array kModes = {"REG AIR", "AIR", "RAIL", "SHIP", "TRUCK", "MAIL", "FOB"};

const char* StatusOf(std::int64_t shipped) { return shipped > kToday ? "O" : "F"; }

/// Cents that one line brings, tax and discount counted in.
std::int64_t Charge(const Line& line) {
  return (line.price * (100 + line.tax) * (100 - line.discount) + 5'000) / 10'000;
}

class Orders final : public RowMaker {
 public:
  explicit Orders(const Basis& basis)
      : schema_(columnar::ParseDdl(
                    "o_orderkey BIGINT NOT NULL, o_custkey BIGINT NOT NULL, "
                    "o_orderstatus STRING NOT NULL, o_totalprice decimal(15, 2) NOT NULL, "
                    "o_orderdate DATE NOT NULL, o_orderpriority STRING NOT NULL, "
                    "o_clerk STRING NOT NULL, o_shippriority INT NOT NULL, o_comment STRING")
                    .value()),
        facts_(basis.seed, basis.sizes, basis.skew),
        clerks_(std::max<std::int64_t>(1, basis.sizes.orders / 1'500)),
        draw_(basis.seed, "tpch orders"),
        clerk_(basis.seed, "tpch orders clerk"),
        comment_(basis.seed, "tpch orders comment") {}

  const columnar::Schema& schema() const override { return schema_; }

  bool Append(BatchBuilder& out) override {
    const auto index = row_++;
    const auto lines = facts_.Lines(index);
    std::int64_t total = 0;
    std::int64_t open = 0;
    for (std::int64_t i = 0; i < lines; ++i) {
      const auto line = facts_.LineOf(index, i);
      total += Charge(line);
      open += line.shipped > kToday ? 1 : 0;
    }
    const char* status = open == 0 ? "F" : open == lines ? "O" : "P";
    const auto priority = static_cast<std::size_t>(draw_.Between(index, 0, kPriorities.size() - 1));
    out.Long(OrderKey(index)).Long(facts_.Customer(index)).Text(status).Decimal(total);
    out.Date(facts_.Date(index)).Text(kPriorities[priority]);
    out.Text(fmt::format("Clerk#{:09}", clerk_.Between(index, 1, clerks_))).Int(0);
    out.Text(Prose(comment_, index, 7));
    return true;
  }

 private:
  columnar::Schema schema_;
  OrderFacts facts_;
  std::int64_t clerks_;
  Draw draw_;
  Draw clerk_;
  Draw comment_;
  std::int64_t row_ = 0;
};

class LineItem final : public RowMaker {
 public:
  explicit LineItem(const Basis& basis)
      : schema_(columnar::ParseDdl(
                    "l_orderkey BIGINT NOT NULL, l_partkey BIGINT NOT NULL, "
                    "l_suppkey BIGINT NOT NULL, l_linenumber INT NOT NULL, "
                    "l_quantity decimal(15, 2) NOT NULL, l_extendedprice decimal(15, 2) NOT NULL, "
                    "l_discount decimal(15, 2) NOT NULL, l_tax decimal(15, 2) NOT NULL, "
                    "l_returnflag STRING NOT NULL, l_linestatus STRING NOT NULL, "
                    "l_shipdate DATE NOT NULL, l_commitdate DATE NOT NULL, "
                    "l_receiptdate DATE NOT NULL, l_shipinstruct STRING NOT NULL, "
                    "l_shipmode STRING NOT NULL, l_comment STRING")
                    .value()),
        orders_(basis.sizes.orders),
        facts_(basis.seed, basis.sizes, basis.skew),
        draw_(basis.seed, "tpch lineitem"),
        comment_(basis.seed, "tpch lineitem comment") {}

  const columnar::Schema& schema() const override { return schema_; }

  bool Append(BatchBuilder& out) override {
    if (order_ == orders_) return false;
    const auto line = facts_.LineOf(order_, number_);
    const auto at = order_ * 8 + number_;
    const auto bits = draw_.Bits(at);
    const char* returned = line.received > kToday ? "N" : bits % 2 == 0 ? "R" : "A";
    out.Long(OrderKey(order_)).Long(line.part).Long(line.supplier).Int(number_ + 1);
    out.Decimal(line.quantity * 100).Decimal(line.price).Decimal(line.discount).Decimal(line.tax);
    out.Text(returned).Text(StatusOf(line.shipped));
    out.Date(line.shipped).Date(line.committed).Date(line.received);
    out.Text(kInstructions[(bits >> 8) % kInstructions.size()]);
    out.Text(kModes[(bits >> 16) % kModes.size()]).Text(Prose(comment_, at, 4));
    if (++number_ == facts_.Lines(order_)) {
      number_ = 0;
      ++order_;
    }
    return true;
  }

 private:
  columnar::Schema schema_;
  std::int64_t orders_;
  OrderFacts facts_;
  Draw draw_;
  Draw comment_;
  std::int64_t order_ = 0;
  std::int64_t number_ = 0;
};

}  // namespace

std::unique_ptr<RowMaker> MakeOrders(const Basis& basis) { return std::make_unique<Orders>(basis); }

std::unique_ptr<RowMaker> MakeLineItem(const Basis& basis) {
  return std::make_unique<LineItem>(basis);
}

}  // namespace neuralake::generate::tpch
