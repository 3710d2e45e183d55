#include "neuralake/serve/format/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/query/service.h"
#include "neuralake/query/test_executor.h"
#include "neuralake/serve/limits.h"

namespace neuralake::serve {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

class AnswerTest : public testing::Test {
 protected:
  Answer Ask(std::string sql, Format format, std::uint64_t rows_max = 1'000'000) {
    query::Request request;
    request.statement.sql = std::move(sql);
    request.rows_max = rows_max;
    request.protocol = "test";
    return {service_.Open(std::move(request)), MakeEncoder(format), "r-1", nullptr};
  }

  query::TestExecutor executor_;
  observe::Metrics metrics_;
  query::Service service_{executor_, metrics_, {}};
};

TEST_F(AnswerTest, GivesASmallAnswerInOnePart) {
  Answer answer = Ask("rows 2", Format::kNdjson);
  const Part part = answer.Next();
  EXPECT_TRUE(part.last);
  EXPECT_FALSE(part.failure);
  EXPECT_EQ(part.bytes, "{\"n\":0}\n{\"n\":1}\n");
  EXPECT_EQ(part.tail.versions.at("test.numbers"), 7);
  EXPECT_EQ(service_.Recent(1)[0].bytes, part.bytes.size());
}

TEST_F(AnswerTest, CutsALargeOneIntoBoundedParts) {
  Answer answer = Ask("rows 200000", Format::kCsv);
  std::string all;
  std::size_t parts = 0;
  for (bool last = false; !last; ++parts) {
    const Part part = answer.Next();
    EXPECT_LT(part.bytes.size(), kPartBytes + 10'000);
    all += part.bytes;
    last = part.last;
  }
  EXPECT_GT(parts, 3u);
  EXPECT_THAT(all, EndsWith("199998\r\n199999\r\n"));
}

TEST_F(AnswerTest, HasNoBytesWhenTheStatementIsRefused) {
  const Part part = Ask("refuse", Format::kJson).Next();
  ASSERT_TRUE(part.failure);
  EXPECT_TRUE(part.last);
  EXPECT_EQ(part.bytes, "");
  EXPECT_EQ(part.failure->kind, ErrorKind::kInvalid);
}

TEST_F(AnswerTest, TellsALateFailureInsideJson) {
  Answer answer = Ask("fail 200000", Format::kJson);
  Part part = answer.Next();
  EXPECT_FALSE(part.last);
  while (!part.last) part = answer.Next();
  ASSERT_TRUE(part.failure);
  EXPECT_TRUE(part.well_formed);
  EXPECT_THAT(part.bytes, HasSubstr(R"("error":{"kind":"corruption")"));
}

TEST_F(AnswerTest, LeavesOtherFormatsOpenAfterALateFailure) {
  Answer answer = Ask("fail 200000", Format::kCsv);
  Part part = answer.Next();
  while (!part.last) part = answer.Next();
  ASSERT_TRUE(part.failure);
  EXPECT_FALSE(part.well_formed);
}

TEST_F(AnswerTest, TellsThatRowsWereCut) {
  const Part part = Ask("rows 20", Format::kJson, 3).Next();
  EXPECT_TRUE(part.tail.truncated);
  EXPECT_THAT(part.bytes, HasSubstr(R"("truncated":true)"));
}

}  // namespace
}  // namespace neuralake::serve
