#include "neuralake/serve/pgwire/session/session_words.h"

#include <gtest/gtest.h>

namespace neuralake::serve {
namespace {

Result<std::optional<SessionWord>> Parse(std::string_view sql) {
  return ParseSessionWord(query::SplitStatements(sql).value().at(0));
}

template <class T>
T Word(std::string_view sql) {
  const auto word = Parse(sql);
  EXPECT_TRUE(word) << Describe(word.error());
  EXPECT_TRUE(*word) << sql;
  return std::get<T>(**word);
}

SetWord Set(std::string_view sql) { return Word<SetWord>(sql); }

TEST(SessionWords, ReadSetInAllItsForms) {
  EXPECT_EQ(Set("SET extra_float_digits = 3").value, "3");
  EXPECT_EQ(Set("set application_name to 'my app'").value, "my app");
  EXPECT_EQ(Set("SET SESSION DateStyle = ISO, MDY").value, "ISO, MDY");
  EXPECT_EQ(Set("SET LOCAL statement_timeout TO DEFAULT").value, std::nullopt);
  EXPECT_TRUE(Set("SET LOCAL statement_timeout TO DEFAULT").local);
  EXPECT_TRUE(Set("SET LOCAL TIME ZONE 'UTC'").local);
  EXPECT_FALSE(Set("SET SESSION statement_timeout = 1").local);
  EXPECT_EQ(Set("SET TIME ZONE 'UTC'").name, "timezone");
  EXPECT_EQ(Set("SET NAMES 'utf8'").name, "client_encoding");
  EXPECT_EQ(Set("SET a.\"B c\" = -5").name, "a.B c");
  EXPECT_EQ(Set("SET x = -5").value, "-5");
  EXPECT_EQ(Set("SET search_path = \"$user\", public").value, "\"$user\", public");
  EXPECT_EQ(Word<NothingWord>("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE").tag, "SET");
  const auto characteristics = Set("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY");
  EXPECT_EQ(characteristics.name, "default_transaction_read_only");
  EXPECT_EQ(characteristics.value, "on");
  EXPECT_FALSE(characteristics.local);
  const auto mode = Set("SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE");
  EXPECT_EQ(mode.name, "transaction_read_only");
  EXPECT_EQ(mode.value, "off");
  EXPECT_TRUE(mode.local);
}

TEST(SessionWords, TellSettingsFromTheEnginesShow) {
  EXPECT_EQ(Word<ShowWord>("SHOW TRANSACTION ISOLATION LEVEL").name, "transaction_isolation");
  EXPECT_EQ(Word<ShowWord>("show server_version").name, "server_version");
  EXPECT_EQ(Word<ShowWord>("SHOW ALL").name, "all");
  EXPECT_EQ(Parse("SHOW TABLES").value(), std::nullopt);
  EXPECT_EQ(Parse("SHOW TABLES FROM aviation").value(), std::nullopt);
  EXPECT_EQ(Parse("SHOW ALL TABLES").value(), std::nullopt);
}

TEST(SessionWords, KnowTransactions) {
  EXPECT_EQ(Word<BeginWord>("BEGIN ISOLATION LEVEL READ COMMITTED").tag, "BEGIN");
  EXPECT_EQ(Word<BeginWord>("start transaction read only").tag, "START TRANSACTION");
  EXPECT_EQ(Word<BeginWord>("start transaction read only").read_only, true);
  EXPECT_EQ(Word<BeginWord>("BEGIN WORK NOT DEFERRABLE, READ WRITE").read_only, false);
  EXPECT_EQ(Word<BeginWord>("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ").read_only,
            std::nullopt);
  EXPECT_EQ(Parse("BEGIN READ").error().message, "syntax error at end of input");
  EXPECT_EQ(Parse("BEGIN READ ONLY,").error().message, "syntax error at end of input");
  EXPECT_EQ(Parse("BEGIN ISOLATION LEVEL x").error().message, "syntax error at or near \"x\"");
  Word<CommitWord>("COMMIT");
  Word<CommitWord>("END TRANSACTION");
  Word<RollbackWord>("ROLLBACK");
  Word<RollbackWord>("ABORT WORK");
  EXPECT_EQ(Word<SavepointWord>("ROLLBACK TO SAVEPOINT a").what, SavepointWord::What::kRollback);
  EXPECT_EQ(Word<SavepointWord>("ROLLBACK WORK TO \"A b\"").name, "A b");
  EXPECT_EQ(Word<SavepointWord>("RELEASE a").what, SavepointWord::What::kRelease);
  EXPECT_EQ(Word<SavepointWord>("SAVEPOINT a").name, "a");
  EXPECT_EQ(Word<DeallocateWord>("DEALLOCATE PREPARE ALL").name, "all");
  EXPECT_EQ(Word<DiscardWord>("DISCARD ALL").what, "all");
}

TEST(SessionWords, KnowCursors) {
  const auto declare =
      Word<DeclareWord>("DECLARE \"My c\" NO SCROLL CURSOR WITH HOLD FOR SELECT 1");
  EXPECT_EQ(declare.name, "My c");
  EXPECT_TRUE(declare.hold);
  EXPECT_EQ(declare.query_token, 8U);
  EXPECT_FALSE(Word<DeclareWord>("DECLARE c CURSOR FOR SELECT 1").hold);
  EXPECT_EQ(Word<FetchWord>("FETCH FORWARD 100 FROM c").rows, 100U);
  EXPECT_EQ(Word<FetchWord>("FETCH ALL IN c").rows, 0U);
  EXPECT_EQ(Word<FetchWord>("FETCH c").rows, 1U);
  EXPECT_TRUE(Word<FetchWord>("MOVE 5 FROM c").move);
  EXPECT_EQ(Word<CloseWord>("CLOSE ALL").name, "all");
  EXPECT_EQ(Parse("FETCH BACKWARD 1 FROM c").error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(Parse("DECLARE c SCROLL CURSOR FOR SELECT 1").error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(Parse("DECLARE c CURSOR SELECT 1").error().message,
            "syntax error at or near \"SELECT\"");
}

TEST(SessionWords, LeaveOtherStatementsToTheEngine) {
  EXPECT_EQ(Parse("SELECT 1").value(), std::nullopt);
  EXPECT_EQ(Parse("\"set\" x").value(), std::nullopt);
  EXPECT_EQ(Parse("INSERT INTO t VALUES (1)").value(), std::nullopt);
}

TEST(SessionWords, NameThePlaceOfAMistake) {
  const auto wrong = Parse("SET x 5");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message, "syntax error at or near \"5\"");
  EXPECT_EQ(wrong.error().position, 6);
  EXPECT_EQ(Parse("SET x =").error().message, "syntax error at end of input");
  EXPECT_EQ(Parse("DEALLOCATE a b").error().position, 13);
  EXPECT_EQ(Parse("LISTEN x").error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(Parse("COMMIT PREPARED 'x'").error().kind, ErrorKind::kUnsupported);
}

}  // namespace
}  // namespace neuralake::serve
