#include "neuralake/generate/tpch/facts.h"

#include <algorithm>
#include <cmath>

namespace neuralake::generate::tpch {
namespace {

constexpr std::int64_t kFirstOrder = 8'035;  // 1992-01-01
constexpr std::int64_t kLastOrder = 10'440;  // 1998-08-02

std::int64_t Scaled(double scale, double rows, std::int64_t least = 1) {
  return std::max(least, static_cast<std::int64_t>(std::llround(scale * rows)));
}

}  // namespace

Sizes SizesOf(double scale) {
  return {.suppliers = Scaled(scale, 10'000, kSuppliersOfPart),
          .parts = Scaled(scale, 200'000),
          .customers = Scaled(scale, 150'000),
          .orders = Scaled(scale, 1'500'000)};
}

std::int64_t RetailPrice(std::int64_t part) {
  return 90'000 + part / 10 % 20'001 + 100 * (part % 1'000);
}

std::int64_t SupplierOf(std::int64_t part, std::int64_t choice, std::int64_t suppliers) {
  return (part + choice * (suppliers / kSuppliersOfPart)) % suppliers + 1;
}

OrderFacts::OrderFacts(std::uint64_t seed, const Sizes& sizes, double skew)
    : sizes_(sizes),
      skew_(skew),
      customer_(seed, "tpch order customer"),
      date_(seed, "tpch order date"),
      lines_(seed, "tpch order lines"),
      part_(seed, "tpch line part"),
      line_(seed, "tpch line"),
      days_(seed, "tpch line days") {}

std::int64_t OrderFacts::Customer(std::int64_t index) const {
  // Every third customer has never ordered.
  const auto buyers = std::max<std::int64_t>(1, sizes_.customers - sizes_.customers / 3);
  const auto buyer = customer_.Rank(index, buyers, skew_);
  return buyer / 2 * 3 + buyer % 2 + 1;
}

std::int64_t OrderFacts::Date(std::int64_t index) const {
  return date_.Between(index, kFirstOrder, kLastOrder);
}

std::int64_t OrderFacts::Lines(std::int64_t index) const { return lines_.Between(index, 1, 7); }

Line OrderFacts::LineOf(std::int64_t index, std::int64_t number) const {
  const auto at = index * 8 + number;
  const auto bits = line_.Bits(at);
  const auto days = days_.Bits(at);
  Line line{};
  line.part = part_.Rank(at, sizes_.parts, skew_) + 1;
  line.supplier = SupplierOf(line.part, static_cast<std::int64_t>(bits & 3), sizes_.suppliers);
  line.quantity = static_cast<std::int64_t>((bits >> 8) % 50) + 1;
  line.price = line.quantity * RetailPrice(line.part);
  line.discount = static_cast<std::int64_t>((bits >> 24) % 11);
  line.tax = static_cast<std::int64_t>((bits >> 40) % 9);
  line.shipped = Date(index) + 1 + static_cast<std::int64_t>(days % 121);
  line.committed = Date(index) + 30 + static_cast<std::int64_t>((days >> 16) % 61);
  line.received = line.shipped + 1 + static_cast<std::int64_t>((days >> 32) % 30);
  return line;
}

}  // namespace neuralake::generate::tpch
