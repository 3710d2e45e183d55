#include "neuralake/delta/file_location.h"

#include <gtest/gtest.h>

namespace neuralake::delta {
namespace {

const Uri kLocal{"file", "", "/lake/t"};
const Uri kBucket{"s3", "b", "lake/t"};

std::string Text(std::string_view path, const Uri& root) {
  const auto location = LocateFile(path, root);
  if (!location) return std::string(Row(location.error().kind).name);
  return location->uri.ToString() + " " + location->key.value_or("-");
}

TEST(FileLocation, RelativePathsAreDecodedOnce) {
  EXPECT_EQ(Text("a%20b/c%2520d.parquet", kLocal), "/lake/t/a b/c%20d.parquet a b/c%20d.parquet");
  EXPECT_EQ(Text("x=1:2/f", kLocal), "/lake/t/x=1:2/f x=1:2/f");
  EXPECT_EQ(Text("p/f", kBucket), "s3://b/lake/t/p/f p/f");
}

TEST(FileLocation, AbsolutePathsOfEveryForm) {
  EXPECT_EQ(Text("file:/lake/t/a%20b", kLocal), "/lake/t/a b a b");
  EXPECT_EQ(Text("file:///lake/t/f", kLocal), "/lake/t/f f");
  EXPECT_EQ(Text("/lake/t/f", kLocal), "/lake/t/f f");
  EXPECT_EQ(Text("/elsewhere/f", kLocal), "/elsewhere/f -");
  EXPECT_EQ(Text("/lake/table/f", kLocal), "/lake/table/f -");
  EXPECT_EQ(Text("s3a://b/lake/t/f%2Bg", kBucket), "s3a://b/lake/t/f+g f+g");
  EXPECT_EQ(Text("s3://other/f", kBucket), "s3://other/f -");
  EXPECT_EQ(Text("/x/f", kBucket), "s3://b/x/f -");
}

TEST(FileLocation, PathsOutOfTheTableAreRefused) {
  EXPECT_EQ(Text("../t2/f", kLocal), "corruption");
  EXPECT_EQ(Text("%2e%2e/f", kLocal), "corruption");
  EXPECT_EQ(Text("", kLocal), "corruption");
  EXPECT_EQ(Text("/lake/t/../u/f", kLocal), "/lake/t/../u/f -");
  EXPECT_EQ(Text("file://host/f", kLocal), "unsupported");
  EXPECT_EQ(Text("abfss://c@a/f", kLocal), "unsupported");
  EXPECT_EQ(Text("s3://b", kBucket), "corruption");
}

TEST(FileLocation, KeysAreOnlyOfFilesInside) {
  EXPECT_EQ(KeyOfFile("a%20b", kLocal), "a b");
  EXPECT_EQ(KeyOfFile("/elsewhere/f", kLocal).error().kind, ErrorKind::kUnsupported);
}

}  // namespace
}  // namespace neuralake::delta
