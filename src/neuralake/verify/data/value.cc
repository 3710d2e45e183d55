#include "neuralake/verify/data/value.h"

#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "neuralake/verify/finding.h"

namespace neuralake::verify {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kDaysMax = 100'000'000;  ///< Microseconds of more do not fit.

/// Reads a text from its front.
class Cursor {
 public:
  explicit Cursor(std::string_view rest) : rest_(rest) {}

  bool empty() const { return rest_.empty(); }
  bool Take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// Digits, so many at least and at most.
  std::optional<std::int64_t> Digits(std::size_t least, std::size_t most) {
    std::size_t count = 0;
    std::int64_t value = 0;
    while (count < rest_.size() && count < most && rest_[count] >= '0' && rest_[count] <= '9') {
      value = value * 10 + (rest_[count++] - '0');
    }
    if (count < least) return std::nullopt;
    rest_.remove_prefix(count);
    taken_ = count;
    return value;
  }
  std::size_t taken() const { return taken_; }

 private:
  std::string_view rest_;
  std::size_t taken_ = 0;
};

bool IsLeap(std::int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

std::int64_t DaysOfMonth(std::int64_t year, std::int64_t month) {
  constexpr std::int64_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeap(year) ? 29 : kDays[month - 1];
}

/// Days before the first of January of `year` in the proleptic calendar, from year 0.
std::int64_t DaysBefore(std::int64_t year) {
  const std::int64_t last = year - 1;
  const auto floor = [last](std::int64_t by) { return last / by - (last % by < 0 ? 1 : 0); };
  return last * 365 + floor(4) - floor(100) + floor(400);
}

std::optional<std::int64_t> Day(Cursor& cursor) {
  const bool negative = cursor.Take('-');
  if (!negative) cursor.Take('+');
  auto year = cursor.Digits(4, 6);
  if (!year || !cursor.Take('-')) return std::nullopt;
  if (negative) year = -*year;
  const auto month = cursor.Digits(1, 2);
  if (!month || !cursor.Take('-')) return std::nullopt;
  const auto day = cursor.Digits(1, 2);
  if (!day || *month < 1 || *month > 12 || *day < 1 || *day > DaysOfMonth(*year, *month)) {
    return std::nullopt;
  }
  std::int64_t days = DaysBefore(*year) - DaysBefore(1970) + *day - 1;
  for (std::int64_t m = 1; m < *month; ++m) days += DaysOfMonth(*year, m);
  return days;
}

std::optional<std::int64_t> Fraction(Cursor& cursor) {
  auto value = cursor.Digits(1, 9);
  if (!value) return std::nullopt;
  for (std::size_t i = cursor.taken(); i < 6; ++i) *value *= 10;
  for (std::size_t i = 6; i < cursor.taken(); ++i) *value /= 10;
  return value;
}

/// Seconds that a local time is ahead of UTC.
std::optional<std::int64_t> Zone(Cursor& cursor) {
  if (cursor.empty() || cursor.Take('Z')) return 0;
  const bool behind = cursor.Take('-');
  if (!behind && !cursor.Take('+')) return std::nullopt;
  const auto hours = cursor.Digits(2, 2);
  if (!hours) return std::nullopt;
  cursor.Take(':');
  const std::int64_t minutes = cursor.Digits(2, 2).value_or(0);
  const std::int64_t seconds = cursor.Take(':') ? cursor.Digits(2, 2).value_or(0) : 0;
  const std::int64_t ahead = *hours * 3600 + minutes * 60 + seconds;
  return behind ? -ahead : ahead;
}

template <class T>
std::optional<T> Number(std::string_view text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stop != end) return std::nullopt;
  return value;
}

std::optional<Value> Integer(std::string_view text, std::int64_t least, std::int64_t greatest) {
  const auto value = Number<std::int64_t>(text);
  if (!value || *value < least || *value > greatest) return std::nullopt;
  return *value;
}

template <class T>
std::optional<Value> IntegerAs(std::string_view text) {
  return Integer(text, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
}

std::optional<Value> Floating(std::string_view text, bool narrow) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure == std::errc::invalid_argument || stop != end) return std::nullopt;
  if (failure == std::errc::result_out_of_range) return std::nullopt;
  return narrow ? static_cast<double>(static_cast<float>(value)) : value;
}

std::optional<Value> Decimal(std::string_view text, const Type& type) {
  arrow::Decimal256 value;
  std::int32_t precision = 0;
  std::int32_t scale = 0;
  if (!arrow::Decimal256::FromString(text, &value, &precision, &scale).ok()) return std::nullopt;
  const auto scaled = value.Rescale(scale, type.scale);
  if (!scaled.ok() || !scaled->FitsInPrecision(type.precision)) return std::nullopt;
  return *scaled;
}

std::optional<Value> Boxed(std::optional<std::int64_t> value) {
  return value ? std::optional<Value>(*value) : std::nullopt;
}

}  // namespace

int Compare(const Value& a, const Value& b) {
  if (a.index() != b.index()) return a.index() < b.index() ? -1 : 1;
  // Texts as bytes, which is the order of their code points.
  if (const auto* text = std::get_if<std::string>(&a))
    return text->compare(std::get<std::string>(b));
  return a == b ? 0 : (a < b ? -1 : 1);
}

std::optional<std::int64_t> ParseDay(std::string_view text) {
  Cursor cursor(text);
  const auto day = Day(cursor);
  return cursor.empty() ? day : std::nullopt;
}

bool HasZone(std::string_view text) {
  const auto colon = text.find(':');
  return colon != std::string_view::npos &&
         text.find_first_of("Z+-", colon) != std::string_view::npos;
}

std::optional<std::int64_t> ParseInstant(std::string_view text) {
  Cursor cursor(text);
  const auto day = Day(cursor);
  if (!day || *day > kDaysMax || *day < -kDaysMax) return std::nullopt;
  std::int64_t seconds = 0;
  std::int64_t micros = 0;
  if (!cursor.empty()) {
    if (!cursor.Take('T') && !cursor.Take(' ')) return std::nullopt;
    const auto hour = cursor.Digits(1, 2);
    if (!hour || !cursor.Take(':')) return std::nullopt;
    const auto minute = cursor.Digits(1, 2);
    if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
    std::int64_t second = 0;
    if (cursor.Take(':')) {
      const auto digits = cursor.Digits(1, 2);
      if (!digits || *digits > 59) return std::nullopt;
      second = *digits;
    }
    if (cursor.Take('.')) {
      const auto fraction = Fraction(cursor);
      if (!fraction) return std::nullopt;
      micros = *fraction;
    }
    const auto zone = Zone(cursor);
    if (!zone) return std::nullopt;
    seconds = *hour * 3600 + *minute * 60 + second - *zone;
  }
  if (!cursor.empty()) return std::nullopt;
  return (*day * kSecondsPerDay + seconds) * kMicrosPerSecond + micros;
}

std::optional<Value> ParseValue(const Type& type, std::string_view text) {
  switch (type.id) {
    case TypeId::kString:
    case TypeId::kBinary:
      return std::string(text);
    case TypeId::kByte:
      return IntegerAs<std::int8_t>(text);
    case TypeId::kShort:
      return IntegerAs<std::int16_t>(text);
    case TypeId::kInteger:
      return IntegerAs<std::int32_t>(text);
    case TypeId::kLong:
      return IntegerAs<std::int64_t>(text);
    case TypeId::kFloat:
    case TypeId::kDouble:
      return Floating(text, type.id == TypeId::kFloat);
    case TypeId::kDecimal:
      return Decimal(text, type);
    case TypeId::kBoolean:
      if (text != "true" && text != "false") return std::nullopt;
      return std::int64_t{text == "true"};
    case TypeId::kDate:
      return Boxed(ParseDay(text));
    case TypeId::kTimestamp:
    case TypeId::kTimestampNtz:
      return Boxed(ParseInstant(text));
    default:
      return std::nullopt;
  }
}

std::string ToText(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return Quoted(*text);
  if (const auto* decimal = std::get_if<arrow::Decimal256>(&value)) {
    return decimal->ToIntegerString();
  }
  if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
  return std::to_string(std::get<std::int64_t>(value));
}

}  // namespace neuralake::verify
