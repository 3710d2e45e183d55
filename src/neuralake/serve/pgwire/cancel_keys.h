#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "neuralake/base/rng.h"

namespace neuralake::serve {

/// The secrets with which clients cancel their statements from another connection.
///
/// \threads the network thread only
class CancelKeys {
 public:
  struct Issued {
    std::int32_t process = 0;
    std::string key;
  };

  explicit CancelKeys(Rng& rng = SystemRng::Get()) : rng_(rng) {}

  /// \param key_bytes  4 for protocol 3.0, whose clients expect no more; else 32
  Issued Issue(std::size_t key_bytes, std::function<void()> cancel);
  void Withdraw(std::int32_t process);

  /// Cancel what runs on connection `process` if `key` is its own. Says nothing about whether it
  /// was, and takes as long for a wrong key as for a right one.
  void Cancel(std::int32_t process, std::string_view key);

 private:
  struct Entry {
    std::string key;
    std::function<void()> cancel;
  };

  Rng& rng_;
  std::int32_t next_process_ = 1;
  std::map<std::int32_t, Entry> entries_;
};

}  // namespace neuralake::serve
