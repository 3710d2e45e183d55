#include "neuralake/storage/memory_store.h"

#include <algorithm>
#include <utility>

namespace neuralake::storage {
namespace {

ObjectInfo InfoOf(std::string key, const MemoryBucket::Object& object) {
  ObjectInfo info;
  info.key = std::move(key);
  info.size = object.bytes->size();
  info.modified = object.modified;
  info.etag = std::to_string(object.generation);
  return info;
}

class MemoryUpload final : public Upload {
 public:
  MemoryUpload(std::string key, std::string full_key, std::shared_ptr<MemoryBucket> bucket,
               const Clock& clock)
      : key_(std::move(key)),
        full_key_(std::move(full_key)),
        bucket_(std::move(bucket)),
        clock_(clock) {}

  Status Write(std::string_view bytes, const Deadline& deadline) override {
    TRY(deadline.Check(key_));
    bytes_ += bytes;
    return {};
  }

  Result<ObjectInfo> Finish(const Deadline& deadline) override {
    TRY(deadline.Check(key_));
    return InfoOf(key_, TRY(bucket_->Put(full_key_, bytes_, PutMode::kOverwrite, clock_.Now())));
  }

 private:
  const std::string key_;
  const std::string full_key_;
  const std::shared_ptr<MemoryBucket> bucket_;
  const Clock& clock_;
  std::string bytes_;
};

}  // namespace

Result<MemoryBucket::Object> MemoryBucket::Find(const std::string& key) const {
  std::lock_guard lock(mutex_);
  const auto found = objects_.find(key);
  if (found == objects_.end()) return Fail(ErrorKind::kNotFound, "no object " + key);
  return found->second;
}

Result<MemoryBucket::Object> MemoryBucket::Put(std::string key, std::string_view bytes,
                                               PutMode mode, WallTime now) {
  Object object{std::make_shared<const std::string>(bytes), now, 0};
  std::lock_guard lock(mutex_);
  const auto [place, is_new] = objects_.try_emplace(std::move(key));
  if (!is_new && IsConditional(mode)) {
    return Fail(ErrorKind::kAlreadyExists, place->first + " exists already");
  }
  object.generation = ++generation_;
  place->second = object;
  return object;
}

void MemoryBucket::Delete(const std::string& key) {
  std::lock_guard lock(mutex_);
  objects_.erase(key);
}

ListPage MemoryBucket::List(const std::string& base, const ListRequest& request) const {
  const std::string from = base + request.prefix;
  const std::string after = std::max(request.start_after, request.continuation);
  ListPage page;
  std::lock_guard lock(mutex_);
  auto entry = std::max(from, base + after) == from ? objects_.lower_bound(from)
                                                    : objects_.upper_bound(base + after);
  while (entry != objects_.end() && entry->first.starts_with(from)) {
    std::string key = entry->first.substr(base.size());
    const auto slash = request.recursive ? std::string::npos : key.find('/', request.prefix.size());
    ObjectInfo info;
    if (slash == std::string::npos) {
      info = InfoOf(std::move(key), entry->second);
      ++entry;
    } else {
      info.key = key.substr(0, slash + 1);
      info.is_prefix = true;
      std::string past = base + info.key;
      past.back() = '/' + 1;  // the first key behind all that begin with the prefix
      entry = objects_.lower_bound(past);
    }
    if (info.key <= after) continue;
    if (page.objects.size() == request.keys_max) {
      page.next = page.objects.back().key;
      break;
    }
    page.objects.push_back(std::move(info));
  }
  return page;
}

std::shared_ptr<MemoryBucket> MemoryRegistry::Bucket(const std::string& name) {
  std::lock_guard lock(mutex_);
  auto& bucket = buckets_[name];
  if (!bucket) bucket = std::make_shared<MemoryBucket>();
  return bucket;
}

Result<std::shared_ptr<MemoryStore>> MemoryStore::Open(Uri root, MemoryRegistry& registry,
                                                       const Clock& clock) {
  if (root.scheme != "memory" || root.authority.empty()) {
    return Fail(ErrorKind::kInvalid, root.ToString() + " names no store in memory");
  }
  auto bucket = registry.Bucket(root.authority);
  return std::shared_ptr<MemoryStore>(new MemoryStore(std::move(root), std::move(bucket), clock));
}

Result<std::string> MemoryStore::FullKey(std::string_view key, const Deadline& deadline) const {
  TRY(CheckKey(key));
  TRY(deadline.Check(key));
  return base_ + std::string(key);
}

Result<std::string> MemoryStore::Read(std::string_view key, const Deadline& deadline) {
  return *TRY(bucket_->Find(TRY(FullKey(key, deadline)))).bytes;
}

Result<std::string> MemoryStore::ReadRange(std::string_view key, std::uint64_t offset,
                                           std::uint64_t length, const Deadline& deadline) {
  const auto object = TRY(bucket_->Find(TRY(FullKey(key, deadline))));
  if (offset >= object.bytes->size()) return std::string();
  return object.bytes->substr(offset, length);
}

Result<ObjectInfo> MemoryStore::Head(std::string_view key, const Deadline& deadline) {
  return InfoOf(std::string(key), TRY(bucket_->Find(TRY(FullKey(key, deadline)))));
}

Status MemoryStore::Put(std::string_view key, std::string_view bytes, PutMode mode,
                        const Deadline& deadline) {
  TRY(bucket_->Put(TRY(FullKey(key, deadline)), bytes, mode, clock_.Now()));
  return {};
}

Result<std::unique_ptr<Upload>> MemoryStore::StartUpload(std::string_view key,
                                                         const Deadline& deadline) {
  auto full_key = TRY(FullKey(key, deadline));
  return std::make_unique<MemoryUpload>(std::string(key), std::move(full_key), bucket_, clock_);
}

Result<ListPage> MemoryStore::List(const ListRequest& request, const Deadline& deadline) {
  TRY(CheckListRequest(request));
  TRY(deadline.Check("listing " + root_.ToString()));
  return bucket_->List(base_, request);
}

Status MemoryStore::Delete(std::string_view key, const Deadline& deadline) {
  bucket_->Delete(TRY(FullKey(key, deadline)));
  return {};
}

}  // namespace neuralake::storage
