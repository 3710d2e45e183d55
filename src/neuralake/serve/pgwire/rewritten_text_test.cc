#include "neuralake/serve/pgwire/rewritten_text.h"

#include <gtest/gtest.h>

namespace neuralake::serve {
namespace {

/// `SELECT $1, 'ä', nope` with a cast around its parameter.
RewrittenText Cast() {
  RewrittenText text;
  text.Copy("SELECT ", 0);
  text.Make("CAST($1 AS UUID)", 7);
  text.Copy(", 'ä', nope", 9);
  return text;
}

std::int64_t CharacterOf(const RewrittenText& text, std::string_view word) {
  std::int64_t characters = 0;
  const std::size_t byte = text.sql().find(word);
  for (const char c : text.sql().substr(0, byte)) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++characters;
  }
  return characters;
}

TEST(RewrittenText, KnowsWhereEachCharacterStood) {
  const RewrittenText text = Cast();
  EXPECT_EQ(text.sql(), "SELECT CAST($1 AS UUID), 'ä', nope");
  EXPECT_EQ(text.Original(3), 3);
  EXPECT_EQ(text.Original(CharacterOf(text, "UUID")), 7);
  EXPECT_EQ(text.Original(CharacterOf(text, "nope")), 16);
  EXPECT_EQ(text.Original(-1), -1);
}

TEST(RewrittenText, KnowsItAfterPiecesWereReplaced) {
  RewrittenText text;
  std::vector<std::size_t> types;
  for (const std::int64_t from : {0, 4}) {
    text.Make("CAST($1 AS ", from);
    types.push_back(text.Make("DECIMAL[]", from));
    text.Make(")", from);
    text.Copy(", ", from + 2);
  }
  text.Copy("nope", 8);
  using Replacement = RewrittenText::Replacement;
  text.Replace({{Replacement{types[0], "DECIMAL(20,4)[]"}, Replacement{types[1], "Y"}}});
  EXPECT_EQ(text.sql(), "CAST($1 AS DECIMAL(20,4)[]), CAST($1 AS Y), nope");
  EXPECT_EQ(text.Original(CharacterOf(text, "Y)")), 4);
  EXPECT_EQ(text.Original(CharacterOf(text, "nope")), 8);
  text.Replace({{Replacement{types[1], "X[]"}}});
  EXPECT_EQ(text.sql(), "CAST($1 AS DECIMAL(20,4)[]), CAST($1 AS X[]), nope");
  EXPECT_EQ(text.Original(CharacterOf(text, "nope")), 8);
  text.Replace({});
  EXPECT_EQ(text.sql(), "CAST($1 AS DECIMAL(20,4)[]), CAST($1 AS X[]), nope");
}

TEST(RewrittenText, PutsWhatLiesBehindTheEndBehindTheEnd) {
  RewrittenText text;
  text.Copy("SELECT", 2);
  EXPECT_EQ(text.Original(6), 8);
  EXPECT_EQ(text.Original(100), 8);
  EXPECT_EQ(RewrittenText().Original(5), 5);
}

}  // namespace
}  // namespace neuralake::serve
