#include "neuralake/ingest/key_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/ingest/wal/test_folder.h"

namespace neuralake::ingest {
namespace {

using testing::HasSubstr;

class KeyStoreTest : public testing::Test {
 protected:
  KeyStoreTest() { Reopen(); }

  void Reopen(KeyStoreOptions options = {}) {
    auto opened = KeyStore::Open(std::make_shared<TestFolder>(disk_), options, clock_);
    ASSERT_TRUE(opened.has_value()) << Describe(opened.error());
    store_ = *std::move(opened);
  }

  /// A request that was acknowledged as record `lsn`.
  void Acknowledge(const std::string& key, Lsn lsn, std::int64_t rows = 1) {
    const auto claim = store_->Take("lake.t", key, "body " + key);
    ASSERT_TRUE(claim.has_value());
    ASSERT_FALSE(claim->before.has_value());
    store_->Settle("lake.t", key, claim->token, PushAnswer{.counts = {rows, 0}, .lsn = lsn});
  }

  /// The answer that a repeat gets; nothing when the store takes it for a new request.
  std::optional<PushAnswer> Repeat(const std::string& key) {
    const auto claim = store_->Take("lake.t", key, "body " + key);
    if (!claim.has_value() || !claim->before.has_value()) return std::nullopt;
    return std::get<PushAnswer>(*claim->before);
  }

  std::vector<std::string> Files() {
    std::vector<std::string> names;
    for (const auto& [name, file] : disk_->files) names.push_back(name);
    return names;
  }

  std::shared_ptr<TestFolder::Disk> disk_ = std::make_shared<TestFolder::Disk>();
  FakeClock clock_;
  std::unique_ptr<KeyStore> store_;
};

TEST_F(KeyStoreTest, ARepeatGetsTheFirstAnswer) {
  Acknowledge("a", 5, 3);
  const auto again = Repeat("a");
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->counts.accepted, 3);
  EXPECT_EQ(again->lsn, 5);
  EXPECT_TRUE(again->replayed);
}

TEST_F(KeyStoreTest, ARepeatTellsWhenTheFirstCame) {
  const auto first = store_->Take("lake.t", "a", "body a");
  EXPECT_EQ(first->received_ms, clock_.Now().time_since_epoch().count());
  clock_.Advance(std::chrono::seconds(7));
  store_->Settle("lake.t", "a", first->token, PushAnswer{.counts = {1, 0}, .lsn = 5});
  EXPECT_EQ(Repeat("a")->received_ms, first->received_ms);
  ASSERT_TRUE(store_->Persist({.number = 1, .first_lsn = 1, .last_lsn = 9}).has_value());
  Reopen();
  EXPECT_EQ(Repeat("a")->received_ms, first->received_ms);
}

TEST_F(KeyStoreTest, AKeyBelongsToItsTable) {
  Acknowledge("a", 5);
  const auto other = store_->Take("lake.other", "a", "body a");
  EXPECT_FALSE(other->before.has_value());
}

TEST_F(KeyStoreTest, TheSameKeyWithAnotherBodyIsRefused) {
  Acknowledge("a", 5);
  const auto other = store_->Take("lake.t", "a", "another body");
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().kind, ErrorKind::kAlreadyExists);
  EXPECT_THAT(other.error().message, HasSubstr("'a' came before with another body"));
}

TEST_F(KeyStoreTest, ARepeatOfARequestOnItsWayWaitsForItsOutcome) {
  const auto first = store_->Take("lake.t", "a", "body a");
  const auto second = store_->Take("lake.t", "a", "body a");
  ASSERT_TRUE(second->before.has_value());
  auto coming = std::get<std::shared_future<KeyStore::Outcome>>(*second->before);
  EXPECT_EQ(coming.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  store_->Settle("lake.t", "a", first->token, PushAnswer{.counts = {2, 1}, .lsn = 9});
  EXPECT_EQ(coming.get()->lsn, 9);
  EXPECT_TRUE(coming.get()->replayed);
}

TEST_F(KeyStoreTest, AFailedRequestGivesItsKeyFree) {
  const auto first = store_->Take("lake.t", "a", "body a");
  const auto second = store_->Take("lake.t", "a", "body a");
  store_->Settle("lake.t", "a", first->token,
                 std::unexpected(Error{ErrorKind::kResourceExhausted, "full", {}}));
  const auto coming = std::get<std::shared_future<KeyStore::Outcome>>(*second->before).get();
  EXPECT_EQ(coming.error().kind, ErrorKind::kResourceExhausted);
  EXPECT_FALSE(Repeat("a").has_value());
}

TEST_F(KeyStoreTest, ASegmentsKeysOutliveIt) {
  Acknowledge("a", 1);
  Acknowledge("b", 2, 7);
  Acknowledge("c", 3);
  ASSERT_TRUE(store_->Persist({.number = 0, .first_lsn = 1, .last_lsn = 2}).has_value());
  Reopen();
  EXPECT_TRUE(Repeat("a").has_value());
  const auto again = Repeat("b");
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->counts.accepted, 7);
  // That one is in a later segment, whose records are replayed.
  EXPECT_FALSE(Repeat("c").has_value());
}

TEST_F(KeyStoreTest, AKeyFileSurvivesAPowerCutRightAfterItWasMade) {
  Acknowledge("a", 1);
  ASSERT_TRUE(store_->Persist({.number = 0, .first_lsn = 1, .last_lsn = 1}).has_value());
  SeededRng rng(3);
  for (int i = 0; i < 20; ++i) {
    disk_ = TestFolder::AfterPowerCut(*disk_, rng);
    Reopen();
    ASSERT_TRUE(Repeat("a").has_value());
  }
}

TEST_F(KeyStoreTest, ManyFilesBecomeOneWithAllKeys) {
  const auto segments = static_cast<Lsn>(kKeyFilesMax) + 5;
  for (Lsn lsn = 1; lsn <= segments; ++lsn) {
    Acknowledge("k" + std::to_string(lsn), lsn);
    ASSERT_TRUE(store_->Persist({.number = 0, .first_lsn = lsn, .last_lsn = lsn}).has_value());
    ASSERT_LE(Files().size(), kKeyFilesMax + 1);
  }
  Reopen();
  for (Lsn lsn = 1; lsn <= segments; ++lsn) {
    ASSERT_TRUE(Repeat("k" + std::to_string(lsn)).has_value()) << lsn;
  }
}

TEST_F(KeyStoreTest, ForgetsAKeyAfterItsWindow) {
  Reopen({.window = std::chrono::hours(1)});
  Acknowledge("a", 1);
  ASSERT_TRUE(store_->Persist({.number = 0, .first_lsn = 1, .last_lsn = 1}).has_value());
  clock_.Advance(std::chrono::minutes(59));
  EXPECT_TRUE(Repeat("a").has_value());
  clock_.Advance(std::chrono::minutes(2));
  ASSERT_TRUE(store_->Expire().has_value());
  EXPECT_EQ(store_->size(), 0U);
  EXPECT_THAT(Files(), testing::IsEmpty());
  EXPECT_FALSE(Repeat("a").has_value());
}

TEST_F(KeyStoreTest, RefusedRequestsTakeNoMemory) {
  const auto full = std::unexpected(Error{ErrorKind::kResourceExhausted, "full", {}});
  for (int i = 0; i < 10; ++i) {
    const auto claim = store_->Take("lake.t", "a", "body a");
    store_->Settle("lake.t", "a", claim->token, full);
  }
  EXPECT_EQ(store_->places(), 0U);
  Acknowledge("a", 1);
  EXPECT_EQ(store_->places(), 1U);
}

TEST_F(KeyStoreTest, ForgetsAlsoAKeyThatWasOnItsWayForLongerThanItsWindow) {
  Reopen({.window = std::chrono::hours(1)});
  const auto claim = store_->Take("lake.t", "a", "body a");
  clock_.Advance(std::chrono::hours(2));
  ASSERT_TRUE(store_->Expire().has_value());
  store_->Settle("lake.t", "a", claim->token, PushAnswer{.counts = {1, 0}, .lsn = 1});
  ASSERT_TRUE(store_->Expire().has_value());
  EXPECT_EQ(store_->size(), 0U);
}

TEST_F(KeyStoreTest, AFullMemoryOfKeysIsTold) {
  Reopen({.keys_max = 2});
  Acknowledge("a", 1);
  Acknowledge("b", 2);
  const auto third = store_->Take("lake.t", "c", "x");
  ASSERT_FALSE(third.has_value());
  EXPECT_EQ(third.error().kind, ErrorKind::kResourceExhausted);
  EXPECT_TRUE(Repeat("a").has_value());
}

TEST_F(KeyStoreTest, DamageAtAnyByteOfAFileIsAnErrorThatNamesIt) {
  Acknowledge("a", 1);
  ASSERT_TRUE(store_->Persist({.number = 0, .first_lsn = 1, .last_lsn = 1}).has_value());
  const auto name = Files().front();
  const auto whole = disk_->files.at(name)->written;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    auto& bytes = disk_->files.at(name)->written;
    bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    const auto opened = KeyStore::Open(std::make_shared<TestFolder>(disk_), {}, clock_);
    ASSERT_FALSE(opened.has_value()) << at;
    ASSERT_EQ(opened.error().kind, ErrorKind::kCorruption);
    ASSERT_THAT(opened.error().message, HasSubstr(name));
  }
}

}  // namespace
}  // namespace neuralake::ingest
