#include "neuralake/storage/aws/credentials.h"

#include <atomic>
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "neuralake/storage/limits.h"

namespace neuralake::storage {
namespace {

class ScriptedSource final : public CredentialsSource {
 public:
  using Script = std::function<Result<Credentials>(int call)>;
  ScriptedSource(std::string name, Script script)
      : name_(std::move(name)), script_(std::move(script)) {}
  std::string name() const override { return name_; }
  Result<Credentials> Fetch(const Deadline&) override { return script_(++calls_); }

 private:
  const std::string name_;
  const Script script_;
  int calls_ = 0;
};

class CredentialsChainTest : public testing::Test {
 protected:
  void Add(const std::string& name, ScriptedSource::Script script) {
    sources_.push_back(std::make_unique<ScriptedSource>(name, std::move(script)));
  }
  CredentialsChain& Chain() {
    if (!chain_) chain_ = std::make_unique<CredentialsChain>(std::move(sources_), clock_);
    return *chain_;
  }
  std::string Key() {
    auto credentials = Chain().Get(deadline_);
    return credentials ? credentials->access_key_id : Describe(credentials.error());
  }
  Credentials Lasting(const std::string& key, Duration time) {
    return {key, Secret("s"), Secret(),
            clock_.Now() + std::chrono::floor<std::chrono::milliseconds>(time)};
  }

  FakeClock clock_;
  Deadline deadline_;
  std::vector<std::unique_ptr<CredentialsSource>> sources_;
  std::unique_ptr<CredentialsChain> chain_;
};

TEST_F(CredentialsChainTest, TakesTheFirstThatIsSetUp) {
  Add("a", [](int) { return Fail(ErrorKind::kNotFound, "not set"); });
  Add("b", [](int) { return Credentials{"key-b", Secret("s"), Secret()}; });
  Add("c", [](int) -> Result<Credentials> {
    ADD_FAILURE() << "asked in vain";
    return Fail(ErrorKind::kNotFound, "");
  });
  EXPECT_EQ(Key(), "key-b");
}

TEST_F(CredentialsChainTest, DoesNotPassASourceThatIsSetUpAndBroken) {
  Add("a", [](int) { return Fail(ErrorKind::kInvalid, "half a key"); });
  Add("b", [](int) { return Credentials{"key-b", Secret("s"), Secret()}; });
  EXPECT_EQ(Key(), "invalid: credentials from a: half a key");
}

TEST_F(CredentialsChainTest, NamesAllThatWereAsked) {
  Add("a", [](int) { return Fail(ErrorKind::kNotFound, "no A"); });
  Add("b", [](int) { return Fail(ErrorKind::kNotFound, "no B"); });
  const auto error = Chain().Get(deadline_).error();
  EXPECT_EQ(error.kind, ErrorKind::kUnauthenticated);
  EXPECT_NE(error.message.find("(a: no A; b: no B)"), std::string::npos) << error.message;
}

TEST_F(CredentialsChainTest, FetchesAnewShortlyBeforeTheEnd) {
  Add("a", [&](int call) { return Lasting(std::to_string(call), std::chrono::hours(1)); });
  EXPECT_EQ(Key(), "1");
  clock_.Advance(std::chrono::minutes(54));
  EXPECT_EQ(Key(), "1");
  clock_.Advance(std::chrono::minutes(2));
  EXPECT_EQ(Key(), "2");
}

TEST_F(CredentialsChainTest, ForgivesAFailureWhileTheOldOnesAreValid) {
  Add("a", [&](int call) -> Result<Credentials> {
    if (call == 1) return Lasting("1", std::chrono::hours(1));
    if (call == 2 || call == 4) return Fail(ErrorKind::kUnavailable, "away");
    return Lasting(std::to_string(call), std::chrono::hours(1));
  });
  EXPECT_EQ(Key(), "1");
  clock_.Advance(std::chrono::minutes(56));
  EXPECT_EQ(Key(), "1");
  EXPECT_EQ(Key(), "1");  // not asked again at once
  clock_.Advance(kCredentialsRetryAfter);
  EXPECT_EQ(Key(), "3");
  clock_.Advance(std::chrono::hours(2));
  EXPECT_EQ(Key(), "unavailable: credentials from a: away");
  EXPECT_EQ(Key(), "5");
}

TEST_F(CredentialsChainTest, DropMakesItAskAgainUnlessTheyAreOthersByNow) {
  Add("a", [&](int call) { return Lasting(std::to_string(call), std::chrono::hours(1)); });
  EXPECT_EQ(Key(), "1");
  Chain().Drop("1");
  EXPECT_EQ(Key(), "2");
  Chain().Drop("1");
  EXPECT_EQ(Key(), "2");
}

TEST_F(CredentialsChainTest, OneThreadFetchesWhileOthersUseTheOldOnes) {
  std::promise<void> fetching;
  std::promise<void> go_on;
  Add("a", [&](int call) {
    if (call == 2) {
      fetching.set_value();
      go_on.get_future().wait();
    }
    return Lasting(std::to_string(call), std::chrono::hours(1));
  });
  EXPECT_EQ(Key(), "1");
  clock_.Advance(std::chrono::minutes(56));
  std::jthread refresher([&] { EXPECT_EQ(Key(), "2"); });
  fetching.get_future().wait();
  EXPECT_EQ(Key(), "1");
  go_on.set_value();
  refresher.join();
  EXPECT_EQ(Key(), "2");
}

TEST_F(CredentialsChainTest, ManyThreadsShareTheFirstFetch) {
  std::atomic<int> calls = 0;
  Add("a", [&](int) {
    ++calls;
    return Lasting("1", std::chrono::hours(1));
  });
  Chain();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] { EXPECT_EQ(Key(), "1"); });
    }
  }
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace neuralake::storage
