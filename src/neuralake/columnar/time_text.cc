#include "neuralake/columnar/time_text.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

namespace neuralake::columnar {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kSecondsPerDay = 86'400;
// Far beyond what 64 bits of microseconds hold, and safe to compute with.
constexpr std::int64_t kYearMax = 300'000;

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool Done() const { return at_ == text_.size(); }

  bool Take(char c) {
    if (Done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool TakeWord(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  /// `digits_min`..`digits_max` digits.
  std::optional<std::int64_t> Number(std::size_t digits_min, std::size_t digits_max) {
    std::size_t digits = 0;
    std::int64_t number = 0;
    while (digits < digits_max && !Done() && text_[at_] >= '0' && text_[at_] <= '9') {
      number = number * 10 + (text_[at_] - '0');
      ++at_;
      ++digits;
    }
    if (digits < digits_min) return std::nullopt;
    return number;
  }

  /// The fraction of a second in microseconds; at most nine digits.
  std::optional<std::int64_t> Fraction() {
    const auto start = at_;
    const auto number = Number(1, 9);
    if (!number) return std::nullopt;
    std::int64_t micros = *number;
    for (auto digits = at_ - start; digits < 6; ++digits) micros *= 10;
    for (auto digits = at_ - start; digits > 6; --digits) micros /= 10;
    return micros;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

bool IsLeap(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int DaysInMonth(std::int64_t year, int month) {
  constexpr std::array kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeap(year) ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

std::optional<std::int64_t> ReadDate(Reader& reader) {
  const bool negative = reader.Take('-');
  if (!negative) reader.Take('+');
  const auto year = reader.Number(4, 6);
  if (!year || *year > kYearMax || !reader.Take('-')) return std::nullopt;
  const auto month = reader.Number(1, 2);
  if (!month || *month < 1 || *month > 12 || !reader.Take('-')) return std::nullopt;
  const auto day = reader.Number(1, 2);
  const std::int64_t signed_year = negative ? -*year : *year;
  const int whole_month = static_cast<int>(*month);
  if (!day || *day < 1 || *day > DaysInMonth(signed_year, whole_month)) return std::nullopt;
  return DaysFromCivil({signed_year, whole_month, static_cast<int>(*day)});
}

/// Microseconds since midnight of `hh:mm[:ss[.f]]`.
std::optional<std::int64_t> ReadTimeOfDay(Reader& reader) {
  const auto hour = reader.Number(1, 2);
  if (!hour || *hour > 23 || !reader.Take(':')) return std::nullopt;
  const auto minute = reader.Number(1, 2);
  if (!minute || *minute > 59) return std::nullopt;
  std::int64_t micros = (*hour * 3600 + *minute * 60) * kMicrosPerSecond;
  if (!reader.Take(':')) return micros;
  const auto second = reader.Number(1, 2);
  if (!second || *second > 59) return std::nullopt;
  micros += *second * kMicrosPerSecond;
  if (!reader.Take('.')) return micros;
  const auto fraction = reader.Fraction();
  if (!fraction) return std::nullopt;
  return micros + *fraction;
}

/// Microseconds that the zone is ahead of UTC; zero when there is none.
std::optional<std::int64_t> ReadZone(Reader& reader) {
  if (reader.Done()) return 0;
  reader.Take(' ');
  if (reader.TakeWord("Z") || reader.TakeWord("UTC") || reader.TakeWord("GMT")) return 0;
  const bool negative = reader.Take('-');
  if (!negative && !reader.Take('+')) return std::nullopt;
  const auto hours = reader.Number(1, 2);
  if (!hours || *hours > 18) return std::nullopt;
  reader.Take(':');
  std::int64_t minutes = 0;
  if (!reader.Done()) {
    const auto number = reader.Number(2, 2);
    if (!number || *number > 59) return std::nullopt;
    minutes = *number;
  }
  const std::int64_t ahead = (*hours * 60 + minutes) * 60 * kMicrosPerSecond;
  return negative ? -ahead : ahead;
}

struct Split {
  std::int64_t days;
  std::int64_t seconds;
  std::int64_t micros;
};

Split SplitMicros(std::int64_t micros) {
  constexpr std::int64_t kMicrosPerDay = kSecondsPerDay * kMicrosPerSecond;
  std::int64_t days = micros / kMicrosPerDay;
  std::int64_t rest = micros % kMicrosPerDay;
  if (rest < 0) {
    rest += kMicrosPerDay;
    --days;
  }
  return {days, rest / kMicrosPerSecond, rest % kMicrosPerSecond};
}

std::string TimeOfDay(const Split& split) {
  return fmt::format("{:02}:{:02}:{:02}", split.seconds / 3600, split.seconds / 60 % 60,
                     split.seconds % 60);
}

}  // namespace

// The two conversions count in eras of 400 years that begin on March 1st.
// \source H. Hinnant, "chrono-Compatible Low-Level Date Algorithms"
std::int64_t DaysFromCivil(const CivilDay& civil) {
  const std::int64_t year = civil.year - (civil.month <= 2 ? 1 : 0);
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year =
      (153 * (civil.month + (civil.month > 2 ? -3 : 9)) + 2) / 5 + civil.day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

CivilDay CivilFromDays(std::int64_t days) {
  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
  const std::int64_t day_of_era = shifted - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const int day = static_cast<int>(day_of_year - (153 * shifted_month + 2) / 5 + 1);
  const int month = static_cast<int>(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

std::optional<std::int64_t> ParseDate(std::string_view text) {
  Reader reader(text);
  const auto days = ReadDate(reader);
  if (!days || !reader.Done()) return std::nullopt;
  return days;
}

std::string FormatDate(std::int64_t days) {
  const auto civil = CivilFromDays(days);
  const std::int64_t year = civil.year < 0 ? -civil.year : civil.year;
  const char* sign = civil.year < 0 ? "-" : civil.year > 9999 ? "+" : "";
  return fmt::format("{}{:04}-{:02}-{:02}", sign, year, civil.month, civil.day);
}

std::optional<std::int64_t> ParseTimestamp(std::string_view text) {
  Reader reader(text);
  const auto days = ReadDate(reader);
  if (!days) return std::nullopt;
  std::int64_t micros_of_day = 0;
  std::int64_t ahead = 0;
  if (!reader.Done()) {
    if (!reader.Take(' ') && !reader.Take('T')) return std::nullopt;
    const auto time = ReadTimeOfDay(reader);
    const auto zone = time ? ReadZone(reader) : std::nullopt;
    if (!zone || !reader.Done()) return std::nullopt;
    micros_of_day = *time;
    ahead = *zone;
  }
  std::int64_t micros = 0;
  if (__builtin_mul_overflow(*days, kSecondsPerDay * kMicrosPerSecond, &micros) ||
      __builtin_add_overflow(micros, micros_of_day - ahead, &micros)) {
    return std::nullopt;
  }
  return micros;
}

std::string FormatTimestampIso(std::int64_t micros) {
  const auto split = SplitMicros(micros);
  return fmt::format("{}T{}.{:06}Z", FormatDate(split.days), TimeOfDay(split), split.micros);
}

std::string FormatTimestampPlain(std::int64_t micros) {
  const auto split = SplitMicros(micros);
  std::string text = FormatDate(split.days) + " " + TimeOfDay(split);
  if (split.micros != 0) text += fmt::format(".{:06}", split.micros);
  return text;
}

}  // namespace neuralake::columnar
