// A bitmap of deleted rows is decoded to a set that can be asked and encoded again, or refused.

#include "neuralake/delta/deletion_vector.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "neuralake/base/check.h"

using neuralake::delta::DeletionVector;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kRows = 4'096;
  const auto vector =
      DeletionVector::Decode(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!vector) return 0;
  std::vector<std::uint32_t> kept;
  const auto deleted = vector->CountDeleted(0, kRows);
  const auto selected = vector->Select(0, kRows, kept);
  NL_CHECK(deleted + selected == kRows);
  NL_CHECK(vector->Contains(0) == (vector->CountDeleted(0, 1) == 1));
  const auto again = DeletionVector::Decode(vector->Encode());
  NL_CHECK(again.has_value());
  NL_CHECK(again->cardinality() == vector->cardinality());
  return 0;
}
