#include "neuralake/storage/faulty_store.h"

#include <gtest/gtest.h>

#include "neuralake/storage/memory_store.h"

namespace neuralake::storage {
namespace {

class FaultyStoreTest : public testing::Test {
 protected:
  FaultyStoreTest() : inner_(OpenInner()), store_(inner_, /*seed=*/7) {}

  static std::shared_ptr<ObjectStore> OpenInner() {
    MemoryRegistry registry;
    return MemoryStore::Open(Uri{"memory", "faulty", ""}, registry).value();
  }

  void Inject(FaultRule rule) { ASSERT_TRUE(store_.Inject(std::move(rule))); }

  ErrorKind PutKind(const std::string& key, PutMode mode, const std::string& bytes = "1234") {
    const Status put = store_.Put(key, bytes, mode, deadline_);
    return put ? ErrorKind::kInternal : put.error().kind;
  }
  bool IsThere(const std::string& key) { return inner_->Head(key, deadline_).has_value(); }

  std::shared_ptr<ObjectStore> inner_;
  FaultyStore store_;
  FakeClock clock_;
  Deadline deadline_ = Deadline::After(std::chrono::seconds(30), {}, clock_);
};

TEST_F(FaultyStoreTest, EveryFaultReachesEveryOperationItCanBefall) {
  for (std::size_t o = 0; o < kOperationCount; ++o) {
    for (std::size_t f = 0; f < kFaultCount; ++f) {
      const auto operation = static_cast<Operation>(o);
      const auto fault = static_cast<Fault>(f);
      FaultyStore store(OpenInner());
      const Status injected = store.Inject({.operation = operation, .fault = fault});
      EXPECT_EQ(injected.has_value(), CanBefall(fault, operation));
      (void)store.Put("a", "1", PutMode::kOverwrite, deadline_);
      (void)store.Put("b", "1", PutMode::kIfAbsent, deadline_);
      (void)store.Read("a", deadline_);
      (void)store.ReadRange("a", 0, 1, deadline_);
      (void)store.Head("a", deadline_);
      (void)store.List({}, deadline_);
      (void)store.Delete("a", deadline_);
      if (auto upload = store.StartUpload("c", deadline_)) {
        (void)(*upload)->Write("1", deadline_);
        (void)(*upload)->Finish(deadline_);
      }
      EXPECT_EQ(store.counts().faults, injected ? 1U : 0U)
          << NameOf(fault) << " of " << NameOf(operation);
      deadline_ = Deadline::After(std::chrono::seconds(30), {}, clock_);
    }
  }
}

TEST_F(FaultyStoreTest, FaultsBeforeTheEffectLeaveNothing) {
  const std::pair<Fault, ErrorKind> expected[] = {{Fault::kFailBefore, ErrorKind::kUnavailable},
                                                  {Fault::kThrottle, ErrorKind::kUnavailable},
                                                  {Fault::kFull, ErrorKind::kResourceExhausted},
                                                  {Fault::kDeny, ErrorKind::kPermissionDenied},
                                                  {Fault::kLoseRequest, ErrorKind::kUnknownOutcome},
                                                  {Fault::kHang, ErrorKind::kUnknownOutcome}};
  for (const auto& [fault, kind] : expected) {
    Inject({.operation = Operation::kPutIfAbsent, .fault = fault});
    EXPECT_EQ(PutKind("key", PutMode::kIfAbsent), kind) << NameOf(fault);
    EXPECT_FALSE(IsThere("key")) << NameOf(fault);
    deadline_ = Deadline::After(std::chrono::seconds(30), {}, clock_);
  }
}

TEST_F(FaultyStoreTest, ALostAnswerOfAConditionalPutIsUnknownAndHappened) {
  Inject({.operation = Operation::kPutIfAbsent, .fault = Fault::kLoseAnswer});
  EXPECT_EQ(PutKind("key", PutMode::kIfAbsent), ErrorKind::kUnknownOutcome);
  EXPECT_TRUE(IsThere("key"));
}

TEST_F(FaultyStoreTest, ALostAnswerOfAnOverwriteIsUnavailableAndHappened) {
  Inject({.fault = Fault::kLoseAnswer});
  EXPECT_EQ(PutKind("key", PutMode::kOverwrite), ErrorKind::kUnavailable);
  EXPECT_TRUE(IsThere("key"));
}

TEST_F(FaultyStoreTest, DenyOwnTurnsASuccessIntoAConflict) {
  Inject({.fault = Fault::kDenyOwn});
  EXPECT_EQ(PutKind("key", PutMode::kIfAbsent, "mine"), ErrorKind::kAlreadyExists);
  EXPECT_EQ(inner_->Read("key", deadline_).value(), "mine");
}

TEST_F(FaultyStoreTest, TearShowsHalfOfAnUpload) {
  Inject({.operation = Operation::kUploadFinish, .fault = Fault::kTear});
  auto upload = store_.StartUpload("key", deadline_).value();
  ASSERT_TRUE(upload->Write("12345678", deadline_));
  EXPECT_EQ(upload->Finish(deadline_).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(inner_->Read("key", deadline_).value(), "1234");
}

TEST_F(FaultyStoreTest, AStaleListLacksTheNewestKeys) {
  for (const auto* key : {"c", "a", "b"}) {
    EXPECT_TRUE(store_.Put(key, "", PutMode::kOverwrite, deadline_));
  }
  Inject({.fault = Fault::kStaleList, .stale_keys = 2});
  const ListPage stale = store_.List({}, deadline_).value();
  ASSERT_EQ(stale.objects.size(), 1U);
  EXPECT_EQ(stale.objects[0].key, "c");
  EXPECT_EQ(store_.List({}, deadline_).value().objects.size(), 3U);
}

TEST_F(FaultyStoreTest, ReadsCanBeShortOrWrongByOneBit) {
  ASSERT_TRUE(store_.Put("key", "12345678", PutMode::kOverwrite, deadline_));
  Inject({.fault = Fault::kTruncate});
  EXPECT_EQ(store_.Read("key", deadline_).value(), "1234");
  Inject({.fault = Fault::kFlipBit});
  const std::string wrong = store_.Read("key", deadline_).value();
  int bits = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    bits += __builtin_popcount(static_cast<unsigned>(wrong.at(i) ^ "12345678"[i]) & 255U);
  }
  EXPECT_EQ(bits, 1);
}

TEST_F(FaultyStoreTest, SlowWaitsOnTheDeadlinesClock) {
  const MonoTime start = clock_.Mono();
  Inject({.fault = Fault::kSlow, .times = 2, .delay = std::chrono::seconds(20)});
  EXPECT_TRUE(store_.Put("key", "", PutMode::kOverwrite, deadline_));
  EXPECT_EQ(clock_.Mono() - start, std::chrono::seconds(20));
  EXPECT_EQ(store_.Read("key", deadline_).error().kind, ErrorKind::kDeadlineExceeded);
}

TEST_F(FaultyStoreTest, RulesChooseByKeyAndCount) {
  Inject({.operation = Operation::kPut, .key_part = "log/", .skip = 1, .times = 2});
  const auto works = [&](const char* key) {
    return store_.Put(key, "", PutMode::kOverwrite, deadline_).has_value();
  };
  EXPECT_TRUE(works("data/1"));
  EXPECT_TRUE(works("log/1"));
  EXPECT_FALSE(works("log/2"));
  EXPECT_TRUE(works("data/2"));
  EXPECT_FALSE(works("log/3"));
  EXPECT_TRUE(works("log/4"));
}

TEST_F(FaultyStoreTest, ARuleWithoutOperationEndsTheStoreAfterSomeSteps) {
  Inject({.skip = 2, .times = FaultRule::kAlways});
  EXPECT_TRUE(store_.Put("a", "", PutMode::kOverwrite, deadline_));
  EXPECT_TRUE(store_.Read("a", deadline_));
  EXPECT_FALSE(store_.Read("a", deadline_));
  EXPECT_FALSE(store_.List({}, deadline_));
  store_.Heal();
  EXPECT_TRUE(store_.Read("a", deadline_));
}

TEST_F(FaultyStoreTest, TheSameSeedGivesTheSameFaults) {
  const auto faults = [&](std::uint64_t seed) {
    FaultyStore store(OpenInner(), seed);
    EXPECT_TRUE(store.Inject({.times = FaultRule::kAlways, .odds = 0.3}));
    std::string pattern;
    for (int i = 0; i < 200; ++i) {
      pattern += store.Put("a", "", PutMode::kOverwrite, deadline_) ? '.' : 'x';
    }
    return pattern;
  };
  EXPECT_EQ(faults(1), faults(1));
  EXPECT_NE(faults(1), faults(2));
  const std::string pattern = faults(3);
  const auto count = std::count(pattern.begin(), pattern.end(), 'x');
  EXPECT_GT(count, 30);
  EXPECT_LT(count, 90);
}

TEST_F(FaultyStoreTest, CountsWhatItWasAsked) {
  ASSERT_TRUE(store_.Put("a", "12345", PutMode::kIfAbsent, deadline_));
  ASSERT_TRUE(store_.Read("a", deadline_));
  ASSERT_TRUE(store_.ReadRange("a", 0, 2, deadline_));
  const CallCounts counts = store_.counts();
  EXPECT_EQ(counts.of(Operation::kPutIfAbsent), 1U);
  EXPECT_EQ(counts.of(Operation::kPut), 0U);
  EXPECT_EQ(counts.of(Operation::kRead), 1U);
  EXPECT_EQ(counts.of(Operation::kList), 0U);
  EXPECT_EQ(counts.bytes_written, 5U);
  EXPECT_EQ(counts.bytes_read, 7U);
  store_.ResetCounts();
  EXPECT_EQ(store_.counts().of(Operation::kRead), 0U);
}

TEST_F(FaultyStoreTest, TheObserverSeesEachCallBeforeItsEffect) {
  std::vector<std::string> seen;
  FaultyStore store(inner_, 0, [&](Operation operation, std::string_view key) {
    seen.push_back(std::string(NameOf(operation)) + " " + std::string(key) +
                   (IsThere("a") ? " after" : " before"));
  });
  ASSERT_TRUE(store.Put("a", "", PutMode::kIfAbsent, deadline_));
  ASSERT_TRUE(store.List({.prefix = "x"}, deadline_));
  EXPECT_EQ(seen, (std::vector<std::string>{"put_if_absent a before", "list x after"}));
}

}  // namespace
}  // namespace neuralake::storage
