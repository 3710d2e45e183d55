#include "neuralake/observe/log.h"

#include <gtest/gtest.h>

namespace neuralake::observe {
namespace {

TEST(Log, OneEventIsOneLine) {
  EXPECT_EQ(FormatLine("ingest", "flushed", {{"table", "a.b"}, {"rows", "3"}}),
            "ingest: flushed table=a.b rows=3");
  EXPECT_EQ(FormatLine("sql", "two\nlines", {{"text", "say \"x\"\n"}, {"none", ""}}),
            R"(sql: two\nlines text="say \"x\"\n" none="")");
}

TEST(Log, LevelsAreNamed) {
  EXPECT_EQ(*ParseLevel("warning"), Level::kWarning);
  EXPECT_EQ(ParseLevel("loud").error().kind, ErrorKind::kInvalid);
}

}  // namespace
}  // namespace neuralake::observe
