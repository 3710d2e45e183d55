#include "neuralake/storage/aws/credentials.h"

#include <utility>

#include "neuralake/storage/limits.h"

namespace neuralake::storage {
namespace {

class FixedSource final : public CredentialsSource {
 public:
  explicit FixedSource(Credentials credentials) : credentials_(std::move(credentials)) {}
  std::string name() const override { return "fixed"; }
  Result<Credentials> Fetch(const Deadline&) override { return credentials_; }

 private:
  const Credentials credentials_;
};

}  // namespace

CredentialsChain::CredentialsChain(std::vector<std::unique_ptr<CredentialsSource>> sources,
                                   const Clock& clock)
    : sources_(std::move(sources)), clock_(clock) {}

CredentialsChain::Need CredentialsChain::NeedOfNew() const {
  if (!has_current_) return Need::kNow;
  const WallTime now = clock_.Now();
  if (current_.expires <= now) return Need::kNow;
  const bool is_near = current_.expires - now <= kCredentialsRefreshBefore;
  return is_near && now >= next_try_ ? Need::kSoon : Need::kNone;
}

Result<Credentials> CredentialsChain::Get(const Deadline& deadline) {
  std::unique_lock lock(mutex_);
  while (true) {
    const Need need = NeedOfNew();
    if (need == Need::kNone || (need == Need::kSoon && is_fetching_)) return current_;
    if (!is_fetching_) break;
    TRY(deadline.Check("waiting for credentials"));
    fetched_.wait_for(lock, deadline.stop(), kCredentialsWaitStep, [&] { return !is_fetching_; });
  }
  is_fetching_ = true;
  lock.unlock();
  auto fresh = Fetch(deadline);
  lock.lock();
  is_fetching_ = false;
  fetched_.notify_all();
  if (fresh) {
    current_ = std::move(*fresh);
    has_current_ = true;
    return current_;
  }
  if (NeedOfNew() == Need::kNow) return fresh;
  next_try_ = clock_.Now() + kCredentialsRetryAfter;
  return current_;
}

void CredentialsChain::Drop(std::string_view access_key_id) {
  std::lock_guard lock(mutex_);
  if (has_current_ && current_.access_key_id == access_key_id) has_current_ = false;
}

Result<Credentials> CredentialsChain::Fetch(const Deadline& deadline) {
  std::string asked;
  for (const auto& source : sources_) {
    auto credentials = source->Fetch(deadline);
    if (credentials) return credentials;
    if (credentials.error().kind != ErrorKind::kNotFound) {
      if (credentials.error().kind == ErrorKind::kUnauthenticated) {
        credentials.error().message +=
            "; AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, would come first";
      }
      return Annotate(std::move(credentials).error(), "credentials from " + source->name());
    }
    asked += (asked.empty() ? "" : "; ") + source->name() + ": " + credentials.error().message;
  }
  return Fail(ErrorKind::kUnauthenticated,
              "no credentials for S3; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or "
              "AWS_PROFILE (" +
                  asked + ")");
}

std::shared_ptr<CredentialsChain> FixedCredentials(Credentials credentials) {
  std::vector<std::unique_ptr<CredentialsSource>> sources;
  sources.push_back(std::make_unique<FixedSource>(std::move(credentials)));
  return std::make_shared<CredentialsChain>(std::move(sources), SystemClock::Get());
}

}  // namespace neuralake::storage
