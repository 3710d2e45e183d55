#include "neuralake/delta/commit/conflict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace neuralake::delta {
namespace {

using testing::HasSubstr;

AddFile Added(const std::string& path, bool data_change = true) {
  AddFile add;
  add.path = path;
  add.data_change = data_change;
  return add;
}

RemoveFile Removed(const std::string& path, bool data_change = true) {
  RemoveFile remove;
  remove.path = path;
  remove.data_change = data_change;
  return remove;
}

CommitInfo Blind() {
  CommitInfo info;
  info.is_blind_append = true;
  return info;
}

const ReadSet kNothing;
const ReadSet kAll{.whole_table = true, .predicates = {}, .files = {}};
const ReadSet kHot{.whole_table = false, .predicates = {Predicate{}}, .files = {}};
const ReadSet kFileA{.whole_table = false, .predicates = {}, .files = {"a"}};

// "" or what is in the way. Files whose path begins with `hot` match every predicate.
std::string Judge(const std::vector<Action>& ours, const ReadSet& reads,
                  const std::vector<Action>& winner,
                  Isolation isolation = Isolation::kWriteSerializable) {
  const auto judged = CheckConflict(
      {ours, &reads, isolation}, 7, winner,
      [](const AddFile& file, const Predicate&) { return file.path.starts_with("hot"); });
  if (judged) return "";
  EXPECT_EQ(judged.error().kind, ErrorKind::kConflict);
  return judged.error().message;
}

TEST(Conflict, BlindAppendsStandNextToAllChangesOfRows) {
  EXPECT_EQ(Judge({Added("x")}, kNothing, {Blind(), Added("y")}), "");
  EXPECT_EQ(Judge({Added("x")}, kNothing, {Removed("a"), Added("y")}), "");
  EXPECT_EQ(Judge({Added("x")}, kNothing, {Added("y")}, Isolation::kSerializable), "");
}

TEST(Conflict, AChangedTableIsInEverybodysWay) {
  EXPECT_THAT(Judge({Added("x")}, kNothing, {Metadata{}}),
              HasSubstr("version 7 conflicts (metadata changed)"));
  EXPECT_THAT(Judge({Added("x")}, kNothing, {Protocol{}}), HasSubstr("(protocol changed)"));
}

TEST(Conflict, BothRemoveOneFile) {
  EXPECT_EQ(
      Judge({Removed("a")}, kFileA, {Removed("a")}),
      "version 7 conflicts (concurrent delete delete): file a, which this commit removes, was "
      "removed");
  EXPECT_THAT(Judge({Removed("a", false)}, kFileA, {Removed("a")}, Isolation::kSnapshot),
              HasSubstr("delete delete"));
  EXPECT_THAT(Judge({Removed("a")}, kFileA, {Removed("a", false)}), HasSubstr("delete delete"));
}

TEST(Conflict, AReadFileWasRemoved) {
  EXPECT_THAT(Judge({Removed("b"), Added("x")}, kFileA, {Removed("a")}), HasSubstr("delete read"));
  EXPECT_THAT(Judge({Added("x")}, kHot, {Removed("hot-1")}), HasSubstr("delete read"));
  EXPECT_EQ(Judge({Added("x")}, kHot, {Removed("cold-1")}), "");
  EXPECT_THAT(Judge({Added("x")}, kAll, {Removed("anything")}), HasSubstr("delete read"));
}

TEST(Conflict, CompactionOnlyHindersThoseWhoRemoveTheSameFiles) {
  EXPECT_EQ(Judge({Removed("b"), Added("x")}, kFileA, {Removed("a", false), Added("y", false)}),
            "");
  EXPECT_EQ(Judge({Added("x")}, kAll, {Removed("a", false), Added("y", false)}), "");
}

TEST(Conflict, AnAppendToWhatWasReadDependsOnTheIsolation) {
  const std::vector<Action> blind{Blind(), Added("hot-1")};
  const std::vector<Action> update{Removed("z"), Added("hot-1")};
  EXPECT_EQ(Judge({Removed("a")}, kHot, blind), "");
  EXPECT_THAT(Judge({Removed("a")}, kHot, blind, Isolation::kSerializable),
              HasSubstr("concurrent append"));
  EXPECT_THAT(Judge({Removed("a")}, kHot, update), HasSubstr("concurrent append"));
  EXPECT_EQ(Judge({Removed("a")}, kHot, {Blind(), Added("cold")}, Isolation::kSerializable), "");
  EXPECT_EQ(Judge({Removed("a", false)}, kAll, blind, Isolation::kSnapshot), "");
}

TEST(Conflict, AChangeOfTheSchemaMustSeeBlindAppendsToo) {
  EXPECT_THAT(Judge({Metadata{}, Removed("a")}, kAll, {Blind(), Added("y")}),
              HasSubstr("concurrent append"));
}

TEST(Conflict, OneApplicationWritesOnceAtATime) {
  EXPECT_EQ(
      Judge({SetTransaction{"ingest-0", 5, {}}}, kNothing, {SetTransaction{"ingest-0", 4, {}}}),
      "version 7 conflicts (concurrent transaction): application ingest-0 wrote 4 there");
  EXPECT_EQ(
      Judge({SetTransaction{"ingest-0", 5, {}}}, kNothing, {SetTransaction{"ingest-1", 4, {}}}),
      "");
}

TEST(Conflict, OneDomainChangesOnceAtATime) {
  EXPECT_THAT(Judge({DomainMetadata{"d", "1", false}}, kNothing, {DomainMetadata{"d", "2", false}}),
              HasSubstr("concurrent domain change"));
}

}  // namespace
}  // namespace neuralake::delta
