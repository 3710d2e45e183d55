#include "neuralake/base/uri.h"

#include <filesystem>

#include <gtest/gtest.h>

namespace neuralake {
namespace {

TEST(Uri, ParsesBucketAndPrefix) {
  const auto uri = Uri::Parse("s3://lake/raw/flights/");
  ASSERT_TRUE(uri.has_value());
  EXPECT_EQ(*uri, (Uri{"s3", "lake", "raw/flights"}));
  EXPECT_EQ(uri->ToString(), "s3://lake/raw/flights");
  EXPECT_EQ(uri->Join("_delta_log").ToString(), "s3://lake/raw/flights/_delta_log");
}

TEST(Uri, MakesLocalPathsAbsolute) {
  const auto uri = Uri::Parse("some/./folder/");
  ASSERT_TRUE(uri.has_value());
  EXPECT_EQ(uri->path, (std::filesystem::current_path() / "some/folder").string());
  EXPECT_EQ(Uri::Parse("file:///a%20b")->path, "/a b");
  EXPECT_EQ(Uri::Parse("/a%20b")->path, "/a%20b");
}

TEST(Uri, RefusesWhatItCannotReach) {
  for (const auto* text :
       {"", "ftp://host/x", "s3://", "s3:///key", "s3://key:secret@bucket/x", "file://host/x"}) {
    const auto uri = Uri::Parse(text);
    ASSERT_FALSE(uri.has_value()) << text;
    EXPECT_EQ(uri.error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(uri.error().message.find("secret"), std::string::npos);
  }
}

TEST(Uri, PercentCodingRoundTrips) {
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte += static_cast<char>(i);
  EXPECT_EQ(PercentDecode(PercentEncode(every_byte)), every_byte);
  EXPECT_EQ(PercentEncode("a b/c", "/"), "a%20b/c");
  EXPECT_EQ(PercentDecode("100%"), "100%");
  EXPECT_EQ(PercentDecode("%4"), "%4");
  EXPECT_EQ(PercentDecode("%41"), "A");
  EXPECT_EQ(PercentDecode("%zz"), "%zz");
}

}  // namespace
}  // namespace neuralake
