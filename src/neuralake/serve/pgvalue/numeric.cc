#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "neuralake/serve/pgvalue/binary.h"
#include "neuralake/serve/pgwire/reader.h"
#include "neuralake/serve/pgwire/writer.h"

namespace neuralake::serve {
namespace {

constexpr std::int16_t kNegative = 0x4000;
constexpr auto kNan = static_cast<std::int16_t>(0xC000);
constexpr auto kInfinity = static_cast<std::int16_t>(0xD000);
constexpr auto kMinusInfinity = static_cast<std::int16_t>(0xF000);
constexpr int kNumericScaleMax = 16'383;

/// Four decimal digits as one of PostgreSQL's, base 10,000.
std::vector<std::int16_t> Groups(std::string_view digits) {
  std::vector<std::int16_t> groups;
  for (std::size_t i = 0; i < digits.size(); i += 4) {
    std::int16_t group = 0;
    for (const char digit : digits.substr(i, 4)) {
      group = static_cast<std::int16_t>(group * 10 + (digit - '0'));
    }
    groups.push_back(group);
  }
  return groups;
}

}  // namespace

std::string EncodeNumeric(bool negative, std::string_view digits, int scale) {
  // Padded on both sides, so that the point lies between two groups.
  std::string padded(digits);
  const auto fraction = static_cast<std::size_t>(scale);
  if (padded.size() < fraction) padded.insert(0, fraction - padded.size(), '0');
  padded.append((4 - fraction % 4) % 4, '0');
  const std::size_t whole = digits.size() > fraction ? digits.size() - fraction : 0;
  padded.insert(0, (4 - whole % 4) % 4, '0');
  std::vector<std::int16_t> groups = Groups(padded);
  auto weight = static_cast<std::int16_t>((whole + 3) / 4 - 1);
  const auto first = std::ranges::find_if(groups, [](std::int16_t group) { return group != 0; });
  weight = static_cast<std::int16_t>(weight - (first - groups.begin()));
  groups.erase(groups.begin(), first);
  while (!groups.empty() && groups.back() == 0) groups.pop_back();
  if (groups.empty()) weight = 0;
  std::string out;
  PgWriter writer(out);
  writer.Int16(static_cast<std::int16_t>(groups.size()));
  writer.Int16(weight);
  writer.Int16(negative && !groups.empty() ? kNegative : std::int16_t{0});
  writer.Int16(static_cast<std::int16_t>(scale));
  for (const std::int16_t group : groups) writer.Int16(group);
  return out;
}

Result<std::string> DecodeNumeric(std::string_view bytes) {
  PgReader reader(bytes);
  const std::int16_t count = TRY(reader.Int16());
  const std::int16_t weight = TRY(reader.Int16());
  const std::int16_t sign = TRY(reader.Int16());
  const std::int16_t scale = TRY(reader.Int16());
  if (sign == kNan) return "NaN";
  if (sign == kInfinity) return "Infinity";
  if (sign == kMinusInfinity) return "-Infinity";
  const bool known = sign == 0 || sign == kNegative;
  if (!known || count < 0 || scale < 0 || scale > kNumericScaleMax) {
    return Fail(ErrorKind::kInvalid, "a numeric parameter is not in its binary form");
  }
  std::string whole;
  std::string fraction;
  for (int i = 0; i < count; ++i) {
    const std::int16_t group = TRY(reader.Int16());
    if (group < 0 || group > 9999) {
      return Fail(ErrorKind::kInvalid, "a numeric parameter is not in its binary form");
    }
    if (i == 0 && weight < -1) fraction.append(static_cast<std::size_t>(-1 - weight) * 4, '0');
    (i <= weight ? whole : fraction) += fmt::format("{:04}", group);
  }
  TRY(reader.End());
  if (weight >= count) whole.append(static_cast<std::size_t>(weight - count + 1) * 4, '0');
  fraction.resize(static_cast<std::size_t>(scale), '0');
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
  if (whole.empty()) whole = "0";
  return (sign == kNegative ? "-" : "") + whole + (fraction.empty() ? "" : "." + fraction);
}

}  // namespace neuralake::serve
