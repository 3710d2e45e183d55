#include "neuralake/engine/sql/metered_memory.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/engine/engine_testing.h"
#include "neuralake/engine/limits.h"

namespace neuralake::engine {
namespace {

using testing::HasSubstr;

/// The most memory that this process held so far, in MiB.
std::size_t PeakMebibytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoul(line.substr(6)) >> 10;
  }
  return 0;
}

class MeteredMemoryTest : public testing::Test {
 protected:
  static EngineOptions Options() {
    EngineOptions options;
    options.memory_bytes = 256 << 20;
    options.threads = 2;
    return options;
  }

  TestTable table_{"id long, text string"};
  TestEngine engine_{{{"t", &table_}}, Options()};
};

// One value of 5 MB, and one of a million numbers.
constexpr const char* kText = "(SELECT string_agg('abcdefghij', '') AS l FROM range(500000)) a";
constexpr const char* kList = "(SELECT list(range) AS l FROM range(1000000)) a";

TEST_F(MeteredMemoryTest, ValuesInWorkStayWithinTheMemoryOfTheEngine) {
  const std::size_t before = PeakMebibytes();
  const auto ask = [&](const char* expression, const char* source) {
    return std::string("SELECT ") + expression + " FROM " + source + ", range(100000) b";
  };
  for (const auto& sql : {
           ask("sum(length(l || b.range))", kText),
           ask("sum(length(concat(l, b.range)))", kText),
           ask("sum(length(concat_ws('-', l, b.range)))", kText),
           ask("sum(length(upper(l || b.range)))", kText),
           ask("sum(length(hex(l || b.range)))", kText),
           ask("sum(length((l || b.range)::BLOB::VARCHAR))", kText),
           ask("sum(length(to_json(l || b.range)))", kText),
           "SELECT length(array_to_string(l, '" + std::string(1000, '-') + "')) FROM " + kList,
           ask("sum(len(list_append(l, b.range)))", kList),
           ask("sum(len(l || [b.range]))", kList),
           ask("sum(len(list_concat(l, [b.range])))", kList),
           ask("sum(len([l, [b.range], l][1]))", kList),
           ask("sum(len(flatten([l, [b.range]])))", kList),
           ask("sum(len(list_zip(l, [b.range])))", kList),
           std::string("SELECT sum(length(w)) FROM (SELECT max(CASE WHEN b.range = 0 THEN l END) "
                       "OVER () AS w FROM ") +
               kText + ", range(100000) b)",
       }) {
    const auto rows = engine_.Ask(sql);
    ASSERT_FALSE(rows.has_value()) << sql;
    EXPECT_EQ(rows.error().kind, ErrorKind::kResourceExhausted) << rows.error().message;
  }
  EXPECT_LT(PeakMebibytes() - before, 900U);
  EXPECT_THAT(engine_.One(ask("sum(length(l || b.range))", kText)),
              HasSubstr("engine.memory_bytes"));
  // What was refused is given back.
  EXPECT_EQ(engine_.One(std::string("SELECT length(l || l) FROM ") + kText), "10000000");
}

TEST_F(MeteredMemoryTest, AnAnswerOfLongValuesLeavesInBatchesOfFewRows) {
  const auto stream = TestTable::Check(
      engine_.Start(std::string("SELECT b.range AS id, l FROM ") + kText + ", range(15) b"));
  std::int64_t rows = 0;
  while (const auto batch = TestTable::Check(stream->Next())) {
    EXPECT_LE(static_cast<std::size_t>(batch->num_rows()) * 5'000'000, kBatchBytes);
    for (std::int64_t row = 0; row < batch->num_rows(); ++row, ++rows) {
      ASSERT_EQ((*batch->column(0)->GetScalar(row))->ToString(), std::to_string(rows));
      ASSERT_EQ((*batch->column(1)->GetScalar(row))->ToString().size(), 5'000'000U);
    }
  }
  EXPECT_EQ(rows, 15);
}

}  // namespace
}  // namespace neuralake::engine
