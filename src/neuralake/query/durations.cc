#include "neuralake/query/durations.h"

#include <algorithm>
#include <functional>

namespace neuralake::query {
namespace {

constexpr std::uint64_t kUpper = 0xFFFF'FFFF'0000'0000;

std::uint64_t Hash(std::string_view sql) { return std::hash<std::string_view>{}(sql); }

}  // namespace

void Durations::Remember(std::string_view sql, std::chrono::milliseconds duration) {
  const std::uint64_t hash = Hash(sql);
  auto& place = places_[hash % kRememberedTexts];
  const auto now =
      static_cast<std::uint64_t>(std::clamp<std::int64_t>(duration.count(), 0, 1 << 30));
  const std::uint64_t before = place.load(std::memory_order_relaxed);
  const bool known = before != 0 && (before & kUpper) == (hash & kUpper);
  const std::uint64_t smoothed = known ? ((before & ~kUpper) + now) / 2 : now;
  place.store((hash & kUpper) | smoothed, std::memory_order_relaxed);
}

std::optional<std::chrono::milliseconds> Durations::Recall(std::string_view sql) const {
  const std::uint64_t hash = Hash(sql);
  const std::uint64_t place = places_[hash % kRememberedTexts].load(std::memory_order_relaxed);
  if (place == 0 || (place & kUpper) != (hash & kUpper)) return std::nullopt;
  return std::chrono::milliseconds(place & ~kUpper);
}

}  // namespace neuralake::query
