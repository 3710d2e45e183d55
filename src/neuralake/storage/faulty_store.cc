#include "neuralake/storage/faulty_store.h"

#include <algorithm>
#include <utility>

#include "neuralake/storage/limits.h"

namespace neuralake::storage {

/// One call on its way: what befalls it before and after the effect.
class FaultyStore::Call {
 public:
  Call(FaultyStore& store, Operation operation, std::string_view key)
      : operation_(operation), key_(key), rule_(store.Draw(operation, key)) {}

  bool Has(Fault fault) const { return rule_ && rule_->fault == fault; }
  const FaultRule& rule() const { return *rule_; }

  Status Before(const Deadline& deadline) const {
    if (!rule_) return {};
    switch (rule_->fault) {
      case Fault::kFailBefore:
        return Broken(ErrorKind::kUnavailable, "failed before its effect");
      case Fault::kThrottle:
        return Broken(ErrorKind::kUnavailable, "was told to slow down");
      case Fault::kFull:
        return Broken(ErrorKind::kResourceExhausted, "found no space");
      case Fault::kDeny:
        return Broken(ErrorKind::kPermissionDenied, "is not allowed");
      case Fault::kLoseRequest:
        return Broken(LostKind(), "got no answer");
      case Fault::kHang:
        deadline.Sleep(Duration::max());
        if (operation_ == Operation::kPutIfAbsent) return Broken(LostKind(), "got no answer");
        return deadline.Check(What());
      case Fault::kSlow:
        deadline.Sleep(rule_->delay);
        return deadline.Check(What());
      default:
        return {};
    }
  }

  Status After() const {
    if (Has(Fault::kLoseAnswer)) return Broken(LostKind(), "got no answer");
    if (Has(Fault::kDenyOwn)) return Broken(ErrorKind::kAlreadyExists, "was refused");
    return {};
  }

  Status Torn() const { return Broken(ErrorKind::kUnavailable, "was torn"); }

 private:
  ErrorKind LostKind() const {
    return operation_ == Operation::kPutIfAbsent ? ErrorKind::kUnknownOutcome
                                                 : ErrorKind::kUnavailable;
  }

  std::string What() const {
    return "injected fault: " + std::string(NameOf(operation_)) + " of " + std::string(key_);
  }

  Status Broken(ErrorKind kind, std::string_view how) const {
    return Fail(kind, What() + " " + std::string(how));
  }

  const Operation operation_;
  const std::string_view key_;
  const std::optional<FaultRule> rule_;
};

class FaultyStore::FaultyUpload final : public Upload {
 public:
  FaultyUpload(FaultyStore& store, std::string key, std::unique_ptr<Upload> inner)
      : store_(store), key_(std::move(key)), inner_(std::move(inner)) {}

  Status Write(std::string_view bytes, const Deadline& deadline) override {
    const Call call(store_, Operation::kUploadWrite, key_);
    TRY(call.Before(deadline));
    TRY(inner_->Write(bytes, deadline));
    store_.CountWritten(bytes.size());
    bytes_ += bytes;
    return call.After();
  }

  Result<ObjectInfo> Finish(const Deadline& deadline) override {
    const Call call(store_, Operation::kUploadFinish, key_);
    TRY(call.Before(deadline));
    if (call.Has(Fault::kTear)) {
      const auto half = std::string_view(bytes_).substr(0, bytes_.size() / 2);
      TRY(store_.inner_->Put(key_, half, PutMode::kOverwrite, deadline));
      TRY(call.Torn());
    }
    ObjectInfo info = TRY(inner_->Finish(deadline));
    store_.Remember(key_);
    TRY(call.After());
    return info;
  }

 private:
  FaultyStore& store_;
  const std::string key_;
  const std::unique_ptr<Upload> inner_;
  std::string bytes_;  // what a torn end shows half of
};

FaultyStore::FaultyStore(std::shared_ptr<ObjectStore> inner, std::uint64_t seed, Observer observer)
    : inner_(std::move(inner)), observer_(std::move(observer)), rng_(seed) {}

Status FaultyStore::Inject(FaultRule rule) {
  if (rule.operation && !CanBefall(rule.fault, *rule.operation)) {
    return Fail(ErrorKind::kInvalid, std::string(NameOf(rule.fault)) + " cannot befall " +
                                         std::string(NameOf(*rule.operation)));
  }
  std::lock_guard lock(mutex_);
  rules_.push_back(std::move(rule));
  return {};
}

void FaultyStore::Heal() {
  std::lock_guard lock(mutex_);
  rules_.clear();
}

CallCounts FaultyStore::counts() const {
  std::lock_guard lock(mutex_);
  return counts_;
}

void FaultyStore::ResetCounts() {
  std::lock_guard lock(mutex_);
  counts_ = {};
}

std::optional<FaultRule> FaultyStore::Draw(Operation operation, std::string_view key) {
  if (observer_) observer_(operation, key);
  std::lock_guard lock(mutex_);
  ++counts_.calls[static_cast<std::size_t>(operation)];
  for (auto& rule : rules_) {
    const bool is_certain = rule.odds >= 1.0;
    if (!rule.Fires(operation, key, is_certain ? 0.0 : rng_.Unit())) continue;
    ++counts_.faults;
    return rule;
  }
  return std::nullopt;
}

void FaultyStore::CountWritten(std::size_t bytes) {
  std::lock_guard lock(mutex_);
  counts_.bytes_written += bytes;
}

void FaultyStore::Remember(std::string_view key) {
  std::lock_guard lock(mutex_);
  newest_.emplace_front(key);
  if (newest_.size() > kNewestKeysMax) newest_.pop_back();
}

bool FaultyStore::IsNewest(const std::string& key, std::size_t among) const {
  std::lock_guard lock(mutex_);
  const auto end = newest_.begin() + static_cast<std::ptrdiff_t>(std::min(among, newest_.size()));
  return std::find(newest_.begin(), end, key) != end;
}

Result<std::string> FaultyStore::Deliver(const Call& call, Result<std::string> bytes) {
  if (!bytes) return bytes;
  TRY(call.After());
  if (call.Has(Fault::kTruncate)) bytes->resize(bytes->size() / 2);
  if (call.Has(Fault::kFlipBit) && !bytes->empty()) {
    const std::uint64_t bit = rng_.Below(bytes->size() * 8);
    char& victim = (*bytes)[bit / 8];
    victim = static_cast<char>(victim ^ (1 << (bit % 8)));
  }
  std::lock_guard lock(mutex_);
  counts_.bytes_read += bytes->size();
  return bytes;
}

Result<std::string> FaultyStore::Read(std::string_view key, const Deadline& deadline) {
  const Call call(*this, Operation::kRead, key);
  TRY(call.Before(deadline));
  return Deliver(call, inner_->Read(key, deadline));
}

Result<std::string> FaultyStore::ReadRange(std::string_view key, std::uint64_t offset,
                                           std::uint64_t length, const Deadline& deadline) {
  const Call call(*this, Operation::kReadRange, key);
  TRY(call.Before(deadline));
  return Deliver(call, inner_->ReadRange(key, offset, length, deadline));
}

Result<ObjectInfo> FaultyStore::Head(std::string_view key, const Deadline& deadline) {
  const Call call(*this, Operation::kHead, key);
  TRY(call.Before(deadline));
  auto info = inner_->Head(key, deadline);
  if (info) TRY(call.After());
  return info;
}

Status FaultyStore::Put(std::string_view key, std::string_view bytes, PutMode mode,
                        const Deadline& deadline) {
  const bool is_conditional = IsConditional(mode);
  const Call call(*this, is_conditional ? Operation::kPutIfAbsent : Operation::kPut, key);
  TRY(call.Before(deadline));
  if (call.Has(Fault::kTear)) {
    TRY(inner_->Put(key, bytes.substr(0, bytes.size() / 2), mode, deadline));
    return call.Torn();
  }
  TRY(inner_->Put(key, bytes, mode, deadline));
  CountWritten(bytes.size());
  Remember(key);
  return call.After();
}

Result<std::unique_ptr<Upload>> FaultyStore::StartUpload(std::string_view key,
                                                         const Deadline& deadline) {
  const Call call(*this, Operation::kStartUpload, key);
  TRY(call.Before(deadline));
  auto upload = TRY(inner_->StartUpload(key, deadline));
  TRY(call.After());
  return std::make_unique<FaultyUpload>(*this, std::string(key), std::move(upload));
}

Result<ListPage> FaultyStore::List(const ListRequest& request, const Deadline& deadline) {
  const Call call(*this, Operation::kList, request.prefix);
  TRY(call.Before(deadline));
  ListPage page = TRY(inner_->List(request, deadline));
  TRY(call.After());
  if (call.Has(Fault::kStaleList)) {
    std::erase_if(page.objects, [&](const ObjectInfo& object) {
      return IsNewest(object.key, call.rule().stale_keys);
    });
  }
  return page;
}

Status FaultyStore::Delete(std::string_view key, const Deadline& deadline) {
  const Call call(*this, Operation::kDelete, key);
  TRY(call.Before(deadline));
  TRY(inner_->Delete(key, deadline));
  return call.After();
}

}  // namespace neuralake::storage
