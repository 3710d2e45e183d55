#include "neuralake/engine/functions/work_rules.h"

#include <algorithm>
#include <array>

namespace neuralake::engine {
namespace {

// Searching `aaaa…b` in `aaaa…` compares all of it at each place.
constexpr double kSearchByte = 3;
constexpr double kSearchPair = 0.03;

constexpr WorkRule Search(std::string_view function) {
  return {.function = function, .byte = kSearchByte, .pair = kSearchPair, .refuses = true};
}

constexpr WorkRule Split(std::string_view function) {
  return {.function = function, .byte = 20, .pair = kSearchPair, .refuses = true};
}

constexpr WorkRule Elements(std::string_view function, double element) {
  return {.function = function, .byte = 3, .element = element, .refuses = true};
}

constexpr WorkRule Characters(std::string_view function, double byte) {
  return {.function = function, .byte = byte, .refuses = true};
}

// What each takes for a million elements or bytes, divided. In order of their names.
constexpr auto kRules = std::to_array<WorkRule>({
    Elements("&&", 1'500),
    Elements("<@", 1'500),
    Elements("@>", 1'500),
    Elements("array_distinct", 1'000),
    Elements("array_has_all", 1'500),
    Elements("array_has_any", 1'500),
    Elements("array_intersect", 4'000),
    Elements("array_select", 100),
    Elements("array_slice", 100),
    Elements("array_unique", 1'000),
    Elements("array_where", 100),
    {.function = "contains", .byte = kSearchByte, .pair = kSearchPair, .refuses = true},
    Elements("flatten", 20),
    Search("instr"),
    {.function = "json_contains", .byte = 10, .pair = 0.1, .refuses = true},
    {.function = "json_merge_patch", .byte = 50, .pair = 0.1, .refuses = true},
    Characters("left_grapheme", 30),
    Characters("length_grapheme", 30),
    Elements("list_distinct", 1'000),
    Elements("list_has_all", 1'500),
    Elements("list_has_any", 1'500),
    Elements("list_intersect", 4'000),
    Elements("list_select", 100),
    Elements("list_slice", 100),
    Elements("list_unique", 1'000),
    Elements("list_where", 100),
    Elements("map", 2'000),
    Elements("map_from_entries", 1'000),
    Characters("nfc_normalize", 40),
    Search("position"),
    {.function = "replace", .byte = 10, .pair = kSearchPair, .refuses = true, .grows = true},
    Characters("reverse", 25),
    Characters("right_grapheme", 30),
    Split("split"),
    Split("str_split"),
    Split("string_split"),
    Split("string_to_array"),
    Characters("strip_accents", 40),
    Search("strpos"),
    Characters("substring_grapheme", 30),
});

constexpr auto kHashing = std::to_array<std::string_view>(
    {"approx_top_k", "entropy", "histogram", "histogram_exact", "mad", "median", "mode", "quantile",
     "quantile_cont", "quantile_disc"});

}  // namespace

WorkRule WorkRuleOf(std::string_view function) {
  const auto found = std::ranges::lower_bound(kRules, function, {}, &WorkRule::function);
  if (found != kRules.end() && found->function == function) return *found;
  if (function.starts_with("icu_collate_")) return Characters(function, 40);
  return {.function = function};
}

WorkRule AggregateRule(std::string_view aggregate) {
  return Elements(aggregate, std::ranges::find(kHashing, aggregate) != kHashing.end() ? 500 : 50);
}

}  // namespace neuralake::engine
