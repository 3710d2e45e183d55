#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "neuralake/generate/row_maker.h"
#include "neuralake/generate/tpch/facts.h"

namespace neuralake::generate::tpch {

/// What every table is made from.
struct Basis {
  std::uint64_t seed = 1;
  Sizes sizes;
  double skew = 0;
};

std::unique_ptr<RowMaker> MakeRegion(const Basis& basis);
std::unique_ptr<RowMaker> MakeNation(const Basis& basis);
std::unique_ptr<RowMaker> MakeSupplier(const Basis& basis);
std::unique_ptr<RowMaker> MakeCustomer(const Basis& basis);
std::unique_ptr<RowMaker> MakePart(const Basis& basis);
std::unique_ptr<RowMaker> MakePartSupp(const Basis& basis);
std::unique_ptr<RowMaker> MakeOrders(const Basis& basis);
std::unique_ptr<RowMaker> MakeLineItem(const Basis& basis);

/// Nations, 0..24.
inline constexpr std::int64_t kNations = 25;

/// The telephone number of one who lives in `nation`: `11-719-748-3364`.
std::string PhoneOf(std::int64_t nation, std::uint64_t bits);

}  // namespace neuralake::generate::tpch
