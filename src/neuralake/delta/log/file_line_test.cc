#include "neuralake/delta/log/file_line.h"

#include <gtest/gtest.h>

#include "neuralake/delta/commit/action_json.h"
#include "neuralake/delta/log/action_parser.h"

namespace neuralake::delta {
namespace {

/// `line` with the room behind it that the parser wants, parsed and written again.
std::string Again(const std::string& line) {
  std::string text = line;
  text.append(FileLineParser::padding(), ' ');
  FileLineParser parser;
  FileView view;
  if (!parser.Parse(std::string_view(text).substr(0, line.size()), view)) return "";
  std::string out;
  if (view.is_remove) {
    AppendActionJson(ToRemove(view), out);
  } else {
    AppendActionJson(ToAdd(view), out);
  }
  return out;
}

/// The same by the strict parser, which takes a line without room behind it.
std::string Strictly(const std::string& line) {
  const auto actions = ParseCommit(line);
  if (!actions || actions->size() != 1) return "";
  std::string out;
  AppendActionJson(actions->front(), out);
  return out;
}

TEST(FileLine, ReadsWhatTheStrictParserReads) {
  for (
      const std::string line : {
          R"({"add":{"path":"a","size":1}})",
          R"( {"add":{"path":"a","size":1}})",
          R"({"add":{"path":"p=a%20b/x","partitionValues":{"p":"a \"b\" \u00e9","q":null},"size":123,"modificationTime":17,"dataChange":false,"stats":"{\"numRecords\":1,\"maxValues\":{\"s\":\"\\\\n\"}}"}})",
          R"({"add":{"stats":null,"path":"a","size":1,"tags":null} })",
          R"({"remove":{"path":"a","deletionTimestamp":5,"dataChange":true,"extendedFileMetadata":true,"partitionValues":{},"size":7}})",
          R"({"remove":{"path":"a"}})",
      }) {
    const auto strict = Strictly(line);
    EXPECT_NE(strict, "") << line;
    if (line.starts_with('{')) {
      EXPECT_EQ(Again(line), strict) << line;
    }
  }
}

TEST(FileLine, LeavesToTheStrictParserWhatIsRareOrBroken) {
  for (const char* line : {
           R"({"add":{"path":"a","size":1,"tags":{"k":"v"}}})",
           R"({"add":{"path":"a","size":1.0e3}})",
           R"({"add":{"path":"a","size":-1}})",
           R"({"add":{"path":7,"size":1}})",
           R"({"add":{"size":1}})",
           R"({"add":{"path":"a"}})",
           R"({"add":{"path":"a","size":1}},)",
           R"({"add":{"path":"a","size":1}}})",
           R"({"add":{"path":"a","size":1})",
           R"({"add":{"path":"a","size":1},"txn":{"appId":"x","version":1}})",
           R"({"add":{"path":"a","size":1}} {"add":{"path":"b","size":1}})",
           R"({"add":{"path":"a","size":1,"stats":{"numRecords":1}}})",
           R"({"txn":{"appId":"x","version":1}})",
           R"({"add":{)",
           "",
       }) {
    EXPECT_EQ(Again(line), "") << line;
  }
}

TEST(FileLine, ACommitGivesTheSameWhereverItsLinesStand) {
  const std::string line =
      R"({"add":{"path":"p/a","partitionValues":{"p":"1"},"size":9,"modificationTime":3,"dataChange":true,"stats":"{\"numRecords\":4}"}})";
  const auto actions = ParseCommit(line + "\n\n" + line + "\r\n" + line);
  ASSERT_TRUE(actions.has_value()) << actions.error().message;
  ASSERT_EQ(actions->size(), 3U);
  for (const auto& action : *actions) {
    EXPECT_EQ(std::get<AddFile>(action).stats, R"({"numRecords":4})");
    EXPECT_EQ(std::get<AddFile>(action).partition_values.at("p"), "1");
  }
}

}  // namespace
}  // namespace neuralake::delta
