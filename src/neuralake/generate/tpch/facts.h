#pragma once

#include <cstdint>

#include "neuralake/generate/draw.h"

namespace neuralake::generate::tpch {

/// Suppliers that sell one part.
inline constexpr std::int64_t kSuppliersOfPart = 4;

/// How many rows each table has at a scale.
struct Sizes {
  std::int64_t suppliers = kSuppliersOfPart;
  std::int64_t parts = 1;
  std::int64_t customers = 1;
  std::int64_t orders = 1;
};

Sizes SizesOf(double scale);

/// Cents.
std::int64_t RetailPrice(std::int64_t part);

/// The supplier number `choice`, 0..3, of `part`, all four different: what `partsupp` and
/// `lineitem` agree on.
std::int64_t SupplierOf(std::int64_t part, std::int64_t choice, std::int64_t suppliers);

/// The key of order `index`, from 0: eight in use of every thirty-two.
constexpr std::int64_t OrderKey(std::int64_t index) { return index / 8 * 32 + index % 8 + 1; }

/// Today, as the benchmark has it: 1995-06-17, in days since 1970.
inline constexpr std::int64_t kToday = 9'298;

struct Line {
  std::int64_t part;
  std::int64_t supplier;
  std::int64_t quantity;
  std::int64_t price;     ///< Cents, for all of `quantity`.
  std::int64_t discount;  ///< Percent.
  std::int64_t tax;       ///< Percent.
  std::int64_t shipped;   ///< Days since 1970.
  std::int64_t committed;
  std::int64_t received;
};

/// What `orders` and `lineitem` agree on: both ask this for order `index`, from 0.
class OrderFacts {
 public:
  OrderFacts(std::uint64_t seed, const Sizes& sizes, double skew);

  std::int64_t Customer(std::int64_t index) const;
  /// Days since 1970; 1992-01-01 to 1998-08-02.
  std::int64_t Date(std::int64_t index) const;
  /// 1..7.
  std::int64_t Lines(std::int64_t index) const;
  /// \param number  0..`Lines(index)`-1
  Line LineOf(std::int64_t index, std::int64_t number) const;

 private:
  Sizes sizes_;
  double skew_;
  Draw customer_;
  Draw date_;
  Draw lines_;
  Draw part_;
  Draw line_;
  Draw days_;
};

}  // namespace neuralake::generate::tpch
