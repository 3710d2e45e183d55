#include "neuralake/storage/object_store.h"

#include <gtest/gtest.h>

#include "neuralake/storage/local_store.h"
#include "neuralake/storage/memory_store.h"

namespace neuralake::storage {
namespace {

TEST(CheckKey, AcceptsNamesWithDotsInside) {
  for (const auto* key : {"a", "a.b", "..a", "a..", ".hidden/x", "_delta_log/0.json", "p=..b/c"}) {
    EXPECT_TRUE(CheckKey(key)) << key;
  }
}

TEST(CheckKey, RefusesNamesThatListingsHide) {
  EXPECT_FALSE(CheckKey("a/.neuralake-draft-1"));
  EXPECT_FALSE(CheckKey(".neuralake-draft-1/b"));
}

TEST(CheckKey, NamesTheKey) {
  EXPECT_EQ(CheckKey("a/../b").error().message, "key a/../b has an empty, . or .. part");
}

TEST(OpenStore, GivesTheStoreOfTheScheme) {
  const auto local = OpenStore(Uri::Parse("/tmp/somewhere").value()).value();
  EXPECT_EQ(local->LocalPath("a/b"), "/tmp/somewhere/a/b");
  for (const char* key : {"", "/a", "../a", "a/../../b", "a/./b"}) {
    EXPECT_EQ(local->LocalPath(key), std::nullopt) << key;
  }
  const auto memory = OpenStore(Uri::Parse("memory://open-store-test/x").value()).value();
  EXPECT_EQ(memory->LocalPath("a/b"), std::nullopt);
  EXPECT_EQ(memory->root().ToString(), "memory://open-store-test/x");
}

TEST(OpenStore, RefusesAnUnknownScheme) {
  EXPECT_EQ(OpenStore(Uri{"ftp", "host", "x"}).error().kind, ErrorKind::kInvalid);
}

TEST(OpenStore, TwoMemoryStoresOfOneNameShareObjectsBelowTheirRoots) {
  const auto whole = OpenStore(Uri::Parse("memory://shared-test").value()).value();
  const auto part = OpenStore(Uri::Parse("memory://shared-test/a/b").value()).value();
  ASSERT_TRUE(part->Put("c", "1", PutMode::kIfAbsent, Deadline()));
  EXPECT_EQ(whole->Read("a/b/c", Deadline()).value(), "1");
  EXPECT_EQ(ListAll(*part, {}, Deadline()).value().at(0).key, "c");
}

}  // namespace
}  // namespace neuralake::storage
