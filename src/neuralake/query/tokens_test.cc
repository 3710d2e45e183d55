#include "neuralake/query/tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace neuralake::query {
namespace {

using testing::ElementsAre;

std::vector<std::string> Texts(std::string_view sql) {
  std::vector<std::string> texts;
  const auto tokens = Tokenize(sql);
  if (!tokens) return {Describe(tokens.error())};
  for (const Token& token : *tokens) texts.emplace_back(token.In(sql));
  return texts;
}

std::vector<std::string> Pieces(std::string_view text) {
  std::vector<std::string> out;
  const auto pieces = SplitStatements(text);
  if (!pieces) return {Describe(pieces.error())};
  for (const Piece& piece : *pieces) {
    EXPECT_EQ(text.substr(piece.offset, piece.sql.size()), piece.sql);
    out.emplace_back(piece.sql);
  }
  return out;
}

TEST(Tokenize, SeesWordsNumbersOperatorsAndPunctuation) {
  EXPECT_THAT(
      Texts("SELECT a.b, 1.5e-3+x::int FROM t"),
      ElementsAre("SELECT", "a", ".", "b", ",", "1.5e-3", "+", "x", "::", "int", "FROM", "t"));
}

TEST(Tokenize, KeepsQuotedTextWhole) {
  EXPECT_THAT(Texts(R"('it''s' "a""b" E'\'x' $$a'b$$ $t$ $$ $t$)"),
              ElementsAre("'it''s'", R"("a""b")", R"(E'\'x')", "$$a'b$$", "$t$ $$ $t$"));
}

TEST(Tokenize, TellsParametersFromDollarQuotes) {
  EXPECT_THAT(Texts("$1 = $name AND ?"), ElementsAre("$1", "=", "$name", "AND", "?"));
}

TEST(Tokenize, SkipsNestedComments) {
  EXPECT_THAT(Texts("a /* x /* y */ z */ b -- c\n d"), ElementsAre("a", "b", "d"));
}

TEST(Tokenize, EndsAnOperatorAtAComment) {
  EXPECT_THAT(Texts("1 <--2\n 3"), ElementsAre("1", "<", "3"));
}

TEST(Tokenize, NamesThePlaceOfAnOpenString) {
  const auto tokens = Tokenize("SELECT 'ä', 'open");
  ASSERT_FALSE(tokens);
  EXPECT_EQ(tokens.error().message, "unterminated string");
  EXPECT_EQ(tokens.error().position, 12);
}

TEST(Tokenize, RefusesOpenCommentsAndIdentifiers) {
  EXPECT_THAT(Texts("/* /* */"), ElementsAre("invalid: unterminated comment"));
  EXPECT_THAT(Texts("\"a"), ElementsAre("invalid: unterminated quoted identifier"));
  EXPECT_THAT(Texts("$x$ $"), ElementsAre("invalid: unterminated dollar-quoted string"));
  EXPECT_THAT(Texts("E'\\"), ElementsAre("invalid: unterminated string"));
}

TEST(Tokenize, RefusesDeepComments) {
  std::string sql;
  for (int i = 0; i < 1000; ++i) sql += "/*";
  EXPECT_THAT(Texts(sql), ElementsAre("invalid: comments nest deeper than 64"));
}

TEST(Tokenize, RefusesControlCharacters) {
  EXPECT_THAT(Texts(std::string_view("a\0b", 3)),
              ElementsAre("invalid: unexpected character 0x00"));
}

TEST(SplitStatements, CutsOnlyAtTopLevelSemicolons) {
  EXPECT_THAT(Pieces("SELECT ';' ; /* ; */ SELECT \";\" -- ;\n; ; $$;$$"),
              ElementsAre("SELECT ';'", "SELECT \";\"", "$$;$$"));
}

TEST(SplitStatements, GivesNothingForBlanksAndComments) {
  EXPECT_THAT(Pieces(" ; -- x"), ElementsAre());
}

TEST(SplitStatements, ShiftsTokensIntoThePiece) {
  const auto pieces = SplitStatements("a; b c");
  ASSERT_TRUE(pieces);
  ASSERT_EQ(pieces->size(), 2u);
  EXPECT_EQ((*pieces)[1].tokens[1].In((*pieces)[1].sql), "c");
}

TEST(Identifier, LowersWordsAndUnquotesQuoted) {
  const std::string_view sql = R"(Flights "My ""T""")";
  const auto tokens = Tokenize(sql);
  ASSERT_TRUE(tokens);
  EXPECT_EQ(Identifier(sql, (*tokens)[0]), "flights");
  EXPECT_EQ(Identifier(sql, (*tokens)[1]), "My \"T\"");
}

TEST(StringValue, ResolvesQuotesAndEscapes) {
  const std::string_view sql = R"('it''s' E'a\n\'b' $q$x'y$q$)";
  const auto tokens = Tokenize(sql);
  ASSERT_TRUE(tokens);
  EXPECT_EQ(StringValue(sql, (*tokens)[0]), "it's");
  EXPECT_EQ(StringValue(sql, (*tokens)[1]), "a\n'b");
  EXPECT_EQ(StringValue(sql, (*tokens)[2]), "x'y");
}

TEST(QuoteIdentifier, DoublesQuotes) {
  EXPECT_EQ(QuoteIdentifier("a\"; DROP"), "\"a\"\"; DROP\"");
  EXPECT_EQ(QuoteLiteral("it's"), "'it''s'");
}

}  // namespace
}  // namespace neuralake::query
