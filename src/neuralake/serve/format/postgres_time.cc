#include "neuralake/serve/format/postgres_time.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include <arrow/array.h>
#include <fmt/format.h>

#include "neuralake/base/words.h"
#include "neuralake/columnar/time_text.h"
#include "neuralake/serve/format/value_text.h"

namespace neuralake::serve {
namespace {

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;
constexpr std::int64_t kDaysMin = -2'440'588;     // 4714-11-24 BC
constexpr std::int64_t kDaysMax = 2'145'042'905;  // 5874897-12-31
constexpr std::int64_t kMicrosMin = kDaysMin * kMicrosPerDay;

/// Append the day without its era; whether it is one before Christ.
bool AppendDay(std::int64_t days, std::string& out) {
  const columnar::CivilDay civil = columnar::CivilFromDays(days);
  const bool before = civil.year <= 0;
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}", before ? 1 - civil.year : civil.year,
                 civil.month, civil.day);
  return before;
}

bool AppendInfinity(std::int64_t value, std::int64_t infinite, std::string& out) {
  if (value > -infinite && value < infinite) return false;
  out += value > 0 ? "infinity" : "-infinity";
  return true;
}

std::optional<std::int64_t> ParseInfinity(std::string_view text, std::int64_t infinite) {
  const std::string lower = Folded(text);
  if (lower == "infinity" || lower == "+infinity") return infinite;
  if (lower == "-infinity") return -infinite;
  return std::nullopt;
}

/// The parts of a timestamp's text; a day before Christ has a year with a sign.
struct Parts {
  std::string day;
  std::string time;
  std::string zone;

  std::string Local() const { return time.empty() ? day : day + " " + time; }
  std::string Zoned() const { return day + " " + (time.empty() ? "00:00" : time) + zone; }
};

std::optional<Parts> Take(std::string_view text) {
  const bool before = Folded(text).ends_with(" bc");
  if (before) text.remove_suffix(3);
  Parts parts;
  const std::size_t end = text.find_first_of(" T");
  parts.day = text.substr(0, end);
  if (before) {
    // The year before 1 is 0.
    int year = 0;
    const char* const last = parts.day.data() + parts.day.size();
    const auto [stop, error] = std::from_chars(parts.day.data(), last, year);
    if (error != std::errc{} || year < 1) return std::nullopt;
    parts.day = fmt::format("-{:04}{}", year - 1, std::string_view(stop, last));
  }
  if (end == std::string_view::npos) return parts;
  const std::string_view rest = text.substr(end + 1);
  const std::size_t zone = std::min(rest.find_first_not_of("0123456789:."), rest.size());
  parts.time = rest.substr(0, zone);
  parts.zone = rest.substr(zone);
  return parts;
}

template <class Array>
bool IsWithin(const arrow::Array& array, std::int64_t least, std::int64_t most,
              std::int64_t infinite) {
  const auto& values = static_cast<const Array&>(array);
  for (std::int64_t row = 0; row < values.length(); ++row) {
    const std::int64_t value = values.Value(row);
    const bool held = (value >= least && value <= most) || value >= infinite || value <= -infinite;
    if (!held && !values.IsNull(row)) return false;
  }
  return true;
}

}  // namespace

void AppendPostgresDate(std::int64_t days, std::string& out) {
  if (AppendInfinity(days, kInfiniteDays, out)) return;
  if (AppendDay(days, out)) out += " BC";
}

void AppendPostgresTimestamp(std::int64_t micros, bool zoned, std::string& out) {
  if (AppendInfinity(micros, kInfiniteMicros, out)) return;
  const DayTime split = SplitDay(micros);
  const bool before = AppendDay(split.days, out);
  out.push_back(' ');
  AppendTimeOfDay(split.micros, out);
  if (zoned) out += "+00";
  if (before) out += " BC";
}

std::optional<std::int64_t> ParsePostgresDate(std::string_view text) {
  if (const auto infinite = ParseInfinity(text, kInfiniteDays)) return infinite;
  const auto parts = Take(text);
  if (!parts ||
      !columnar::ParseTimestamp("1970-01-01" + parts->Zoned().substr(parts->day.size()))) {
    return std::nullopt;
  }
  return columnar::ParseDate(parts->day);
}

std::optional<std::int64_t> ParsePostgresTimestamp(std::string_view text, bool zoned) {
  if (const auto infinite = ParseInfinity(text, kInfiniteMicros)) return infinite;
  const auto parts = Take(text);
  if (!parts) return std::nullopt;
  // Read in any case: what stands in the place of a zone must be one.
  const auto with_zone = columnar::ParseTimestamp(parts->Zoned());
  if (!with_zone || zoned) return with_zone;
  return columnar::ParseTimestamp(parts->Local());
}

Status CheckPostgresRange(const arrow::Array& array) {
  if (array.type_id() == arrow::Type::DATE32) {
    if (IsWithin<arrow::Date32Array>(array, kDaysMin, kDaysMax, kInfiniteDays)) return {};
    return Fail(ErrorKind::kInvalid,
                "date out of range: PostgreSQL's end at 4714-11-24 BC and at "
                "5874897-12-31");
  }
  if (array.type_id() == arrow::Type::TIMESTAMP) {
    if (IsWithin<arrow::TimestampArray>(array, kMicrosMin, kInfiniteMicros, kInfiniteMicros)) {
      return {};
    }
    return Fail(ErrorKind::kInvalid, "timestamp out of range: PostgreSQL's begin at 4714-11-24 BC");
  }
  if (array.type_id() == arrow::Type::LIST && array.length() > 0) {
    const auto& lists = static_cast<const arrow::ListArray&>(array);
    const std::int64_t begin = lists.value_offset(0);
    const std::int64_t end = lists.value_offset(lists.length());
    // Lists of lists leave as JSON, which knows no range.
    if (lists.values()->type_id() == arrow::Type::LIST) return {};
    return CheckPostgresRange(*lists.values()->Slice(begin, end - begin));
  }
  return {};
}

}  // namespace neuralake::serve
