#pragma once

#include <memory>

#include "neuralake/base/error.h"
#include "neuralake/columnar/types.h"

namespace arrow {
class DataType;
class Field;
class Schema;
}  // namespace arrow

namespace neuralake::columnar {

/// How a schema is named in a data file.
struct ArrowNaming {
  /// `delta.columnMapping.physicalName` in place of the name, at every level.
  bool physical_names = false;
  /// `delta.columnMapping.id` as the Parquet field id.
  bool field_ids = false;
};

/// The name of `field` in data files: its physical one if `naming` asks and it has one.
std::string StoredName(const Field& field, const ArrowNaming& naming);

/// The Arrow type that holds the values of `type`: strings as utf8, instants as microseconds UTC,
/// wall clocks as microseconds without a zone, decimals in 128 bits, a variant as a struct of two
/// binaries, void as null.
std::shared_ptr<arrow::DataType> ToArrow(const DataType& type, const ArrowNaming& naming = {});
std::shared_ptr<arrow::Field> ToArrow(const Field& field, const ArrowNaming& naming = {});
std::shared_ptr<arrow::Schema> ToArrow(const Schema& schema, const ArrowNaming& naming = {});

/// The type that holds every value of `type` without loss, but for timestamps finer than a
/// microsecond, whose values are looked at when they are written.
///
/// Unsigned integers go to the next wider signed one, uint64 to decimal(20, 0), half floats to
/// float; dictionaries and run-ends to their values; all string and list layouts to one.
/// \errors kUnsupported  a type Delta has no place for (time, duration, interval, union), by name
Result<DataType> FromArrow(const arrow::DataType& type);
Result<Field> FromArrow(const arrow::Field& field);
/// \errors kUnsupported  as above, naming the column
///         kInvalid      two columns of one name, compared without case
Result<Schema> FromArrow(const arrow::Schema& schema);

}  // namespace neuralake::columnar
