#include "neuralake/verify/data/bound_rules.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "neuralake/verify/saturating.h"

namespace neuralake::verify {
namespace {

constexpr std::int64_t kMicrosPerMilli = 1000;

bool HasBounds(TypeId id) {
  return id != TypeId::kBinary && id != TypeId::kVoid && id != TypeId::kOther;
}

class ColumnRules {
 public:
  ColumnRules(const FileColumn& column, const ColumnFacts& facts, std::int64_t num_rows,
              const Statistics& statistics, const Place& place, Findings& findings)
      : column_(column),
        facts_(facts),
        num_rows_(num_rows),
        statistics_(statistics),
        place_(place),
        findings_(findings) {}

  void Run() {
    CheckNulls();
    if (!column_.is_primitive || !HasBounds(column_.type.id)) return;
    const auto min = statistics_.min.find(column_.path);
    const auto max = statistics_.max.find(column_.path);
    if (min != statistics_.min.end()) CheckMin(min->second);
    if (max != statistics_.max.end()) CheckMax(max->second);
  }

 private:
  void Add(Rule rule, std::string message) {
    findings_.Add(rule, place_, fmt::format("column {}: {}", Quoted(column_.name), message));
  }

  void CheckNulls() {
    if (column_.required && facts_.valid_nulls > 0) {
      Add(Rule::kFileNull, fmt::format("{} nulls, and it is not nullable", facts_.valid_nulls));
    }
    const auto found = statistics_.null_count.find(column_.path);
    if (found == statistics_.null_count.end()) return;
    const std::int64_t told = found->second;
    if (statistics_.tight) {
      if (told != facts_.nulls && told != facts_.valid_nulls) {
        Add(Rule::kStatsNullCount,
            fmt::format("nullCount is {} and {} are null", told, facts_.nulls));
      }
    } else if (told == 0 && facts_.valid_nulls > 0) {
      Add(Rule::kStatsNullCount, fmt::format("nullCount is 0 and {} are null", facts_.valid_nulls));
    } else if (told == num_rows_ && facts_.valid_values > 0) {
      Add(Rule::kStatsNullCount,
          fmt::format("nullCount is {}, all rows, and {} have a value", told, facts_.valid_values));
    }
  }

  bool is_time() const {
    return column_.type.id == TypeId::kTimestamp || column_.type.id == TypeId::kTimestampNtz;
  }

  std::optional<Value> Parse(const Scalar& scalar, std::string_view which) {
    const Type narrow{TypeId::kFloat, 0, 0, "", {}};
    auto value = ParseValue(column_.is_float ? narrow : column_.type, scalar.text);
    if (!value) {
      Add(Rule::kStatsJson, fmt::format("{} {} is none of its values", which, Quoted(scalar.text)));
    } else if (column_.type.id == TypeId::kTimestamp && !HasZone(scalar.text)) {
      Add(Rule::kStatsJson, fmt::format("{} {} has no time zone, and readers may take another",
                                        which, Quoted(scalar.text)));
    }
    return value;
  }

  static bool IsNan(const Value& value) {
    const auto* number = std::get_if<double>(&value);
    return number != nullptr && std::isnan(*number);
  }

  void CheckMin(const Scalar& scalar) {
    const auto told = Parse(scalar, "minValues");
    if (!told || !facts_.min) return;
    if (IsNan(*told)) return Add(Rule::kStatsBound, "minValues is NaN, which is above all values");
    const int order = Compare(*told, *facts_.min);
    if (order > 0) {
      Add(Rule::kStatsBound, fmt::format("minValues is {} and a value is {}", Quoted(scalar.text),
                                         ToText(*facts_.min)));
    } else if (order < 0 && !IsCutMin(*told)) {
      Loose("minValues", scalar, *facts_.min);
    }
  }

  void CheckMax(const Scalar& scalar) {
    const auto told = Parse(scalar, "maxValues");
    if (!told || !facts_.max) return;
    const bool is_nan = IsNan(*told);
    if (facts_.has_nan && !is_nan) {
      Add(Rule::kStatsNan, fmt::format("maxValues is {} and a value is NaN", Quoted(scalar.text)));
    }
    if (is_nan) {
      if (!facts_.has_nan) Loose("maxValues", scalar, *facts_.max);
      return;
    }
    const int order = Compare(*told, *facts_.max);
    if (order < 0 && !IsCutInstant(*told, *facts_.max)) {
      Add(Rule::kStatsBound, fmt::format("maxValues is {} and a value is {}", Quoted(scalar.text),
                                         ToText(*facts_.max)));
    } else if (order > 0 && !IsRaisedMax(*told)) {
      Loose("maxValues", scalar, *facts_.max);
    }
  }

  void Loose(std::string_view which, const Scalar& scalar, const Value& value) {
    if (!statistics_.tight) return;
    Add(Rule::kStatsTight, fmt::format("{} is {} and the value nearest to it is {}", which,
                                       Quoted(scalar.text), ToText(value)));
  }

  // The protocol lets writers cut instants down to milliseconds, the greatest too.
  bool IsCutInstant(const Value& told, const Value& value) const {
    return is_time() &&
           Minus(std::get<std::int64_t>(value), std::get<std::int64_t>(told)) < kMicrosPerMilli;
  }

  bool IsCutMin(const Value& told) const {
    if (is_time()) return IsCutInstant(told, *facts_.min);
    const auto* text = std::get_if<std::string>(&told);
    return text != nullptr && std::get<std::string>(*facts_.min).starts_with(*text);
  }

  // A cut text ends in a character that is greater than the one there was, or in one more.
  bool IsRaisedMax(const Value& told) const {
    if (is_time()) {
      return Minus(std::get<std::int64_t>(told), std::get<std::int64_t>(*facts_.max)) <
             kMicrosPerMilli;
    }
    const auto* text = std::get_if<std::string>(&told);
    if (text == nullptr) return false;
    const std::string& value = std::get<std::string>(*facts_.max);
    const auto [in_text, in_value] = std::ranges::mismatch(*text, value);
    constexpr std::ptrdiff_t kCharacterMax = 4;
    return in_value != value.end() && text->end() - in_text <= kCharacterMax;
  }

  const FileColumn& column_;
  const ColumnFacts& facts_;
  const std::int64_t num_rows_;
  const Statistics& statistics_;
  const Place& place_;
  Findings& findings_;
};

}  // namespace

void CheckColumn(const FileColumn& column, const ColumnFacts& facts, std::int64_t num_rows,
                 const Statistics& statistics, const Place& place, Findings& findings) {
  ColumnRules(column, facts, num_rows, statistics, place, findings).Run();
}

}  // namespace neuralake::verify
