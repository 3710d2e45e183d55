#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/clock.h"
#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/base/secret.h"

namespace neuralake::storage {

/// What requests are signed with.
struct Credentials {
  std::string access_key_id;
  Secret secret_access_key;
  Secret session_token;                ///< Empty for keys that last.
  WallTime expires = WallTime::max();  ///< By the wall clock.
};

/// One place that may have credentials.
///
/// \threads one thread at a time
class CredentialsSource {
 public:
  virtual ~CredentialsSource() = default;

  /// For messages: `environment`, `profile default`, …
  virtual std::string name() const = 0;

  /// \errors kNotFound  this place is not set up; ask the next
  ///         others      it is set up and does not work; do not ask the next
  virtual Result<Credentials> Fetch(const Deadline& deadline) = 0;
};

/// The first of several sources that has credentials, and what it gave until shortly before that
/// expires.
///
/// While one thread fetches anew, the others go on with what is still valid. A source that fails
/// is forgiven as long as the last credentials are valid.
/// \threads safe from any thread
class CredentialsChain {
 public:
  CredentialsChain(std::vector<std::unique_ptr<CredentialsSource>> sources, const Clock& clock);

  /// \errors kUnauthenticated  no source has any; names all that were asked
  Result<Credentials> Get(const Deadline& deadline);

  /// Forget the credentials with this key: the service says that they are over.
  void Drop(std::string_view access_key_id);

 private:
  enum class Need { kNone, kSoon, kNow };

  Result<Credentials> Fetch(const Deadline& deadline);
  Need NeedOfNew() const;  // with mutex_ held

  const std::vector<std::unique_ptr<CredentialsSource>> sources_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any fetched_;
  // Guarded by mutex_.
  Credentials current_;
  WallTime next_try_{};
  bool has_current_ = false;
  bool is_fetching_ = false;
};

/// A chain that always gives `credentials`.
std::shared_ptr<CredentialsChain> FixedCredentials(Credentials credentials);

}  // namespace neuralake::storage
