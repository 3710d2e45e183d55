#include "neuralake/generate/words.h"

#include <array>
#include <string_view>

namespace neuralake::generate {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::array kQualities = {"amber"sv,  "brave"sv, "calm"sv,   "dusty"sv,  "eager"sv,
                                   "faint"sv,  "green"sv, "hidden"sv, "ivory"sv,  "jolly"sv,
                                   "keen"sv,   "lunar"sv, "mellow"sv, "noble"sv,  "olive"sv,
                                   "placid"sv, "quiet"sv, "rapid"sv,  "silver"sv, "tidal"sv};
constexpr std::array kThings = {"anchor"sv, "beacon"sv,  "canyon"sv, "delta"sv,  "ember"sv,
                                "falcon"sv, "garden"sv,  "harbor"sv, "island"sv, "jacket"sv,
                                "kettle"sv, "lantern"sv, "meadow"sv, "needle"sv, "orchard"sv,
                                "pebble"sv, "quarry"sv,  "river"sv,  "saddle"sv, "tower"sv};
constexpr std::array kProse = {
    "the"sv,      "order"sv, "waits"sv,    "until"sv, "parcels"sv, "reach"sv,  "a"sv,
    "northern"sv, "port"sv,  "and"sv,      "then"sv,  "moves"sv,   "slowly"sv, "over"sv,
    "land"sv,     "while"sv, "clerks"sv,   "note"sv,  "each"sv,    "late"sv,   "box"sv,
    "before"sv,   "noon"sv,  "carriers"sv, "agree"sv, "on"sv,      "terms"sv,  "after"sv,
    "review"sv,   "no"sv,    "further"sv,  "delay"sv, "is"sv,      "known"sv,  "here"sv};

}  // namespace

std::string NameOf(std::int64_t rank) {
  const auto index = static_cast<std::size_t>(rank);
  const auto pairs = kQualities.size() * kThings.size();
  std::string name(kQualities[index % kQualities.size()]);
  name += '-';
  name += kThings[index / kQualities.size() % kThings.size()];
  if (index >= pairs) name += "-" + std::to_string(index / pairs);
  return name;
}

std::string Prose(const Draw& draw, std::int64_t position, std::int64_t words) {
  std::string text;
  auto bits = draw.Bits(position);
  for (std::int64_t i = 0; i < words; ++i) {
    if (i > 0) text += ' ';
    text += kProse[bits % kProse.size()];
    bits /= kProse.size();
    if (bits == 0) bits = draw.Bits(position ^ (i << 40));
  }
  return text;
}

}  // namespace neuralake::generate
