#include "neuralake/ingest/key_store.h"

#include <algorithm>

#include <fmt/format.h>
#include <xxhash.h>

#include "neuralake/ingest/limits.h"
#include "neuralake/ingest/wire.h"

namespace neuralake::ingest {

namespace {

constexpr std::uint64_t kFileMagic = 0x3153'5945'4B4C'4E0AULL;  // "\nNLKEYS1"
constexpr std::string_view kFilePrefix = "keys-";

std::string FileName(Lsn first, Lsn last) {
  return fmt::format("{}{:016x}-{:016x}", kFilePrefix, first, last);
}

std::unexpected<Error> Damaged(const std::string& name) {
  return Fail(ErrorKind::kCorruption, "key file " + name + " is damaged");
}

}  // namespace

Result<std::unique_ptr<KeyStore>> KeyStore::Open(std::shared_ptr<LogFolder> folder,
                                                 const KeyStoreOptions& options, Clock& clock) {
  std::unique_ptr<KeyStore> store(new KeyStore(std::move(folder), options, clock));
  for (const auto& name : TRY(store->folder_->List())) {
    if (name.starts_with(kFilePrefix) && !name.ends_with(".tmp")) TRY(store->Load(name));
  }
  std::ranges::sort(store->by_age_, {}, [](const auto& each) { return each.first; });
  return store;
}

KeyStore::Hash KeyStore::HashKey(std::string_view table, std::string_view key) {
  std::string text(table);
  text.push_back('\0');
  text.append(key);
  const auto hash = XXH3_128bits(text.data(), text.size());
  return {hash.low64, hash.high64};
}

std::int64_t KeyStore::Horizon() const {
  return (clock_.Now() - options_.window).time_since_epoch().count();
}

void KeyStore::Restore(const PushRecord& record, Lsn lsn) {
  if (record.key.empty() || record.received_ms < Horizon()) return;
  const auto hash = HashKey(record.table, record.key);
  std::lock_guard lock(mutex_);
  entries_.insert_or_assign(hash, Entry{.body = HashPayload(record.body),
                                        .received_ms = record.received_ms,
                                        .lsn = lsn,
                                        .counts = record.counts});
  by_age_.emplace_back(record.received_ms, hash);
}

Result<KeyStore::Claim> KeyStore::Take(std::string_view table, std::string_view key,
                                       std::string_view body) {
  const auto hash = HashKey(table, key);
  const auto body_hash = HashPayload(body);
  std::lock_guard lock(mutex_);
  Forget();
  if (const auto found = entries_.find(hash); found != entries_.end()) {
    const auto& entry = found->second;
    if (entry.body != body_hash) {
      return Fail(ErrorKind::kAlreadyExists,
                  fmt::format("Idempotency-Key '{}' came before with another body; nothing of this "
                              "one was taken in: send it under a key of its own",
                              key));
    }
    if (entry.token != nullptr) return Claim{.before = entry.coming, .token = {}};
    return Claim{.before = PushAnswer{.counts = entry.counts,
                                      .lsn = entry.lsn,
                                      .replayed = true,
                                      .received_ms = entry.received_ms},
                 .token = {}};
  }
  if (entries_.size() >= options_.keys_max) {
    return Fail(
        ErrorKind::kResourceExhausted,
        fmt::format("{} Idempotency-Keys came within {} h, and no more are remembered",
                    entries_.size(),
                    std::chrono::duration_cast<std::chrono::hours>(options_.window).count()));
  }
  const auto now = clock_.Now().time_since_epoch().count();
  auto& entry = entries_[hash];
  entry.body = body_hash;
  entry.received_ms = now;
  entry.token = std::make_shared<std::promise<Outcome>>();
  entry.coming = entry.token->get_future().share();
  return Claim{.before = {}, .token = entry.token, .received_ms = now};
}

void KeyStore::Settle(std::string_view table, std::string_view key, const Claim::Token& token,
                      const Outcome& outcome) {
  {
    std::lock_guard lock(mutex_);
    const auto hash = HashKey(table, key);
    const auto found = entries_.find(hash);
    if (found == entries_.end() || found->second.token != token) return;
    if (outcome.has_value()) {
      found->second.lsn = outcome->lsn;
      found->second.counts = outcome->counts;
      found->second.token = nullptr;
      found->second.coming = {};
      by_age_.emplace_back(found->second.received_ms, hash);
    } else {
      entries_.erase(found);
    }
  }
  auto repeated = outcome;
  if (repeated.has_value()) repeated->replayed = true;
  token->set_value(std::move(repeated));
}

/// Drop expired entries. Under `mutex_`.
void KeyStore::Forget() {
  const auto horizon = Horizon();
  while (!by_age_.empty() && by_age_.front().first < horizon) {
    const auto found = entries_.find(by_age_.front().second);
    // One that came again after it expired has a place of its own further back.
    const bool drop = found != entries_.end() && found->second.received_ms < horizon &&
                      found->second.token == nullptr;
    if (drop) entries_.erase(found);
    by_age_.pop_front();
  }
}

Status KeyStore::Persist(const SegmentSpan& segment) {
  std::vector<std::pair<Hash, Entry>> entries;
  {
    std::lock_guard lock(mutex_);
    Forget();
    for (const auto& [hash, entry] : entries_) {
      if (entry.lsn >= segment.first_lsn && entry.lsn <= segment.last_lsn) {
        entries.emplace_back(hash, entry);
      }
    }
  }
  if (entries.empty()) return {};
  TRY(Write(FileName(segment.first_lsn, segment.last_lsn), entries));
  return files_.size() > kKeyFilesMax ? Merge() : Status{};
}

/// Put the keys of all files into one. The files go after it is there, so that no key is ever
/// without a file.
Status KeyStore::Merge() {
  std::vector<std::pair<Hash, Entry>> entries;
  const auto old = files_;
  Lsn last = 0;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [hash, entry] : entries_) {
      if (entry.lsn == 0) continue;
      last = std::max(last, entry.lsn);
      entries.emplace_back(hash, entry);
    }
  }
  // A name that no segment's file has: those begin at 1.
  TRY(Write(FileName(0, last), entries));
  for (const auto& file : old) {
    if (file.name == FileName(0, last)) continue;
    TRY(folder_->Remove(file.name));
    std::erase_if(files_, [&](const File& each) { return each.name == file.name; });
  }
  return {};
}

Status KeyStore::Expire() {
  {
    std::lock_guard lock(mutex_);
    Forget();
  }
  const auto horizon = Horizon();
  for (std::size_t i = 0; i < files_.size();) {
    if (files_[i].newest_ms >= horizon) {
      ++i;
      continue;
    }
    TRY(folder_->Remove(files_[i].name));
    files_.erase(files_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return {};
}

std::size_t KeyStore::size() const {
  std::lock_guard lock(mutex_);
  return entries_.size();
}

std::size_t KeyStore::places() const {
  std::lock_guard lock(mutex_);
  return by_age_.size();
}

Status KeyStore::Write(const std::string& name,
                       const std::vector<std::pair<Hash, Entry>>& entries) {
  std::string bytes;
  WireWriter out(bytes);
  out.Number(kFileMagic);
  out.Number(static_cast<std::uint64_t>(entries.size()));
  File file{.name = name};
  for (const auto& [hash, entry] : entries) {
    out.Number(hash.low);
    out.Number(hash.high);
    out.Number(entry.body);
    out.Number(entry.received_ms);
    out.Number(entry.lsn);
    out.Number(entry.counts.accepted);
    out.Number(entry.counts.rejected);
    file.newest_ms = std::max(file.newest_ms, entry.received_ms);
  }
  out.Number(HashPayload(bytes));
  TRY(folder_->Put(name, bytes));
  std::erase_if(files_, [&](const File& each) { return each.name == name; });
  files_.push_back(file);
  return {};
}

Status KeyStore::Load(const std::string& name) {
  const auto size = TRY(folder_->Size(name));
  const auto bytes = TRY(TRY(folder_->OpenFile(name))->Read(0, size));
  if (bytes.size() < 3 * sizeof(std::uint64_t)) return Damaged(name);
  const auto body = std::string_view(bytes).substr(0, bytes.size() - sizeof(std::uint64_t));
  WireReader tail(std::string_view(bytes).substr(body.size()));
  if (TRY(tail.Number<std::uint64_t>()) != HashPayload(body)) return Damaged(name);
  WireReader in(body);
  if (TRY(in.Number<std::uint64_t>()) != kFileMagic) return Damaged(name);
  const auto count = TRY(in.Number<std::uint64_t>());
  const auto horizon = Horizon();
  File file{.name = name};
  for (std::uint64_t i = 0; i < count; ++i) {
    Hash hash;
    Entry entry;
    hash.low = TRY(in.Number<std::uint64_t>());
    hash.high = TRY(in.Number<std::uint64_t>());
    entry.body = TRY(in.Number<std::uint64_t>());
    entry.received_ms = TRY(in.Number<std::int64_t>());
    entry.lsn = TRY(in.Number<Lsn>());
    entry.counts.accepted = TRY(in.Number<std::int64_t>());
    entry.counts.rejected = TRY(in.Number<std::int64_t>());
    file.newest_ms = std::max(file.newest_ms, entry.received_ms);
    if (entry.received_ms < horizon) continue;
    by_age_.emplace_back(entry.received_ms, hash);
    entries_.insert_or_assign(hash, entry);
  }
  files_.push_back(file);
  return {};
}

}  // namespace neuralake::ingest
