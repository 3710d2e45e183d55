#include "neuralake/serve/format/value_text.h"

#include <limits>

#include <gtest/gtest.h>

namespace neuralake::serve {
namespace {

template <class Number>
std::string Text(void (*append)(Number, std::string&), Number value) {
  std::string out;
  append(value, out);
  return out;
}

std::string Base64(std::string_view bytes) {
  std::string out;
  AppendBase64(bytes, out);
  return out;
}

TEST(AppendDouble, WritesTheShortestText) {
  EXPECT_EQ(Text<double>(AppendDouble, 0.1), "0.1");
  EXPECT_EQ(Text<double>(AppendDouble, -2.5e30), "-2.5e+30");
  EXPECT_EQ(Text<float>(AppendFloat, 0.1F), "0.1");
  EXPECT_EQ(Text<double>(AppendDouble, std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(Text<double>(AppendDouble, -std::numeric_limits<double>::infinity()), "-Infinity");
}

TEST(AppendTimestamp, WritesFractionsOnlyWhenThereAreAny) {
  std::string out;
  AppendTimestamp(1'577'934'245'000'000, 'T', out);
  EXPECT_EQ(out, "2020-01-02T03:04:05");
  out.clear();
  AppendTimestamp(-1, ' ', out);
  EXPECT_EQ(out, "1969-12-31 23:59:59.999999");
}

TEST(AppendBase64, PadsToFours) {
  EXPECT_EQ(Base64(""), "");
  EXPECT_EQ(Base64("f"), "Zg==");
  EXPECT_EQ(Base64("fo"), "Zm8=");
  EXPECT_EQ(Base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64("\xff\xfe"), "//4=");
}

TEST(AppendHex, WritesTwoDigitsAByte) {
  std::string out;
  AppendHex(std::string_view("\x00\xab", 2), out);
  EXPECT_EQ(out, "00ab");
}

}  // namespace
}  // namespace neuralake::serve
