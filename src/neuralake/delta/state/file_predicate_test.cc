#include "neuralake/delta/state/file_predicate.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "neuralake/base/rng.h"

namespace neuralake::delta {
namespace {

using columnar::Value;
using enum PredicateKind;

Metadata MetadataOf(const std::string& ddl, std::vector<std::string> partition = {}) {
  Metadata metadata;
  metadata.schema = *columnar::ParseDdl(ddl);
  metadata.partition_columns = std::move(partition);
  return metadata;
}

Value Literal(const std::string& type, const std::string& text) {
  const auto parsed = *columnar::ParseType(type);
  if (parsed.id == columnar::TypeId::kString) return {parsed, text};
  return *columnar::ParsePartitionValue(text, parsed);
}

Predicate Leaf(PredicateKind kind, const std::string& column, std::vector<Value> literals = {}) {
  return {kind, {column}, std::move(literals), {}};
}

Tri Ask(const Metadata& metadata, const std::string& stats, const Predicate& predicate,
        MappingMode mode = MappingMode::kNone) {
  AddFile file;
  file.stats = stats;
  return FilePredicate(predicate, metadata, mode).EvaluateAdd(file);
}

TEST(FilePredicate, BoundsDecideComparisons) {
  const auto metadata = MetadataOf("a int64");
  const std::string stats =
      R"json({"numRecords":5,"minValues":{"a":10},"maxValues":{"a":20},"nullCount":{"a":0}})json";
  const auto ask = [&](PredicateKind kind, const char* text) {
    return Ask(metadata, stats, Leaf(kind, "A", {Literal("int64", text)}));
  };
  EXPECT_EQ(ask(kEqual, "9"), Tri::kFalse);
  EXPECT_EQ(ask(kEqual, "15"), Tri::kMaybe);
  EXPECT_EQ(ask(kNotEqual, "9"), Tri::kTrue);
  EXPECT_EQ(ask(kLess, "10"), Tri::kFalse);
  EXPECT_EQ(ask(kLessEqual, "10"), Tri::kMaybe);
  EXPECT_EQ(ask(kLess, "21"), Tri::kTrue);
  EXPECT_EQ(ask(kGreater, "20"), Tri::kFalse);
  EXPECT_EQ(ask(kGreaterEqual, "10"), Tri::kTrue);
  EXPECT_EQ(ask(kIsNull, "0"), Tri::kFalse);
}

TEST(FilePredicate, NullsKeepNotFromBecomingTrue) {
  const auto metadata = MetadataOf("a int64");
  const std::string stats =
      R"json({"numRecords":5,"minValues":{"a":10},"maxValues":{"a":20},"nullCount":{"a":1}})json";
  const Predicate outside = Leaf(kEqual, "a", {Literal("int64", "9")});
  EXPECT_EQ(Ask(metadata, stats, outside), Tri::kFalse);
  EXPECT_EQ(Ask(metadata, stats, {kNot, {}, {}, {outside}}), Tri::kMaybe);
  EXPECT_EQ(Ask(metadata, stats, Leaf(kLess, "a", {Literal("int64", "21")})), Tri::kMaybe);
  EXPECT_EQ(Ask(metadata, stats, Leaf(kEqual, "a", {{{}, std::monostate{}}})), Tri::kFalse);
}

TEST(FilePredicate, AFileOfNullsOnlySatisfiesNoComparison) {
  const auto metadata = MetadataOf("a int64");
  const std::string stats = R"json({"numRecords":5,"nullCount":{"a":5}})json";
  EXPECT_EQ(Ask(metadata, stats, Leaf(kEqual, "a", {Literal("int64", "1")})), Tri::kFalse);
  EXPECT_EQ(Ask(metadata, stats, Leaf(kIsNull, "a")), Tri::kTrue);
  EXPECT_EQ(Ask(metadata, R"json({"numRecords":0})json", {kTrue, {}, {}, {}}), Tri::kFalse);
}

TEST(FilePredicate, TimestampsOfMillisecondsReachToTheNext) {
  const auto metadata = MetadataOf("t timestamp");
  const std::string stats =
      R"json({"numRecords":1,"minValues":{"t":"2020-01-01T00:00:00.123Z"},)json"
      R"json("maxValues":{"t":"2020-01-01T00:00:00.123Z"},)json"
      R"json("nullCount":{"t":0}})json";
  const auto ask = [&](const char* text) {
    return Ask(metadata, stats, Leaf(kEqual, "t", {Literal("timestamp", text)}));
  };
  EXPECT_EQ(ask("2020-01-01T00:00:00.123999Z"), Tri::kMaybe);
  EXPECT_EQ(ask("2020-01-01T00:00:00.124Z"), Tri::kFalse);
  EXPECT_EQ(ask("2020-01-01T00:00:00.122999Z"), Tri::kFalse);
}

TEST(FilePredicate, AMaximumOfRealsCountsOnlyWithoutNan) {
  const auto metadata = MetadataOf("d float64");
  const std::string bounds =
      R"json("numRecords":2,"minValues":{"d":1.0},"maxValues":{"d":2.0},"nullCount":{"d":0})json";
  const Predicate above = Leaf(kGreater, "d", {Literal("float64", "5")});
  EXPECT_EQ(Ask(metadata, "{" + bounds + "}", above), Tri::kMaybe);
  EXPECT_EQ(Ask(metadata, "{" + bounds + R"json(,"nanCount":{"d":0}})json", above), Tri::kFalse);
  const Predicate below = Leaf(kLess, "d", {Literal("float64", "0.5")});
  EXPECT_EQ(Ask(metadata, "{" + bounds + "}", below), Tri::kFalse);
}

TEST(FilePredicate, PrefixesOfText) {
  const auto metadata = MetadataOf("s string");
  const std::string stats =
      R"json({"numRecords":2,"minValues":{"s":"abc"},"maxValues":{"s":"abz"},)json"
      R"json("nullCount":{"s":0}})json";
  const auto ask = [&](const char* text) {
    return Ask(metadata, stats, Leaf(kStartsWith, "s", {Literal("string", text)}));
  };
  EXPECT_EQ(ask("ab"), Tri::kTrue);
  EXPECT_EQ(ask("abcd"), Tri::kMaybe);
  EXPECT_EQ(ask("ac"), Tri::kFalse);
  EXPECT_EQ(ask("aa"), Tri::kFalse);
  EXPECT_EQ(ask(""), Tri::kTrue);
}

TEST(FilePredicate, DecimalsThatMayHaveBeenRoundedAreNotTrusted) {
  const auto metadata = MetadataOf("d decimal(20, 2)");
  const auto ask = [&](const std::string& max) {
    return Ask(
        metadata,
        R"json({"numRecords":2,"maxValues":{"d":)json" + max + R"json(},"nullCount":{"d":0}})json",
        Leaf(kGreater, "d", {Literal("decimal(20, 2)", "123456789012345679.00")}));
  };
  EXPECT_EQ(ask("123456789012345678.91"), Tri::kFalse);
  EXPECT_EQ(ask("123456789012345680.0"), Tri::kMaybe);
  EXPECT_EQ(ask("12.5"), Tri::kFalse);
}

TEST(FilePredicate, FloatsThatBecameDoublesKeepTheirValue) {
  auto metadata = MetadataOf("d float64");
  metadata.schema.fields[0].metadata["delta.typeChanges"] = "[]";
  const std::string stats =
      R"json({"numRecords":1,"minValues":{"d":0.1},"maxValues":{"d":0.1},)json"
      R"json("nullCount":{"d":0},"nanCount":{"d":0}})json";
  const double narrow = static_cast<double>(0.1F);
  const Predicate equal = Leaf(kEqual, "d", {Value{{.id = columnar::TypeId::kDouble}, narrow}});
  EXPECT_EQ(Ask(metadata, stats, equal), Tri::kMaybe);
}

TEST(FilePredicate, PhysicalNamesFindStatisticsAndPartitions) {
  auto metadata = MetadataOf("a int64, p int64", {"p"});
  metadata.schema.fields[0].metadata["delta.columnMapping.physicalName"] = "\"col-1\"";
  metadata.schema.fields[1].metadata["delta.columnMapping.physicalName"] = "\"col-2\"";
  AddFile file;
  file.stats = R"json({"numRecords":1,"minValues":{"col-1":5},"maxValues":{"col-1":5}})json";
  file.partition_values["col-2"] = "7";
  const auto ask = [&](const char* column, const char* text) {
    const Predicate predicate = Leaf(kEqual, column, {Literal("int64", text)});
    return FilePredicate(predicate, metadata, MappingMode::kName).EvaluateAdd(file);
  };
  EXPECT_EQ(ask("a", "6"), Tri::kFalse);
  EXPECT_EQ(ask("a", "5"), Tri::kMaybe);
  EXPECT_EQ(ask("p", "7"), Tri::kTrue);
  EXPECT_EQ(ask("p", "8"), Tri::kFalse);
}

// One table of random rows against every predicate: what is skipped has no row, what is taken
// whole has every row.

struct RandomFile {
  std::vector<std::optional<std::int64_t>> a;
  std::vector<std::optional<std::int64_t>> b;
};

using Row = std::pair<std::optional<std::int64_t>, std::optional<std::int64_t>>;

std::optional<bool> Truth(const Predicate& predicate, const Row& row) {
  const auto& value = predicate.column.empty()     ? row.first
                      : predicate.column[0] == "a" ? row.first
                                                   : row.second;
  const auto literal = [&](std::size_t i) -> std::optional<std::int64_t> {
    if (predicate.literals[i].is_null()) return std::nullopt;
    return std::get<std::int64_t>(predicate.literals[i].data);
  };
  const auto compare = [&](auto test) -> std::optional<bool> {
    if (!value || !literal(0)) return std::nullopt;
    return test(*value, *literal(0));
  };
  switch (predicate.kind) {
    case kTrue:
      return true;
    case kFalse:
      return false;
    case kEqual:
      return compare(std::equal_to<>{});
    case kNotEqual:
      return compare(std::not_equal_to<>{});
    case kLess:
      return compare(std::less<>{});
    case kLessEqual:
      return compare(std::less_equal<>{});
    case kGreater:
      return compare(std::greater<>{});
    case kGreaterEqual:
      return compare(std::greater_equal<>{});
    case kIsNull:
      return !value;
    case kIsNotNull:
      return value.has_value();
    case kNot: {
      const auto inner = Truth(predicate.children[0], row);
      if (!inner) return std::nullopt;
      return !*inner;
    }
    case kAnd:
    case kOr: {
      const bool decides = predicate.kind == kOr;
      std::optional<bool> result = !decides;
      for (const auto& child : predicate.children) {
        const auto truth = Truth(child, row);
        if (truth == decides) return decides;
        if (!truth) result = std::nullopt;
      }
      return result;
    }
    case kIn: {
      bool unknown = !value;
      for (std::size_t i = 0; i < predicate.literals.size(); ++i) {
        if (value && literal(i) == value) return true;
        unknown = unknown || !literal(i);
      }
      if (unknown && !predicate.literals.empty()) return std::nullopt;
      return false;
    }
    case kStartsWith:
      break;
  }
  return std::nullopt;
}

Predicate RandomPredicate(Rng& rng, int depth) {
  constexpr PredicateKind kLeaves[] = {kEqual,        kNotEqual, kLess,   kLessEqual, kGreater,
                                       kGreaterEqual, kIn,       kIsNull, kIsNotNull};
  constexpr PredicateKind kInner[] = {kAnd, kOr, kNot};
  const auto literal = [&] -> Value {
    const columnar::DataType type{.id = columnar::TypeId::kLong};
    if (rng.Below(8) == 0) return {type, std::monostate{}};
    return {type, static_cast<std::int64_t>(rng.Below(8))};
  };
  if (depth == 0 || rng.Below(3) == 0) {
    Predicate leaf = Leaf(kLeaves[rng.Below(std::size(kLeaves))], rng.Below(2) ? "a" : "b");
    const std::size_t count = leaf.kind == kIn ? rng.Below(4) : 1;
    for (std::size_t i = 0; i < count; ++i) leaf.literals.push_back(literal());
    return leaf;
  }
  Predicate inner{kInner[rng.Below(3)], {}, {}, {}};
  const std::size_t children = inner.kind == kNot ? 1 : rng.Below(3) + 1;
  for (std::size_t i = 0; i < children; ++i) {
    inner.children.push_back(RandomPredicate(rng, depth - 1));
  }
  return inner;
}

std::string StatsOf(const std::vector<Row>& rows, Rng& rng) {
  std::string mins;
  std::string maxs;
  std::string nulls;
  for (const bool first : {true, false}) {
    std::optional<std::int64_t> min;
    std::optional<std::int64_t> max;
    int null_count = 0;
    for (const auto& row : rows) {
      const auto& value = first ? row.first : row.second;
      if (!value) ++null_count;
      if (value) min = std::min(min.value_or(*value), *value);
      if (value) max = std::max(max.value_or(*value), *value);
    }
    const auto put = [&](std::string& out, std::int64_t value) {
      if (rng.Below(6) == 0) return;  // a writer that tells less
      out += fmt::format("{}\"{}\":{}", out.empty() ? "" : ",", first ? "a" : "b", value);
    };
    if (min) put(mins, *min);
    if (max) put(maxs, *max);
    put(nulls, null_count);
  }
  return fmt::format(
      R"json({{"numRecords":{},"minValues":{{{}}},"maxValues":{{{}}},"nullCount":{{{}}}}})json",
      rows.size(), mins, maxs, nulls);
}

TEST(FilePredicate, APartitionThatAFileDoesNotNameMayBeAny) {
  const auto metadata = MetadataOf("a int64, day string", {"day"});
  const auto is_monday = Leaf(kEqual, "day", {Literal("string", "monday")});
  const auto is_null = Leaf(kIsNull, "day");
  const auto ask = [&](const Predicate& predicate, const PartitionValues& values) {
    AddFile file;
    file.partition_values = values;
    return FilePredicate(predicate, metadata, MappingMode::kNone).EvaluateAdd(file);
  };
  EXPECT_EQ(ask(is_monday, {}), Tri::kMaybe);
  EXPECT_EQ(ask(is_null, {}), Tri::kMaybe);
  EXPECT_EQ(ask(is_monday, {{"day", std::nullopt}}), Tri::kFalse);
  EXPECT_EQ(ask(is_null, {{"day", std::nullopt}}), Tri::kTrue);
  EXPECT_EQ(ask(is_monday, {{"day", "tuesday"}}), Tri::kFalse);
}

TEST(FilePredicate, NeverContradictsTheRows) {
  SeededRng rng(20240501);
  const auto metadata = MetadataOf("a int64, b int64");
  int decided = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::vector<Row> rows(rng.Below(4));
    for (auto& [a, b] : rows) {
      if (rng.Below(4) != 0) a = static_cast<std::int64_t>(rng.Below(8));
      if (rng.Below(4) != 0) b = static_cast<std::int64_t>(rng.Below(8));
    }
    const auto stats = StatsOf(rows, rng);
    const auto predicate = RandomPredicate(rng, 3);
    const Tri answer = Ask(metadata, stats, predicate);
    decided += answer != Tri::kMaybe;
    for (const auto& row : rows) {
      const bool holds = Truth(predicate, row) == true;
      ASSERT_FALSE(answer == Tri::kFalse && holds) << stats << " round " << round;
      ASSERT_FALSE(answer == Tri::kTrue && !holds) << stats << " round " << round;
    }
  }
  EXPECT_GT(decided, 5'000);
}

}  // namespace
}  // namespace neuralake::delta
