#include "neuralake/catalog/locations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace neuralake::catalog {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::Optional;

TEST(Locations, PathsAndKnownSchemesAreFine) {
  for (const auto* uri : {"data/flights", "/srv/lake", "../x", "file:///srv/a", "s3://lake/flights",
                          "s3a://lake/a", "a@b/c"}) {
    EXPECT_EQ(LocationProblem(uri), std::nullopt) << uri;
  }
}

TEST(Locations, AWrongSchemeNamesTheNearest) {
  EXPECT_THAT(LocationProblem("s4://lake/flights"), Optional(HasSubstr("did you mean s3://?")));
  EXPECT_THAT(LocationProblem("gopher://lake/flights"), Optional(HasSubstr("use a path")));
  EXPECT_TRUE(LocationProblem(""));
  EXPECT_TRUE(LocationProblem("s3:///flights"));
  EXPECT_TRUE(LocationProblem("file://relative"));
}

TEST(Locations, SecretsAreRefusedAndNotRepeated) {
  const auto user = LocationProblem("s3://KEY:hunter2@lake/flights");
  EXPECT_THAT(user, Optional(HasSubstr("credentials")));
  EXPECT_THAT(user, Optional(Not(HasSubstr("hunter2"))));
  const auto query = LocationProblem("https://lake/flights?sig=hunter2");
  EXPECT_THAT(query, Optional(HasSubstr("query")));
  EXPECT_THAT(query, Optional(Not(HasSubstr("hunter2"))));
}

TEST(Locations, PortableOnesStayRelativeAndResolveAgainstTheProject) {
  EXPECT_EQ(PortableLocation("./data//flights/"), "data/flights");
  EXPECT_EQ(PortableLocation("file:///srv/a/../b/"), "/srv/b");
  EXPECT_EQ(PortableLocation("s3://lake/flights/"), "s3://lake/flights");
  EXPECT_EQ(ResolvedLocation("data/flights", "/home/me/lake"), "/home/me/lake/data/flights");
  EXPECT_EQ(ResolvedLocation("../shared", "/home/me/lake"), "/home/me/shared");
  EXPECT_EQ(ResolvedLocation("/srv/b", "/home/me/lake"), "/srv/b");
  EXPECT_EQ(ResolvedLocation("s3://lake/a", "/home/me/lake"), "s3://lake/a");
  EXPECT_EQ(ResolvedLocation("data", ""), "data");
}

}  // namespace
}  // namespace neuralake::catalog
