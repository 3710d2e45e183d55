#include "neuralake/serve/pgwire/session/settings.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace neuralake::serve {
namespace {

using namespace std::chrono_literals;

TEST(SessionSettings, KeepWhatClientsSetByHabit) {
  SessionSettings settings(10'000);
  const auto change = settings.Set("Application_Name", "psql");
  ASSERT_TRUE(change);
  EXPECT_EQ(change->name, "application_name");
  EXPECT_TRUE(change->report);
  EXPECT_EQ(settings.Show("APPLICATION_NAME").value(), "psql");
  EXPECT_TRUE(settings.Set("extra_float_digits", "3"));
  EXPECT_EQ(settings.Set("row_security", "TRUE")->value, "on");
  EXPECT_EQ(settings.Set("client_encoding", "utf-8")->value, "UTF8");
  EXPECT_TRUE(settings.Set("my.own", "x"));
  EXPECT_EQ(settings.Show("my.own").value(), "x");
}

TEST(SessionSettings, RefuseWhatCannotBe) {
  SessionSettings settings(10'000);
  EXPECT_EQ(settings.Set("client_encoding", "LATIN1").error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(settings.Set("search_path", "aviation").error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(settings.Set("server_version", "16").error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(settings.Set("row_limit", "-1").error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(settings.Set("statement_timeout", "soon").error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(settings.Set("nope", "1").error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(settings.Show("nope").error().kind, ErrorKind::kNotFound);
}

TEST(SessionSettings, WarnAboutATimeZoneThatChangesNothing) {
  SessionSettings settings(10'000);
  EXPECT_EQ(settings.Set("timezone", "Etc/UTC")->warning, "");
  const auto change = settings.Set("TimeZone", "Europe/Berlin");
  ASSERT_TRUE(change);
  EXPECT_EQ(change->value, "UTC");
  EXPECT_EQ(change->warning, "\"TimeZone\" stays \"UTC\": Instants are written in UTC.");
}

TEST(SessionSettings, HoldTheLimitsOfStatements) {
  SessionSettings settings(10'000);
  EXPECT_EQ(settings.rows_max(), 10'000u);
  EXPECT_EQ(settings.statement_timeout(), 0ms);
  ASSERT_TRUE(settings.Set("statement_timeout", "2min"));
  EXPECT_EQ(settings.statement_timeout(), 120s);
  ASSERT_TRUE(settings.Set("neuralake.row_limit", "0"));
  EXPECT_EQ(settings.rows_max(), std::nullopt);
}

TEST(SessionSettings, TakeNoTimeThatIsNone) {
  SessionSettings settings(10'000);
  for (const char* value : {"-1", "2147483648", "596h 1", "600h"}) {
    const auto refused = settings.Set("statement_timeout", value);
    ASSERT_FALSE(refused) << value;
    EXPECT_EQ(refused.error().sqlstate, "22023");
  }
  EXPECT_EQ(settings.Set("statement_timeout", "-1").error().message,
            "-1 ms is outside the valid range for parameter \"statement_timeout\" (0 ms .. "
            "2147483647 ms)");
  EXPECT_TRUE(settings.Set("statement_timeout", "2147483647"));
}

TEST(SessionSettings, KnowWhetherATransactionMayChangeAnything) {
  SessionSettings settings(10'000);
  const auto shown = [&] { return settings.Show("transaction_read_only").value(); };
  ASSERT_TRUE(settings.Set("transaction_read_only", "on"));
  EXPECT_FALSE(settings.read_only()) << "outside of a transaction it is of no other statement";
  settings.BeginTransaction();
  ASSERT_TRUE(settings.Set("transaction_read_only", "on"));
  EXPECT_TRUE(settings.read_only());
  EXPECT_EQ(shown(), "on");
  settings.EndTransaction(/*commit=*/true);
  EXPECT_FALSE(settings.read_only());

  ASSERT_TRUE(settings.Set("default_transaction_read_only", "on"));
  EXPECT_TRUE(settings.read_only());
  EXPECT_EQ(shown(), "on");
  settings.BeginTransaction();
  EXPECT_TRUE(settings.read_only());
  ASSERT_TRUE(settings.Set("default_transaction_read_only", "off"));
  EXPECT_TRUE(settings.read_only()) << "the default is for those to come";
  ASSERT_TRUE(settings.Set("transaction_read_only", "off", /*local=*/true));
  EXPECT_FALSE(settings.read_only());
  settings.EndTransaction(/*commit=*/false);
  EXPECT_TRUE(settings.read_only()) << "with the default that ROLLBACK brought back";
  settings.BeginTransaction();
  ASSERT_TRUE(settings.Set("default_transaction_read_only", "off"));
  settings.EndTransaction(/*commit=*/true);
  EXPECT_FALSE(settings.read_only());
  EXPECT_EQ(shown(), "off");
}

TEST(SessionSettings, GoBackToTheStartOfTheSession) {
  SessionSettings settings(10'000);
  ASSERT_TRUE(settings.Set("application_name", "a"));
  settings.MarkStart();
  ASSERT_TRUE(settings.Set("application_name", "b"));
  EXPECT_EQ(settings.ResetAll().at(0).value, "a");
  ASSERT_TRUE(settings.Set("application_name", "c"));
  ASSERT_TRUE(settings.Set("application_name", std::nullopt));
  EXPECT_EQ(settings.Show("application_name").value(), "a");
}

TEST(SessionSettings, FollowTransactions) {
  SessionSettings settings(10'000);
  const auto name = [&] { return settings.Show("application_name").value(); };
  ASSERT_TRUE(settings.Set("application_name", "a"));
  settings.BeginTransaction();
  ASSERT_TRUE(settings.Set("application_name", "b"));
  ASSERT_TRUE(settings.Set("application_name", "c", /*local=*/true));
  EXPECT_EQ(name(), "c");
  const auto told = settings.EndTransaction(/*commit=*/true);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].value, "b");
  EXPECT_EQ(name(), "b");
  settings.BeginTransaction();
  ASSERT_TRUE(settings.Set("application_name", "d", /*local=*/true));
  ASSERT_TRUE(settings.Set("application_name", "e"));
  ASSERT_TRUE(settings.Set("my.own", "x"));
  EXPECT_EQ(settings.EndTransaction(/*commit=*/false).at(0).value, "b");
  EXPECT_FALSE(settings.Has("my.own"));
  EXPECT_TRUE(settings.EndTransaction(/*commit=*/true).empty()) << "there is none";
}

TEST(SessionSettings, GoBackToASavepoint) {
  SessionSettings settings(10'000);
  const auto name = [&] { return settings.Show("application_name").value(); };
  settings.BeginTransaction();
  ASSERT_TRUE(settings.Set("application_name", "a"));
  ASSERT_TRUE(settings.Set("application_name", "b", /*local=*/true));
  const auto savepoint = settings.Now();
  ASSERT_TRUE(settings.Set("application_name", "c"));
  EXPECT_EQ(settings.GoBack(savepoint).at(0).value, "b");
  EXPECT_EQ(name(), "b");
  settings.EndTransaction(/*commit=*/true);
  EXPECT_EQ(name(), "a");
}

TEST(SessionSettings, JoinNamesAndValuesInOneOrder) {
  SessionSettings settings(10'000);
  ASSERT_TRUE(settings.Set("application_name",
                           "a\x1e"
                           "b"));
  const auto [names, values] = settings.Joined();
  EXPECT_TRUE(
      names.starts_with("application_name\x1e"
                        "backslash_quote\x1e"));
  EXPECT_TRUE(
      values.starts_with("a?b\x1e"
                         "safe_encoding\x1e"));
  EXPECT_EQ(std::ranges::count(names, kSettingSeparator),
            std::ranges::count(values, kSettingSeparator));
}

TEST(SessionSettings, TellClientsWhatTheyRelyOn) {
  const auto reported = SessionSettings(1).Reported();
  for (const char* name : {"server_version", "client_encoding", "DateStyle", "TimeZone",
                           "integer_datetimes", "standard_conforming_strings"}) {
    EXPECT_TRUE(std::ranges::any_of(reported, [&](const auto& pair) { return pair.first == name; }))
        << name;
  }
}

}  // namespace
}  // namespace neuralake::serve
