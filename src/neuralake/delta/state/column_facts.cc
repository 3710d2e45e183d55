#include "neuralake/delta/state/column_facts.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

#include "neuralake/delta/limits.h"

namespace neuralake::delta {
namespace {

using columnar::DataType;
using columnar::Field;
using columnar::TypeId;
using columnar::Value;

const Field* FindField(const std::vector<Field>& fields, std::string_view name) {
  // The schema's own comparison of names, for the fields of a struct too.
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  for (const auto& field : fields) {
    if (std::ranges::equal(field.name, name, {}, lower, lower)) return &field;
  }
  return nullptr;
}

/// A number, a boolean or a text of the statistics as the text that partition values have.
std::optional<std::string> PlainText(std::string_view piece) {
  if (piece.empty()) return std::nullopt;
  if (piece.front() == '"') return UnquoteJson(piece);
  return std::string(piece);
}

/// Whether a decimal may have gone through a double on its way: more digits than one holds, and
/// the marks of a printed double.
bool MayBeRounded(std::string_view text) {
  constexpr std::ptrdiff_t kDoubleDigits = 15;
  const auto digits = std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; });
  return digits > kDoubleDigits &&
         (text.find_first_of("eE") != std::string_view::npos || text.ends_with(".0"));
}

/// The bound that `piece` tells; null when it tells none that can be trusted.
Value BoundOf(std::string_view piece, const DataType& type) {
  Value none{type, std::monostate{}};
  const auto text = PlainText(piece);
  if (!text) return none;
  // The empty text is a string like any other here, not a null as in partition values.
  if (type.id == TypeId::kString || type.id == TypeId::kBinary) return Value{type, *text};
  if (type.id == TypeId::kDecimal && MayBeRounded(*text)) return none;
  auto value = columnar::ParsePartitionValue(*text, type);
  return value ? *std::move(value) : none;
}

bool IsTime(TypeId id) { return id == TypeId::kTimestamp || id == TypeId::kTimestampNtz; }

/// Writers cut timestamps to milliseconds: the true maximum may lie above by almost one.
void WidenTime(Value& max, bool& tight) {
  auto* micros = std::get_if<std::int64_t>(&max.data);
  if (micros == nullptr || *micros % 1000 != 0) return;
  if (__builtin_add_overflow(*micros, 999, micros)) max.data = std::monostate{};
  tight = false;
}

/// Writers cut strings, usually to 32 characters; one that is shorter is whole.
bool MayBeCut(const Value& value) {
  const auto* text = std::get_if<std::string>(&value.data);
  return text != nullptr && text->size() >= kStatsTextCutMin;
}

/// A file written while the column was of type float tells the shortest text of a float.
void WidenReal(Value& value, bool up) {
  auto* real = std::get_if<double>(&value.data);
  if (real == nullptr || !std::isfinite(*real)) return;
  const auto narrow = static_cast<double>(static_cast<float>(*real));
  *real = up ? std::max(*real, narrow) : std::min(*real, narrow);
}

/// Most writers leave NaN out of a maximum. It counts as the greatest value, so that a maximum is
/// one only when the file says that there is no NaN. A minimum of NaN is a slip of its writer.
void DoubtReals(std::string_view nan_count, ColumnFacts& facts) {
  if (nan_count != "0") facts.max.data = std::monostate{};
  const auto* min = std::get_if<double>(&facts.min.data);
  if (min != nullptr && std::isnan(*min)) facts.min.data = std::monostate{};
}

}  // namespace

std::string ColumnPlace::Key() const {
  std::string key = columnar::FormatType(type) + (is_partition ? " partition" : " data");
  if (was_float) key += " float";
  for (const auto& name : path) key += '\0' + name;
  return key;
}

std::optional<ColumnPlace> FindColumn(const Metadata& metadata, MappingMode mode,
                                      std::span<const std::string> names) {
  ColumnPlace place;
  const std::vector<Field>* fields = &metadata.schema.fields;
  const Field* field = nullptr;
  for (const auto& name : names) {
    if (field != nullptr && field->type.id != TypeId::kStruct) return std::nullopt;
    field = FindField(*fields, name);
    if (field == nullptr) return std::nullopt;
    place.path.push_back(PhysicalName(*field, mode));
    fields = &field->type.children;
  }
  if (field == nullptr || FamilyOf(field->type.id) == Datum::Family::kNone) return std::nullopt;
  place.type = field->type;
  const auto changes = field->metadata.find("delta.typeChanges");
  place.was_float = place.type.id == TypeId::kDouble && changes != field->metadata.end();
  for (const auto& column : metadata.partition_columns) {
    if (names.size() == 1 && metadata.schema.Find(column) == field) place.is_partition = true;
  }
  return place;
}

ColumnFacts FactsOfStats(std::string_view stats, std::optional<std::int64_t> num_records,
                         const ColumnPlace& column) {
  const StatsPieces pieces = FindStats(stats, column.path);
  ColumnFacts facts;
  facts.min = BoundOf(pieces.min, column.type);
  facts.max = BoundOf(pieces.max, column.type);
  facts.tight = pieces.tight_bounds && !MayBeCut(facts.min) && !MayBeCut(facts.max);
  if (IsTime(column.type.id)) WidenTime(facts.max, facts.tight);
  if (FamilyOf(column.type.id) == Datum::Family::kReal) DoubtReals(pieces.nan_count, facts);
  if (column.was_float) {
    WidenReal(facts.min, /*up=*/false);
    WidenReal(facts.max, /*up=*/true);
  }
  std::int64_t nulls = 0;
  const char* end = pieces.null_count.data() + pieces.null_count.size();
  const auto [stop, failure] = std::from_chars(pieces.null_count.data(), end, nulls);
  if (failure == std::errc{} && stop == end && nulls >= 0) {
    facts.no_nulls = nulls == 0;
    facts.all_nulls = num_records && nulls == *num_records;
    // Of wide bounds, only the two ends carry information.
    if (pieces.tight_bounds || facts.no_nulls) facts.null_count = nulls;
  }
  return facts;
}

ColumnFacts FactsOfPartition(std::optional<std::string_view> text, const ColumnPlace& column) {
  ColumnFacts facts;
  facts.min.type = facts.max.type = column.type;
  if (!text || text->empty()) {
    facts.all_nulls = true;
    return facts;
  }
  facts.no_nulls = true;
  facts.null_count = 0;
  if (auto value = columnar::ParsePartitionValue(*text, column.type)) {
    facts.min = *value;
    facts.max = *std::move(value);
  }
  return facts;
}

FactColumn::FactColumn(const ColumnPlace& column, std::size_t rows)
    : family_(FamilyOf(column.type.id)), scale_(column.type.scale) {
  flags_.reserve(rows);
  for (Values* values : {&mins_, &maxs_}) {
    if (family_ == Datum::Family::kText) {
      values->texts.reserve(rows);
    } else if (family_ == Datum::Family::kDecimal) {
      values->decimals.reserve(rows);
    } else {
      values->words.reserve(rows);
    }
  }
}

bool FactColumn::Put(const Value& value, Values& values) {
  const Datum datum = Datum::Of(value);
  if (family_ == Datum::Family::kText) {
    const bool fits = texts_.HasRoom();
    values.texts.push_back(fits ? texts_.Put(datum.text) : Arena::kEmpty);
    return fits && datum.known();
  }
  if (family_ == Datum::Family::kDecimal) {
    values.decimals.push_back(datum.decimal);
  } else {
    values.words.push_back(family_ == Datum::Family::kReal ? std::bit_cast<std::int64_t>(datum.real)
                                                           : datum.integer);
  }
  return datum.known();
}

void FactColumn::Append(const ColumnFacts& facts) {
  std::uint8_t flags = 0;
  if (Put(facts.min, mins_)) flags |= kMin;
  if (Put(facts.max, maxs_)) flags |= kMax;
  if (facts.no_nulls) flags |= kNoNulls;
  if (facts.all_nulls) flags |= kAllNulls;
  flags_.push_back(flags);
}

Datum FactColumn::At(const Values& values, std::size_t row, Flag flag) const {
  Datum datum;
  if ((flags_[row] & flag) == 0) return datum;
  datum.family = family_;
  datum.scale = scale_;
  if (family_ == Datum::Family::kText) {
    datum.text = texts_.Get(values.texts[row]);
  } else if (family_ == Datum::Family::kDecimal) {
    datum.decimal = values.decimals[row];
  } else if (family_ == Datum::Family::kReal) {
    datum.real = std::bit_cast<double>(values.words[row]);
  } else {
    datum.integer = values.words[row];
  }
  return datum;
}

std::shared_ptr<const FactColumn> FactCache::Find(const std::string& key) const {
  std::lock_guard lock(mutex_);
  for (const auto& [name, column] : columns_) {
    if (name == key) return column;
  }
  return nullptr;
}

std::shared_ptr<const FactColumn> FactCache::Keep(const std::string& key,
                                                  std::shared_ptr<const FactColumn> column) {
  std::lock_guard lock(mutex_);
  if (columns_.size() >= kFactColumnsMax) columns_.erase(columns_.begin());
  columns_.emplace_back(key, column);
  return column;
}

}  // namespace neuralake::delta
