#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "neuralake/catalog/model.h"

namespace neuralake::catalog {

enum class ChangeKind : std::uint8_t { kAdded, kRemoved, kChanged };

/// One difference between two catalogs.
struct Change {
  ChangeKind kind = ChangeKind::kChanged;
  std::string subject;  ///< `aviation`, `aviation.flights` or `aviation.flights.dep_delay`.
  std::string field;    ///< For kChanged: `description`, `type`, …
  std::string before;   ///< For kChanged, as text; empty when it was absent.
  std::string after;
};

/// What changed from `before` to `after`, in order of subjects. Places in the source do not count.
/// What lies inside something added or removed is not told again.
std::vector<Change> Diff(const CatalogModel& before, const CatalogModel& after);

/// One line for people: `~ aviation.flights.dep_delay: type int32 -> int64`.
std::string FormatChange(const Change& change);

/// What a definition declares that the table does not have so: `column extra is declared and not
/// there; column a is declared int64 and is string`. Empty when there is nothing, and when no
/// columns are declared; the table may have more columns.
std::string Drift(const TableModel& definition, const columnar::Schema& table);

}  // namespace neuralake::catalog
