#include "neuralake/ingest/decode/text_values.h"

#include <cmath>

#include <gtest/gtest.h>

namespace neuralake::ingest {
namespace {

TEST(TextValues, IntegersAreWholeAndInRange) {
  EXPECT_EQ(ParseInteger("127", 1), 127);
  EXPECT_EQ(ParseInteger("128", 1), std::nullopt);
  EXPECT_EQ(ParseInteger("-128", 1), -128);
  EXPECT_EQ(ParseInteger("-129", 1), std::nullopt);
  EXPECT_EQ(ParseInteger("9223372036854775807", 8), INT64_MAX);
  EXPECT_EQ(ParseInteger("9223372036854775808", 8), std::nullopt);
  EXPECT_EQ(ParseInteger("-9223372036854775808", 8), INT64_MIN);
  EXPECT_EQ(ParseInteger("5.0", 4), 5);
  EXPECT_EQ(ParseInteger("1e3", 4), 1000);
  EXPECT_EQ(ParseInteger("5.5", 4), std::nullopt);
  EXPECT_EQ(ParseInteger("", 4), std::nullopt);
  EXPECT_EQ(ParseInteger("5 ", 4), std::nullopt);
}

TEST(TextValues, DoublesOverflowToNothingAndUnderflowToZero) {
  EXPECT_EQ(ParseDouble("0.1"), 0.1);
  EXPECT_EQ(ParseDouble("1e400"), std::nullopt);
  EXPECT_EQ(ParseDouble("1e-400"), 0.0);
  EXPECT_TRUE(std::isnan(ParseDouble("NaN").value()));
  EXPECT_EQ(ParseDouble("-Infinity"), -HUGE_VAL);
  EXPECT_EQ(ParseDouble("nan"), std::nullopt);
  EXPECT_EQ(ParseDouble("inf"), std::nullopt);
  EXPECT_EQ(ParseDouble("1x"), std::nullopt);
}

TEST(TextValues, EpochNumbersAreReadBySize) {
  constexpr std::int64_t kMicros = 1'700'000'000'123'456;
  EXPECT_EQ(ParseEpoch("1700000000"), 1'700'000'000'000'000);
  EXPECT_EQ(ParseEpoch("1700000000123"), 1'700'000'000'123'000);
  EXPECT_EQ(ParseEpoch("1700000000123456"), kMicros);
  EXPECT_EQ(ParseEpoch("1700000000123456999"), kMicros);
  EXPECT_EQ(ParseEpoch("1700000000.123456"), kMicros);
  EXPECT_EQ(ParseEpoch("-1"), -1'000'000);
  EXPECT_EQ(ParseEpoch("-0.0000005"), -1) << "cut downwards, so that order is kept";
  EXPECT_EQ(ParseEpoch("x"), std::nullopt);
  EXPECT_EQ(ParseEpoch("1e30"), std::nullopt);
}

TEST(TextValues, Base64ReadsBothAlphabetsAndWritesBack) {
  EXPECT_EQ(ParseBase64("Zm9vYg=="), "foob");
  EXPECT_EQ(ParseBase64("Zm9vYg"), "foob");
  EXPECT_EQ(ParseBase64("-_8="), ParseBase64("+/8="));
  EXPECT_EQ(ParseBase64("Z"), std::nullopt);
  EXPECT_EQ(ParseBase64("Zm9v!A=="), std::nullopt);
  for (const auto* text : {"", "f", "fo", "foo", "foob"}) {
    EXPECT_EQ(ParseBase64(FormatBase64(text)), text);
  }
  EXPECT_EQ(FormatBase64("fo"), "Zm8=");
}

TEST(TextValues, KnowsTheGrammarOfJsonNumbers) {
  for (const auto* text : {"0", "-0", "10", "1.5", "1e5", "1E+5", "-1.25e-3"}) {
    EXPECT_TRUE(IsJsonNumber(text)) << text;
  }
  for (const auto* text : {"", "-", "01", "+1", ".5", "1.", "1e", "1e+", "0x1", "1 ", "NaN"}) {
    EXPECT_FALSE(IsJsonNumber(text)) << text;
  }
}

TEST(TextValues, SeesAZone) {
  EXPECT_TRUE(HasZone("2020-01-02T03:04:05Z"));
  EXPECT_TRUE(HasZone("2020-01-02 03:04:05+01:00"));
  EXPECT_TRUE(HasZone("2020-01-02 03:04:05 UTC"));
  EXPECT_FALSE(HasZone("2020-01-02 03:04:05"));
  EXPECT_FALSE(HasZone("2020-01-02"));
}

}  // namespace
}  // namespace neuralake::ingest
