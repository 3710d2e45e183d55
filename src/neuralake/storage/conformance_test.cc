#include "neuralake/storage/conformance.h"

#include <atomic>
#include <latch>
#include <limits>
#include <set>
#include <stop_token>
#include <thread>

#include <gmock/gmock.h>

#include "neuralake/base/rng.h"

namespace neuralake::storage {

using testing::ElementsAre;
using testing::IsEmpty;

namespace {

constexpr std::uint64_t kToTheEnd = std::numeric_limits<std::uint64_t>::max();

ErrorKind KindOf(const auto& result) {
  EXPECT_FALSE(result.has_value());
  return result ? ErrorKind::kInternal : result.error().kind;
}

std::string Pattern(std::size_t size, char seed) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<char>((i * 131 + static_cast<unsigned char>(seed)) >> 3);
  }
  return bytes;
}

}  // namespace

void ConformanceSuite::SetUp() {
  store_ = GetParam().open(std::to_string(SystemRng::Get().Next()));
  ASSERT_NE(store_, nullptr);
}

void ConformanceSuite::Write(const std::string& key, const std::string& bytes) {
  const Status put = store_->Put(key, bytes, PutMode::kOverwrite, deadline_);
  ASSERT_TRUE(put) << Describe(put.error());
}

std::vector<std::string> ConformanceSuite::Keys(const ListRequest& request) {
  auto objects = ListAll(*store_, request, deadline_);
  EXPECT_TRUE(objects) << Describe(objects.error());
  std::vector<std::string> keys;
  if (!objects) return keys;
  for (const auto& object : *objects) keys.push_back(object.key);
  return keys;
}

TEST_P(ConformanceSuite, ReadsWhatWasPut) {
  const std::string bytes("a\0b\r\n\xff", 6);
  Write("folder/object", bytes);
  EXPECT_EQ(store_->Read("folder/object", deadline_).value(), bytes);
}

TEST_P(ConformanceSuite, HoldsAnEmptyObject) {
  Write("empty", "");
  EXPECT_EQ(store_->Read("empty", deadline_).value(), "");
  EXPECT_EQ(store_->ReadRange("empty", 0, 10, deadline_).value(), "");
  EXPECT_EQ(store_->Head("empty", deadline_).value().size, 0U);
}

TEST_P(ConformanceSuite, HoldsALargeObject) {
  const std::string bytes = Pattern(5 << 20, 'l');
  Write("large", bytes);
  EXPECT_TRUE(store_->Read("large", deadline_).value() == bytes);
}

TEST_P(ConformanceSuite, ReadsRanges) {
  Write("object", "0123456789");
  EXPECT_EQ(store_->ReadRange("object", 0, 4, deadline_).value(), "0123");
  EXPECT_EQ(store_->ReadRange("object", 3, 4, deadline_).value(), "3456");
  EXPECT_EQ(store_->ReadRange("object", 8, 100, deadline_).value(), "89");
  EXPECT_EQ(store_->ReadRange("object", 2, kToTheEnd, deadline_).value(), "23456789");
  EXPECT_EQ(store_->ReadRange("object", 10, 1, deadline_).value(), "");
  EXPECT_EQ(store_->ReadRange("object", 1000, 1, deadline_).value(), "");
  EXPECT_EQ(store_->ReadRange("object", 3, 0, deadline_).value(), "");
}

TEST_P(ConformanceSuite, TellsWhatIsNotThere) {
  Write("folder/object");
  for (const std::string key : {"missing", "folder", "folder/object/below"}) {
    EXPECT_EQ(KindOf(store_->Read(key, deadline_)), ErrorKind::kNotFound) << key;
    EXPECT_EQ(KindOf(store_->ReadRange(key, 0, 1, deadline_)), ErrorKind::kNotFound) << key;
    EXPECT_EQ(KindOf(store_->ReadRange(key, 0, 0, deadline_)), ErrorKind::kNotFound) << key;
    EXPECT_EQ(KindOf(store_->Head(key, deadline_)), ErrorKind::kNotFound) << key;
  }
}

TEST_P(ConformanceSuite, HeadTellsSizeAndTime) {
  const WallTime before = SystemClock::Get().Now();
  Write("a/object", "12345");
  const ObjectInfo info = store_->Head("a/object", deadline_).value();
  EXPECT_EQ(info.key, "a/object");
  EXPECT_EQ(info.size, 5U);
  EXPECT_FALSE(info.is_prefix);
  EXPECT_GE(info.modified, before - std::chrono::seconds(5));
  EXPECT_LE(info.modified, SystemClock::Get().Now() + std::chrono::seconds(5));
}

TEST_P(ConformanceSuite, OverwriteReplacesAndChangesTheEtag) {
  Write("object", "the first, longer one");
  const auto first = store_->Head("object", deadline_).value();
  Write("object", "the second");
  EXPECT_EQ(store_->Read("object", deadline_).value(), "the second");
  EXPECT_NE(store_->Head("object", deadline_).value().etag, first.etag);
}

TEST_P(ConformanceSuite, ConditionalPutCreates) {
  ASSERT_TRUE(store_->Put("a/b/c", "mine", PutMode::kIfAbsent, deadline_));
  EXPECT_EQ(store_->Read("a/b/c", deadline_).value(), "mine");
}

TEST_P(ConformanceSuite, ConditionalPutLeavesWhatIsThere) {
  Write("object", "mine");
  for (const auto mode : {PutMode::kIfAbsent, PutMode::kIfAbsentInFolder}) {
    EXPECT_EQ(KindOf(store_->Put("object", "theirs", mode, deadline_)), ErrorKind::kAlreadyExists);
  }
  EXPECT_EQ(store_->Read("object", deadline_).value(), "mine");
  ASSERT_TRUE(store_->Delete("object", deadline_));
  EXPECT_TRUE(store_->Put("object", "theirs", PutMode::kIfAbsent, deadline_));
}

TEST_P(ConformanceSuite, ConditionalPutsOfOneKeyHaveExactlyOneWinner) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 25;
  for (int round = 0; round < kRounds; ++round) {
    const std::string key = "log/" + std::to_string(round);
    std::latch start(kThreads);
    std::atomic<int> winners = 0;
    std::atomic<int> losers = 0;
    std::atomic<int> winner = -1;
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] {
          const std::string bytes = Pattern(1024, static_cast<char>(i * 16));
          start.arrive_and_wait();
          const Status put = store_->Put(key, bytes, PutMode::kIfAbsent, deadline_);
          if (put) {
            ++winners;
            winner = i;
          } else if (put.error().kind == ErrorKind::kAlreadyExists) {
            ++losers;
          } else {
            ADD_FAILURE() << Describe(put.error());
          }
        });
      }
    }
    ASSERT_EQ(winners, 1) << "round " << round;
    ASSERT_EQ(losers, kThreads - 1) << "round " << round;
    ASSERT_EQ(store_->Read(key, deadline_).value(), Pattern(1024, static_cast<char>(winner * 16)));
  }
}

TEST_P(ConformanceSuite, ReadersSeeWholeObjectsWhileTheyAreReplaced) {
  constexpr std::size_t kSize = 256 << 10;
  Write("object", std::string(kSize, 'a'));
  std::jthread writer([&] {
    for (int i = 1; i < 20; ++i) Write("object", std::string(kSize, static_cast<char>('a' + i)));
  });
  for (int i = 0; i < 20; ++i) {
    const std::string bytes = store_->Read("object", deadline_).value();
    ASSERT_EQ(bytes, std::string(kSize, bytes.at(0)));
  }
}

TEST_P(ConformanceSuite, ListsInByteOrderOfTheWholeKey) {
  for (const std::string key :
       {"b/z", "b/a/x", "b0", "b-1", "b.c", "B", "a", "\xc3\xbc", "b/a-x"}) {
    Write(key);
  }
  EXPECT_THAT(Keys({}),
              ElementsAre("B", "a", "b-1", "b.c", "b/a-x", "b/a/x", "b/z", "b0", "\xc3\xbc"));
}

TEST_P(ConformanceSuite, ListTellsSizesAndTimes) {
  Write("a", "12");
  Write("b/c", "345");
  const ListPage page = store_->List({}, deadline_).value();
  ASSERT_EQ(page.objects.size(), 2U);
  EXPECT_EQ(page.next, "");
  for (const auto& object : page.objects) {
    const ObjectInfo head = store_->Head(object.key, deadline_).value();
    EXPECT_EQ(object.size, head.size);
    EXPECT_EQ(object.etag, head.etag);
    EXPECT_LE(std::chrono::abs(object.modified - head.modified), std::chrono::seconds(1));
  }
}

TEST_P(ConformanceSuite, ListsNothingInAnEmptyPlace) {
  EXPECT_THAT(Keys({}), IsEmpty());
  EXPECT_THAT(Keys({.prefix = "none/"}), IsEmpty());
  Write("file");
  EXPECT_THAT(Keys({.prefix = "file/"}), IsEmpty());
}

TEST_P(ConformanceSuite, ListsByPrefixAlsoInsideAName) {
  for (const std::string key : {"log/0001", "log/0012", "log/0020", "logs/1", "lo"}) Write(key);
  EXPECT_THAT(Keys({.prefix = "log/"}), ElementsAre("log/0001", "log/0012", "log/0020"));
  EXPECT_THAT(Keys({.prefix = "log/001"}), ElementsAre("log/0012"));
  EXPECT_THAT(Keys({.prefix = "log"}), ElementsAre("log/0001", "log/0012", "log/0020", "logs/1"));
}

TEST_P(ConformanceSuite, ListsBehindAKey) {
  for (const std::string key : {"a/1", "a/2", "a/3", "b", "c/1"}) Write(key);
  EXPECT_THAT(Keys({.start_after = "a/2"}), ElementsAre("a/3", "b", "c/1"));
  EXPECT_THAT(Keys({.start_after = "a/"}), ElementsAre("a/1", "a/2", "a/3", "b", "c/1"));
  EXPECT_THAT(Keys({.start_after = "a/25"}), ElementsAre("a/3", "b", "c/1"));
  EXPECT_THAT(Keys({.start_after = "a0"}), ElementsAre("b", "c/1"));
  EXPECT_THAT(Keys({.start_after = "zz"}), IsEmpty());
  EXPECT_THAT(Keys({.prefix = "a/", .start_after = "a/1"}), ElementsAre("a/2", "a/3"));
  EXPECT_THAT(Keys({.prefix = "b", .start_after = "a/2"}), ElementsAre("b"));
  EXPECT_THAT(Keys({.prefix = "a/", .start_after = "b"}), IsEmpty());
}

TEST_P(ConformanceSuite, ListsFoldersAsPrefixes) {
  for (const std::string key : {"a", "d/1", "d/2", "d/e/3", "d-x", "f/g/h"}) Write(key);
  EXPECT_THAT(Keys({.recursive = false}), ElementsAre("a", "d-x", "d/", "f/"));
  EXPECT_THAT(Keys({.prefix = "d/", .recursive = false}), ElementsAre("d/1", "d/2", "d/e/"));
  EXPECT_THAT(Keys({.prefix = "d", .recursive = false}), ElementsAre("d-x", "d/"));
  EXPECT_THAT(Keys({.start_after = "d-x", .recursive = false}), ElementsAre("d/", "f/"));
  EXPECT_THAT(Keys({.start_after = "d/1", .recursive = false}), ElementsAre("f/"));
  const ListPage page = store_->List({.recursive = false}, deadline_).value();
  for (const auto& object : page.objects) {
    EXPECT_EQ(object.is_prefix, object.key.ends_with('/')) << object.key;
  }
}

TEST_P(ConformanceSuite, PagesGiveWhatOneListingGives) {
  for (const std::string key : {"a/1", "a/2", "b", "c/d/1", "c/d/2", "c/e", "f"}) Write(key);
  for (const bool recursive : {true, false}) {
    for (std::uint32_t keys_max = 1; keys_max <= 8; ++keys_max) {
      ListRequest request{.recursive = recursive, .keys_max = keys_max};
      std::vector<std::string> keys;
      do {
        ListPage page = store_->List(request, deadline_).value();
        EXPECT_LE(page.objects.size(), keys_max);
        for (const auto& object : page.objects) keys.push_back(object.key);
        request.continuation = page.next;
        ASSERT_LE(keys.size(), 7U);
      } while (!request.continuation.empty());
      EXPECT_EQ(keys, Keys({.recursive = recursive})) << keys_max;
    }
  }
}

TEST_P(ConformanceSuite, PagesGoOnBehindAKeyAndBelowAPrefix) {
  for (int i = 10; i < 30; ++i) Write("log/" + std::to_string(i));
  ListRequest request{.prefix = "log/2", .start_after = "log/22", .keys_max = 3};
  const ListPage first = store_->List(request, deadline_).value();
  ASSERT_EQ(first.objects.size(), 3U);
  EXPECT_EQ(first.objects[0].key, "log/23");
  request.continuation = first.next;
  const ListPage second = store_->List(request, deadline_).value();
  ASSERT_EQ(second.objects.size(), 3U);
  EXPECT_EQ(second.objects[0].key, "log/26");
}

TEST_P(ConformanceSuite, KeepsKeysAsTheyAre) {
  const std::vector<std::string> keys = {"p=a%20b/c d+e&f=g.json", "p=\xc3\xa9/<x>'\"#?;:@!$*()",
                                         "p=~/100%", "p={}[]|^`\\", "p=\t/x"};
  for (const auto& key : keys) {
    Write(key, "of " + key);
    EXPECT_EQ(store_->Read(key, deadline_).value(), "of " + key) << key;
    EXPECT_EQ(store_->Head(key, deadline_).value().size, key.size() + 3) << key;
    EXPECT_THAT(Keys({.prefix = key}), ElementsAre(key));
  }
  const std::vector<std::string> listed = Keys({});
  EXPECT_EQ(std::set<std::string>(listed.begin(), listed.end()),
            std::set<std::string>(keys.begin(), keys.end()));
  for (const auto& key : keys) EXPECT_TRUE(store_->Delete(key, deadline_)) << key;
  EXPECT_THAT(Keys({}), IsEmpty());
}

TEST_P(ConformanceSuite, DeleteRemovesAndForgivesWhatIsNotThere) {
  Write("folder/a");
  Write("folder/b");
  EXPECT_TRUE(store_->Delete("folder/a", deadline_));
  EXPECT_TRUE(store_->Delete("folder/a", deadline_));
  EXPECT_TRUE(store_->Delete("never/was", deadline_));
  EXPECT_TRUE(store_->Delete("folder/b/below", deadline_));
  EXPECT_THAT(Keys({}), ElementsAre("folder/b"));
}

TEST_P(ConformanceSuite, UploadBecomesVisibleWholeAtTheEnd) {
  auto upload = store_->StartUpload("data/file", deadline_).value();
  ASSERT_TRUE(upload->Write("one, ", deadline_));
  ASSERT_TRUE(upload->Write("", deadline_));
  ASSERT_TRUE(upload->Write("two", deadline_));
  EXPECT_EQ(KindOf(store_->Head("data/file", deadline_)), ErrorKind::kNotFound);
  EXPECT_THAT(Keys({}), IsEmpty());
  const ObjectInfo info = upload->Finish(deadline_).value();
  EXPECT_EQ(info.key, "data/file");
  EXPECT_EQ(info.size, 8U);
  EXPECT_EQ(info.etag, store_->Head("data/file", deadline_).value().etag);
  EXPECT_EQ(store_->Read("data/file", deadline_).value(), "one, two");
}

TEST_P(ConformanceSuite, UploadOfNothingMakesAnEmptyObject) {
  auto upload = store_->StartUpload("empty", deadline_).value();
  ASSERT_TRUE(upload->Finish(deadline_));
  EXPECT_EQ(store_->Read("empty", deadline_).value(), "");
}

TEST_P(ConformanceSuite, UploadOfManyPartsKeepsTheirOrder) {
  auto upload = store_->StartUpload("large", deadline_).value();
  std::string whole;
  for (int i = 0; i < 9; ++i) {
    const std::string piece = Pattern(2'345'678, static_cast<char>(i * 8));
    ASSERT_TRUE(upload->Write(piece, deadline_));
    whole += piece;
  }
  const ObjectInfo info = upload->Finish(deadline_).value();
  EXPECT_EQ(info.size, whole.size());
  EXPECT_TRUE(store_->Read("large", deadline_).value() == whole);
  EXPECT_EQ(store_->ReadRange("large", 8 << 20, 100, deadline_).value(),
            whole.substr(8 << 20, 100));
}

TEST_P(ConformanceSuite, UploadReplacesWhatIsThere) {
  Write("object", "before");
  auto upload = store_->StartUpload("object", deadline_).value();
  ASSERT_TRUE(upload->Write("after", deadline_));
  EXPECT_EQ(store_->Read("object", deadline_).value(), "before");
  ASSERT_TRUE(upload->Finish(deadline_));
  EXPECT_EQ(store_->Read("object", deadline_).value(), "after");
}

TEST_P(ConformanceSuite, UploadWithoutAnEndLeavesNothing) {
  {
    auto upload = store_->StartUpload("folder/object", deadline_).value();
    ASSERT_TRUE(upload->Write(Pattern(9 << 20, 'd'), deadline_));
  }
  EXPECT_EQ(KindOf(store_->Head("folder/object", deadline_)), ErrorKind::kNotFound);
  EXPECT_THAT(Keys({}), IsEmpty());
}

TEST_P(ConformanceSuite, RefusesWhatIsNoKey) {
  const std::string zero("a\0b", 3);
  for (const std::string& key :
       {std::string(), std::string("/etc/passwd"), std::string("../up"), std::string("a/../../b"),
        std::string("a/./b"), std::string("a//b"), std::string("a/"), zero,
        std::string(1025, 'k')}) {
    EXPECT_EQ(KindOf(store_->Read(key, deadline_)), ErrorKind::kInvalid) << key;
    EXPECT_EQ(KindOf(store_->ReadRange(key, 0, 1, deadline_)), ErrorKind::kInvalid) << key;
    EXPECT_EQ(KindOf(store_->Head(key, deadline_)), ErrorKind::kInvalid) << key;
    EXPECT_EQ(KindOf(store_->Put(key, "", PutMode::kOverwrite, deadline_)), ErrorKind::kInvalid);
    EXPECT_EQ(KindOf(store_->StartUpload(key, deadline_)), ErrorKind::kInvalid) << key;
    EXPECT_EQ(KindOf(store_->Delete(key, deadline_)), ErrorKind::kInvalid) << key;
  }
  EXPECT_EQ(KindOf(store_->List({.prefix = "../"}, deadline_)), ErrorKind::kInvalid);
  EXPECT_EQ(KindOf(store_->List({.prefix = "/a"}, deadline_)), ErrorKind::kInvalid);
  EXPECT_EQ(KindOf(store_->List({.keys_max = 0}, deadline_)), ErrorKind::kInvalid);
}

TEST_P(ConformanceSuite, AnEndedDeadlineStopsEveryCallBeforeItsEffect) {
  Write("object", "before");
  std::stop_source stop;
  stop.request_stop();
  const Deadline over = Deadline::After(Duration{0});
  const Deadline stopped = Deadline::Never(stop.get_token());
  for (const auto& [deadline, kind] :
       {std::pair{over, ErrorKind::kDeadlineExceeded}, std::pair{stopped, ErrorKind::kCancelled}}) {
    EXPECT_EQ(KindOf(store_->Read("object", deadline)), kind);
    EXPECT_EQ(KindOf(store_->ReadRange("object", 0, 1, deadline)), kind);
    EXPECT_EQ(KindOf(store_->Head("object", deadline)), kind);
    EXPECT_EQ(KindOf(store_->Put("object", "after", PutMode::kOverwrite, deadline)), kind);
    EXPECT_EQ(KindOf(store_->Put("new", "x", PutMode::kIfAbsent, deadline)), kind);
    EXPECT_EQ(KindOf(store_->List({}, deadline)), kind);
    EXPECT_EQ(KindOf(store_->Delete("object", deadline)), kind);
  }
  EXPECT_THAT(Keys({}), ElementsAre("object"));
  EXPECT_EQ(store_->Read("object", deadline_).value(), "before");
}

TEST_P(ConformanceSuite, OneStoreServesManyThreads) {
  constexpr int kThreads = 8;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([this, t] {
        for (int i = 0; i < 10; ++i) {
          const std::string key = "t" + std::to_string(t) + "/" + std::to_string(i);
          Write(key, key);
          EXPECT_EQ(store_->Read(key, deadline_).value(), key);
        }
      });
    }
  }
  EXPECT_EQ(Keys({}).size(), 80U);
}

}  // namespace neuralake::storage
