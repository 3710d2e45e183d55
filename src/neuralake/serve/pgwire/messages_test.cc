#include "neuralake/serve/pgwire/messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/serve/pgwire/reader.h"
#include "neuralake/serve/pgwire/writer.h"

namespace neuralake::serve {
namespace {

using testing::ElementsAre;
using namespace std::string_literals;

template <class T>
T Parsed(char type, std::string_view body) {
  const auto message = ParseMessage(type, body);
  EXPECT_TRUE(message) << Describe(message.error());
  return std::get<T>(message.value());
}

bool Refused(char type, std::string_view body) { return !ParseMessage(type, body); }

TEST(FirstMessage, KnowsTheFourKinds) {
  EXPECT_TRUE(std::holds_alternative<PgSslRequest>(ParseFirstMessage("\x04\xd2\x16\x2f").value()));
  EXPECT_TRUE(std::holds_alternative<PgGssRequest>(ParseFirstMessage("\x04\xd2\x16\x30").value()));
  const auto cancel =
      std::get<PgCancelRequest>(ParseFirstMessage("\x04\xd2\x16\x2e\x00\x00\x00\x07wxyz"s).value());
  EXPECT_EQ(cancel.process, 7);
  EXPECT_EQ(cancel.key, "wxyz");
  const auto startup =
      std::get<PgStartup>(ParseFirstMessage("\x00\x03\x00\x02user\0me\0_pq_.x\0y\0\0"s).value());
  EXPECT_EQ(startup.minor, 2);
  EXPECT_EQ(startup.parameters.at("user"), "me");
  EXPECT_THAT(startup.unknown_options, ElementsAre("_pq_.x"));
}

TEST(FirstMessage, RefusesOthers) {
  EXPECT_FALSE(ParseFirstMessage(""));
  EXPECT_FALSE(ParseFirstMessage("\x00\x02\x00\x00"s));
  EXPECT_FALSE(ParseFirstMessage("\x00\x03\x00\x00user\0me\0"s)) << "no end";
  EXPECT_FALSE(ParseFirstMessage("\x00\x03\x00\x00user"s));
  EXPECT_FALSE(ParseFirstMessage("\x00\x03\x00\x00\0more"s));
  EXPECT_FALSE(ParseFirstMessage("\x04\xd2\x16\x2fmore"s));
  EXPECT_FALSE(ParseFirstMessage("\x04\xd2\x16\x2e\x00\x00\x00\x07"s + std::string(300, 'k')));
}

TEST(ParseMessage, ReadsTheExtendedProtocol) {
  // The parsed messages point into these.
  const auto parse_body = "s1\0SELECT $1\0\x00\x01\x00\x00\x00\x17"s;
  const auto bind_body =
      "p\0s1\0\x00\x01\x00\x01\x00\x02\x00\x00\x00\x01x\xff\xff\xff\xff\x00\x00"s;
  const auto parse = Parsed<PgParse>('P', parse_body);
  EXPECT_EQ(parse.name, "s1");
  EXPECT_EQ(parse.sql, "SELECT $1");
  EXPECT_THAT(parse.types, ElementsAre(23u));
  const auto bind = Parsed<PgBind>('B', bind_body);
  EXPECT_THAT(bind.parameters, ElementsAre(std::optional<std::string_view>("x"), std::nullopt));
  EXPECT_THAT(bind.parameter_formats, ElementsAre(1));
  EXPECT_EQ(Parsed<PgDescribe>('D', "Pp\0"s).what, 'P');
  EXPECT_EQ(Parsed<PgExecute>('E', "p\0\x00\x00\x00\x05"s).rows_max, 5);
  EXPECT_EQ(Parsed<PgClose>('C', "Ss1\0"s).name, "s1");
  EXPECT_EQ(Parsed<PgQuery>('Q', "SELECT 1\0"s).sql, "SELECT 1");
}

TEST(ParseMessage, RefusesBodiesThatDoNotFit) {
  EXPECT_TRUE(Refused('Q', "SELECT 1"));
  EXPECT_TRUE(Refused('Q', "SELECT 1\0more"s));
  EXPECT_TRUE(Refused('S', "x"));
  EXPECT_TRUE(Refused('D', "Xp\0"s));
  EXPECT_TRUE(Refused('P', "s\0q\0\x00\x02\x00\x00\x00\x17"s));
  EXPECT_TRUE(Refused('P', "s\0q\0\xff\xff"s)) << "a count beyond the message";
  EXPECT_TRUE(Refused('B', "p\0s\0\x00\x00\x00\x01\x7f\xff\xff\xff\x00\x00"s));
  EXPECT_TRUE(Refused('B', "p\0s\0\x00\x00\x00\x01\xff\xff\xff\xfe\x00\x00"s));
  EXPECT_TRUE(Refused('B', "p\0s\0\x00\x01\x00\x02\x00\x00\x00\x00"s)) << "format 2";
  EXPECT_TRUE(Refused('B', "p\0s\0\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00"s));
  EXPECT_TRUE(Refused('!', ""));
  EXPECT_TRUE(Refused('F', ""));
}

TEST(PgWriter, FramesMessages) {
  std::string out;
  PgWriter writer(out);
  writer.ReadyForQuery('I');
  EXPECT_EQ(out, "Z\x00\x00\x00\x05I"s);
  out.clear();
  writer.CommandComplete("SELECT 1\0x"s);
  EXPECT_EQ(out, "C\x00\x00\x00\x0dSELECT 1\0"s) << "a zero byte cannot shift the next field";
}

TEST(PgWriter, ReportsErrorsWithAPositionFromOne) {
  std::string out;
  const Error error{ErrorKind::kInvalid, "syntax error", {}, 7};
  PgWriter(out).ErrorResponse(error, SqlState(error));
  EXPECT_EQ(out.substr(5), "SERROR\0VERROR\0C42601\0Msyntax error\0P8\0\0"s);
}

}  // namespace
}  // namespace neuralake::serve
