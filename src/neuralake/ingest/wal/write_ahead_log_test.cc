#include "neuralake/ingest/wal/write_ahead_log.h"

#include <algorithm>
#include <cstring>
#include <future>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/ingest/kill_points.h"
#include "neuralake/ingest/wal/format.h"
#include "neuralake/ingest/wal/scan.h"
#include "neuralake/ingest/wal/test_folder.h"

namespace neuralake::ingest {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using Disk = TestFolder::Disk;
using Records = std::map<Lsn, std::string>;

constexpr WalOptions kSmall{.segment_bytes = 16 << 10, .bytes_max = 64 << 10};

struct Opened {
  Records records;
  std::vector<WalEntry> entries;
  std::unique_ptr<WriteAheadLog> log;
};

SeededRng& TestRng() {
  static SeededRng rng(7);
  return rng;
}

/// Keeps what a process leaves that is killed between the last write and its sync.
class KillAfterWrite final : public KillSwitch {
 public:
  explicit KillAfterWrite(Disk& disk) : disk_(disk) {}
  void Reach(std::string_view point) override {
    if (point == kill_points::kAfterLogWrite) left = TestFolder::AfterKill(disk_);
  }

  std::shared_ptr<Disk> left;  ///< To be read once the write was answered.

 private:
  Disk& disk_;
};

Result<Opened> Open(const std::shared_ptr<Disk>& disk, WalOptions options = kSmall,
                    KillSwitch& kills = KillSwitch::Off()) {
  Opened opened;
  opened.log =
      TRY(WriteAheadLog::Open(std::make_unique<TestFolder>(disk), options, kills, TestRng(),
                              [&](const WalEntry& entry, std::string_view payload) {
                                opened.records[entry.lsn] = payload;
                                opened.entries.push_back(entry);
                                return Status{};
                              }));
  return opened;
}

/// Append and wait for the answer.
Result<WalEntry> Put(WriteAheadLog& log, std::string payload) {
  std::promise<Result<WalEntry>> promise;
  TRY(log.Append(std::move(payload),
                 [&](const Result<WalEntry>& entry) { promise.set_value(entry); }));
  return promise.get_future().get();
}

/// Remove what lies below `needed`; the last record of each segment that went.
std::vector<Lsn> RemoveBelow(WriteAheadLog& log, Lsn needed) {
  std::vector<Lsn> removed;
  const auto done = log.RemoveClosed([&] { return needed; },
                                     [&](const SegmentSpan& segment) {
                                       removed.push_back(segment.last_lsn);
                                       return Status{};
                                     });
  EXPECT_TRUE(done.has_value());
  return removed;
}

std::string OnlySegment(Disk& disk) {
  std::string last;
  for (const auto& [name, file] : disk.files) {
    if (name.starts_with("wal-")) last = name;
  }
  return last;
}

TEST(WriteAheadLog, ReadsBackWhatItAcknowledgedAfterAPowerCut) {
  auto disk = std::make_shared<Disk>();
  {
    auto opened = Open(disk).value();
    EXPECT_EQ(Put(*opened.log, "one")->lsn, 1);
    const auto two = Put(*opened.log, "two").value();
    EXPECT_EQ(opened.log->Read(two).value(), "two");
    disk = TestFolder::AfterPowerCut(*disk, TestRng());
  }
  const auto again = Open(disk).value();
  EXPECT_EQ(again.records, (Records{{1, "one"}, {2, "two"}}));
  EXPECT_EQ(Put(*again.log, "three")->lsn, 3);
}

/// `text` as the last record of `disk`, written by a process that is killed before it syncs.
std::shared_ptr<Disk> KilledWriting(const std::shared_ptr<Disk>& disk, const std::string& text) {
  KillAfterWrite kills(*disk);
  const auto opened = Open(disk, kSmall, kills).value();
  EXPECT_TRUE(Put(*opened.log, text).has_value());
  return kills.left;
}

TEST(WriteAheadLog, CallsARecordOfAKilledProcessDurableOnlyOnceItIsSynced) {
  const std::string text(2000, 'x');
  for (int round = 0; round < 20; ++round) {
    // The next process finds the first record in the kernel's memory alone, and says of the second
    // that it was synced before that.
    auto disk = KilledWriting(std::make_shared<Disk>(), text);
    disk = KilledWriting(disk, text);
    const auto again = Open(TestFolder::AfterPowerCut(*disk, TestRng()));
    ASSERT_TRUE(again.has_value()) << Describe(again.error());
    ASSERT_EQ(again->records.count(1), 1U);
  }
}

TEST(WriteAheadLog, KeepsWhatItWritesIntoASegmentThatAKilledProcessHadBegun) {
  const auto disk = std::make_shared<Disk>();
  std::shared_ptr<Disk> left;
  disk->in_rename = [&](std::shared_ptr<Disk> killed) { left = std::move(killed); };
  {
    const auto opened = Open(disk).value();
    ASSERT_TRUE(Put(*opened.log, std::string(9000, 'x')).has_value());
    ASSERT_TRUE(Put(*opened.log, std::string(9000, 'y')).has_value());
  }
  // No next segment is made ahead, whose sync would be that of the folder too.
  left->full = true;
  const auto opened = Open(left).value();
  ASSERT_EQ(Put(*opened.log, "kept")->lsn, 2);
  for (int round = 0; round < 20; ++round) {
    auto again = Open(TestFolder::AfterPowerCut(*left, TestRng())).value();
    ASSERT_EQ(again.records[2], "kept");
  }
}

TEST(WriteAheadLog, DoesNotOpenWhatItCannotSync) {
  const auto disk = KilledWriting(std::make_shared<Disk>(), "text");
  disk->sync_faults = {ErrorKind::kUnavailable};
  EXPECT_EQ(Open(disk).error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(Open(disk)->records, (Records{{1, "text"}}));
}

TEST(WriteAheadLog, KeepsItsIdentity) {
  const auto disk = std::make_shared<Disk>();
  const auto id = Open(disk)->log->id();
  EXPECT_EQ(Open(disk)->log->id(), id);
  EXPECT_NE(Open(std::make_shared<Disk>())->log->id(), id);
}

TEST(WriteAheadLog, CutsATornTailAtEveryByteOfTheLastRecord) {
  const auto disk = std::make_shared<Disk>();
  WalEntry last;
  {
    auto opened = Open(disk).value();
    ASSERT_TRUE(Put(*opened.log, "kept").has_value());
    last = Put(*opened.log, std::string(100, 'x')).value();
  }
  const auto name = OnlySegment(*disk);
  const auto whole = disk->files.at(name)->written;
  for (std::uint64_t cut = last.offset; cut < last.offset + kRecordHeaderBytes + 100; ++cut) {
    const auto copy = std::make_shared<Disk>();
    auto bytes = whole;
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(cut), bytes.end(), '\0');
    copy->files[name] = std::make_shared<Disk::File>(Disk::File{bytes, bytes});
    auto opened = Open(copy).value();
    ASSERT_EQ(opened.records, (Records{{1, "kept"}})) << cut;
    ASSERT_EQ(Put(*opened.log, "new")->lsn, 2);
    opened.log.reset();
    ASSERT_EQ(Open(copy)->records, (Records{{1, "kept"}, {2, "new"}})) << cut;
  }
}

TEST(WriteAheadLog, ReportsDamageAtEveryByteOfASyncedRecord) {
  const auto disk = std::make_shared<Disk>();
  WalEntry first;
  {
    auto opened = Open(disk).value();
    first = Put(*opened.log, "first").value();
    ASSERT_TRUE(Put(*opened.log, "second").has_value());
  }
  const auto name = OnlySegment(*disk);
  for (std::uint64_t at = first.offset; at < first.offset + kRecordHeaderBytes + 5; ++at) {
    const auto copy = std::make_shared<Disk>();
    auto bytes = disk->files.at(name)->written;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x40);
    copy->files[name] = std::make_shared<Disk::File>(Disk::File{bytes, bytes});
    const auto opened = Open(copy);
    ASSERT_FALSE(opened.has_value()) << at;
    EXPECT_EQ(opened.error().kind, ErrorKind::kCorruption);
    EXPECT_THAT(opened.error().message,
                HasSubstr(name + " is damaged at byte " + std::to_string(first.offset)));
  }
}

TEST(WriteAheadLog, ReportsDamageInAnEarlierSegmentAndAMissingOne) {
  const auto disk = std::make_shared<Disk>();
  {
    auto opened = Open(disk).value();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(Put(*opened.log, std::string(9000, 'x')).has_value());
  }
  auto& first = disk->files.at(SegmentName(0))->written;
  first[kSegmentHeaderBytes + 100] ^= 1;
  EXPECT_THAT(Open(disk).error().message, HasSubstr(SegmentName(0) + " is damaged at byte 4096"));
  first[kSegmentHeaderBytes + 100] ^= 1;
  EXPECT_TRUE(Open(disk).has_value());
  disk->files.erase(SegmentName(1));
  EXPECT_THAT(Open(disk).error().message, HasSubstr(SegmentName(1) + " is missing"));
}

TEST(WriteAheadLog, ReportsTheLastSegmentWhenItWasCutShort) {
  const auto disk = std::make_shared<Disk>();
  {
    auto opened = Open(disk).value();
    ASSERT_TRUE(Put(*opened.log, "acknowledged").has_value());
  }
  const auto name = OnlySegment(*disk);
  auto& file = *disk->files.at(name);
  // Behind its header only: nothing there is a record that is half.
  file.written.resize(kSegmentHeaderBytes);
  const auto cut = Open(disk);
  ASSERT_FALSE(cut.has_value());
  EXPECT_EQ(cut.error().kind, ErrorKind::kCorruption);
  EXPECT_THAT(cut.error().message,
              HasSubstr(name + " is damaged at byte 4096: it ends there, and was made"));
}

TEST(WriteAheadLog, SaysWhatItCutOffAndThatNoLogIsThere) {
  const auto disk = std::make_shared<Disk>();
  {
    auto opened = Open(disk).value();
    EXPECT_THAT(opened.log->mended(), IsEmpty());
    ASSERT_TRUE(Put(*opened.log, "acknowledged").has_value());
  }
  const auto name = OnlySegment(*disk);
  disk->files.at(name)->written[kSegmentHeaderBytes] ^= 1;
  EXPECT_THAT(Open(disk).value().log->mended(),
              ElementsAre(AllOf(HasSubstr(name), HasSubstr("byte 4096"), HasSubstr("cut off"))));
  disk->files.erase(name);
  disk->files.emplace("keys-0", std::make_shared<Disk::File>());
  EXPECT_THAT(Open(disk).value().log->mended(),
              ElementsAre(AllOf(HasSubstr("no log file"), HasSubstr("keys-0"))));
}

TEST(WriteAheadLog, ReportsASegmentThatEndsWithinItsHeader) {
  for (const std::size_t bytes : {0, 10, 4095}) {
    const auto disk = std::make_shared<Disk>();
    ASSERT_TRUE(Open(disk).has_value());
    const auto name = OnlySegment(*disk);
    disk->files.at(name)->written.resize(bytes);
    const auto opened = Open(disk);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().kind, ErrorKind::kCorruption);
    EXPECT_THAT(opened.error().message,
                HasSubstr(fmt::format("{}: it ends at byte {}", name, bytes)));
  }
}

TEST(WriteAheadLog, ReadsALogOfTheFormatBefore) {
  const auto disk = std::make_shared<Disk>();
  {
    auto opened = Open(disk).value();
    ASSERT_TRUE(Put(*opened.log, "acknowledged").has_value());
  }
  auto& file = disk->files.at(OnlySegment(*disk))->written;
  // The header without the size of the file.
  const auto header = DecodeSegmentHeader(file).value();
  std::string block = EncodeSegmentHeader(header);
  const auto size_at = 8 + 4 + 4 + header.log_id.size() + 24;
  block[8] = 1;
  block.erase(size_at, 8);
  block.insert(kSegmentHeaderBytes - 8, 8, '\0');
  const auto hashed = size_at + 8;
  const std::uint64_t hash = HashPayload(std::string_view(block).substr(0, hashed));
  std::memcpy(block.data() + hashed, &hash, sizeof(hash));
  file.replace(0, kSegmentHeaderBytes, block);
  auto opened = Open(disk);
  ASSERT_TRUE(opened.has_value()) << Describe(opened.error());
  EXPECT_THAT(opened->records, ElementsAre(Pair(1, "acknowledged")));
  ASSERT_TRUE(Put(*opened->log, "more").has_value());
}

TEST(WriteAheadLog, GoesOnInTheNextSegmentAndRemovesOnlyClosedOnes) {
  const auto disk = std::make_shared<Disk>();
  {
    auto opened = Open(disk).value();
    auto& log = *opened.log;
    for (int i = 0; i < 3; ++i) ASSERT_EQ(Put(log, std::string(9000, 'x'))->lsn, i + 1);
    EXPECT_EQ(log.state().segments, 3U);
    EXPECT_THAT(RemoveBelow(log, 1), IsEmpty());
    EXPECT_THAT(RemoveBelow(log, 2), ElementsAre(1));
    EXPECT_THAT(RemoveBelow(log, 100), ElementsAre(2)) << "the last segment stays";
  }
  const auto again = Open(disk).value();
  EXPECT_EQ(again.records.size(), 1U);
  EXPECT_EQ(Put(*again.log, "next")->lsn, 4);
}

TEST(WriteAheadLog, KeepsASegmentThatWasClosedAfterItWasAskedWhatIsNeeded) {
  auto opened = Open(std::make_shared<Disk>()).value();
  auto& log = *opened.log;
  std::optional<WalEntry> needed;
  const auto first_needed = [&] -> Lsn {
    if (needed.has_value()) return needed->lsn;
    // Nothing is needed; before that is heard, a record comes that is, and another segment begins.
    needed = Put(log, "needed").value();
    EXPECT_TRUE(Put(log, std::string(9000, 'x')).has_value());
    return INT64_MAX;
  };
  std::vector<Lsn> removed;
  const auto note = [&](const SegmentSpan& segment) -> Status {
    removed.push_back(segment.last_lsn);
    return {};
  };
  ASSERT_EQ(Put(log, std::string(9000, 'x'))->lsn, 1);
  ASSERT_TRUE(log.RemoveClosed(first_needed, note).has_value());
  EXPECT_FALSE(needed.has_value()) << "no segment is closed, so it does not matter";
  ASSERT_EQ(Put(log, std::string(9000, 'x'))->lsn, 2);
  ASSERT_TRUE(log.RemoveClosed(first_needed, note).has_value());
  EXPECT_THAT(removed, ElementsAre(1));
  EXPECT_EQ(log.Read(needed.value()).value(), "needed");
}

TEST(WriteAheadLog, TellsTheOwnersOfRecordsBeforeTheirSegmentIsClosed) {
  const auto disk = std::make_shared<Disk>();
  auto opened = Open(disk).value();
  auto& log = *opened.log;
  std::promise<void> last;
  std::vector<Lsn> kept;
  {
    // While the log's thread stands in its first write, the others queue up behind it.
    std::unique_lock lock(disk->mutex);
    for (int i = 0; i < 9; ++i) {
      const auto done = [&, i](const Result<WalEntry>& entry) {
        (void)RemoveBelow(log, INT64_MAX);
        if (entry.has_value() && log.Read(*entry).has_value()) kept.push_back(entry->lsn);
        if (i == 8) last.set_value();
      };
      ASSERT_TRUE(log.Append(std::string(5000, 'x'), done).has_value());
    }
  }
  last.get_future().wait();
  EXPECT_THAT(kept, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9));
}

TEST(WriteAheadLog, RefusesWhenFullAndGoesOnOnceThereIsRoom) {
  const auto disk = std::make_shared<Disk>();
  auto opened = Open(disk).value();
  auto& log = *opened.log;
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(Put(log, std::string(9000, 'x')).has_value());
  const auto refused = Put(log, std::string(9000, 'x'));
  EXPECT_EQ(refused.error().kind, ErrorKind::kResourceExhausted);
  EXPECT_THAT(refused.error().message, HasSubstr("the log is full"));
  EXPECT_THAT(RemoveBelow(log, 2), ElementsAre(1));
  EXPECT_EQ(Put(log, std::string(9000, 'x'))->lsn, 5);
}

TEST(WriteAheadLog, RefusesOnAFullDiskAndGoesOnByItself) {
  const auto disk = std::make_shared<Disk>();
  auto opened = Open(disk).value();
  auto& log = *opened.log;
  ASSERT_TRUE(Put(log, std::string(9000, 'x')).has_value());
  {
    std::lock_guard lock(disk->mutex);
    disk->full = true;
  }
  // One blank segment may have been ready.
  (void)Put(log, std::string(9000, 'x'));
  EXPECT_EQ(Put(log, std::string(9000, 'x')).error().kind, ErrorKind::kResourceExhausted);
  {
    std::lock_guard lock(disk->mutex);
    disk->full = false;
  }
  EXPECT_TRUE(Put(log, std::string(9000, 'x')).has_value());
}

TEST(WriteAheadLog, UndoesAGroupThatCouldNotBeSynced) {
  for (const bool sync : {false, true}) {
    const auto disk = std::make_shared<Disk>();
    {
      auto opened = Open(disk).value();
      ASSERT_TRUE(Put(*opened.log, "one").has_value());
      {
        std::lock_guard lock(disk->mutex);
        (sync ? disk->sync_faults : disk->write_faults) = {ErrorKind::kUnavailable};
      }
      EXPECT_EQ(Put(*opened.log, "lost").error().kind, ErrorKind::kUnavailable);
      EXPECT_EQ(Put(*opened.log, "two")->lsn, 2);
    }
    EXPECT_EQ(Open(disk)->records, (Records{{1, "one"}, {2, "two"}}));
  }
}

TEST(WriteAheadLog, SaysThatAnOutcomeIsUnknownWhileItCannotUndo) {
  const auto disk = std::make_shared<Disk>();
  {
    auto opened = Open(disk).value();
    {
      std::lock_guard lock(disk->mutex);
      disk->sync_faults = {ErrorKind::kUnavailable, ErrorKind::kUnavailable};
    }
    EXPECT_EQ(Put(*opened.log, "lost").error().kind, ErrorKind::kUnknownOutcome);
    EXPECT_EQ(Put(*opened.log, "one")->lsn, 1);
  }
  EXPECT_EQ(Open(disk)->records, (Records{{1, "one"}}));
}

TEST(WriteAheadLog, AppendsNothingBehindAnEndThatTheNextSegmentMayStateAlready) {
  const auto disk = std::make_shared<Disk>();
  auto opened = Open(disk).value();
  ASSERT_EQ(Put(*opened.log, std::string(9000, 'x'))->lsn, 1);
  {
    std::lock_guard lock(disk->mutex);
    disk->rename_faults = {ErrorKind::kUnavailable};
  }
  // It does not fit the first segment, and the second got its name, but not for certain.
  ASSERT_EQ(Put(*opened.log, std::string(9000, 'y')).error().kind, ErrorKind::kUnavailable);
  ASSERT_EQ(Put(*opened.log, "small")->lsn, 2);
  const auto killed = TestFolder::AfterPowerCut(*disk, TestRng());
  EXPECT_EQ(Open(killed)->records, (Records{{1, std::string(9000, 'x')}, {2, "small"}}));
}

TEST(WriteAheadLog, TellsOwnersOfAFailingDiskThatItIsUnavailable) {
  for (const auto kind : {ErrorKind::kPermissionDenied, ErrorKind::kNotFound}) {
    const auto disk = std::make_shared<Disk>();
    auto opened = Open(disk).value();
    ASSERT_TRUE(Put(*opened.log, std::string(9000, 'x')).has_value());
    {
      std::lock_guard lock(disk->mutex);
      disk->rename_faults = {kind};
    }
    EXPECT_EQ(Put(*opened.log, std::string(9000, 'y')).error().kind, ErrorKind::kUnavailable);
    {
      std::lock_guard lock(disk->mutex);
      disk->sync_faults = {kind};
    }
    EXPECT_EQ(Put(*opened.log, "z").error().kind, ErrorKind::kUnavailable);
  }
}

TEST(WriteAheadLog, LeavesNoFileOfASegmentThatCouldNotBegin) {
  for (const bool sync : {false, true}) {
    const auto disk = std::make_shared<Disk>();
    auto opened = Open(disk).value();
    ASSERT_TRUE(Put(*opened.log, std::string(9000, 'x')).has_value());
    for (int i = 0; i < 5; ++i) {
      {
        std::lock_guard lock(disk->mutex);
        (sync ? disk->sync_faults : disk->write_faults) = {ErrorKind::kUnavailable};
      }
      ASSERT_FALSE(Put(*opened.log, std::string(9000, 'x')).has_value());
    }
    std::lock_guard lock(disk->mutex);
    const auto blank = [](const auto& file) { return file.first.ends_with(".tmp"); };
    EXPECT_LE(std::ranges::count_if(disk->files, blank), 1) << "one may be ready";
  }
}

TEST(WriteAheadLog, NumbersAboveWhatATableHasSeen) {
  const auto disk = std::make_shared<Disk>();
  {
    auto opened = Open(disk).value();
    ASSERT_EQ(Put(*opened.log, "one")->lsn, 1);
    opened.log->SkipTo(41);
    ASSERT_EQ(Put(*opened.log, "two")->lsn, 42);
    opened.log->SkipTo(3);
    ASSERT_EQ(Put(*opened.log, "three")->lsn, 43);
  }
  EXPECT_EQ(Open(disk)->records, (Records{{1, "one"}, {42, "two"}, {43, "three"}}));
}

TEST(WriteAheadLog, SyncsOnceForAllThatWait) {
  const auto disk = std::make_shared<Disk>();
  auto opened = Open(disk).value();
  std::vector<Lsn> told;
  std::promise<void> last;
  {
    // While the log's thread stands in its first write, the others queue up behind it.
    std::unique_lock lock(disk->mutex);
    disk->syncs = 0;
    for (int i = 0; i < 100; ++i) {
      ASSERT_TRUE(opened.log
                      ->Append("x",
                               [&, i](const Result<WalEntry>& entry) {
                                 told.push_back(entry->lsn);
                                 if (i == 99) last.set_value();
                               })
                      .has_value());
    }
  }
  last.get_future().wait();
  EXPECT_TRUE(std::ranges::is_sorted(told));
  EXPECT_EQ(told.size(), 100U);
  EXPECT_LE(disk->syncs, 4);
}

TEST(WriteAheadLog, SurvivesKillsAndPowerCutsAtRandomMoments) {
  SeededRng rng(11);
  for (int round = 0; round < 60; ++round) {
    auto disk = std::make_shared<Disk>();
    Records acknowledged;
    for (int life = 0; life < 4; ++life) {
      KillAfterWrite kills(*disk);
      auto opened = Open(disk, {.segment_bytes = 16 << 10, .bytes_max = 1 << 20}, kills);
      ASSERT_TRUE(opened.has_value()) << Describe(opened.error());
      for (const auto& [lsn, text] : acknowledged) {
        ASSERT_EQ(opened->records[lsn], text) << "round " << round << " life " << life;
      }
      acknowledged = opened->records;
      for (std::uint64_t i = rng.Below(8); i > 0; --i) {
        const auto text = std::to_string(rng.Next()) + std::string(rng.Below(6000), 'y');
        const auto entry = Put(*opened->log, text);
        ASSERT_TRUE(entry.has_value());
        acknowledged[entry->lsn] = text;
      }
      if (rng.Below(2) == 0) {
        // The last one may be found by the next life, but not only by that.
        ASSERT_TRUE(Put(*opened->log, std::string(rng.Below(6000), 'k')).has_value());
        disk = kills.left;
        continue;
      }
      // Some more whose answers nobody waits for: any part of them may survive.
      for (std::uint64_t i = rng.Below(4); i > 0; --i) {
        ASSERT_TRUE(opened->log->Append(std::string(rng.Below(3000), 'z'), [](const auto&) {}));
      }
      disk = TestFolder::AfterPowerCut(*disk, rng);
    }
  }
}

TEST(WriteAheadLog, RefusesARecordLargerThanASegment) {
  auto opened = Open(std::make_shared<Disk>()).value();
  EXPECT_EQ(Put(*opened.log, std::string(20 << 10, 'x')).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(Open(std::make_shared<Disk>(), {.segment_bytes = 100}).error().kind,
            ErrorKind::kInvalid);
}

}  // namespace
}  // namespace neuralake::ingest
