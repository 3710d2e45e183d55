#include "neuralake/serve/pgwire/cancel_keys.h"

#include <utility>

#include <openssl/crypto.h>

namespace neuralake::serve {

CancelKeys::Issued CancelKeys::Issue(std::size_t key_bytes, std::function<void()> cancel) {
  Issued issued{next_process_, ""};
  next_process_ = next_process_ == INT32_MAX ? 1 : next_process_ + 1;
  while (issued.key.size() < key_bytes) {
    std::uint64_t bits = rng_.Next();
    for (int i = 0; i < 8 && issued.key.size() < key_bytes; ++i, bits >>= 8) {
      issued.key.push_back(static_cast<char>(bits & 0xFF));
    }
  }
  entries_[issued.process] = {issued.key, std::move(cancel)};
  return issued;
}

void CancelKeys::Withdraw(std::int32_t process) { entries_.erase(process); }

void CancelKeys::Cancel(std::int32_t process, std::string_view key) {
  const auto found = entries_.find(process);
  if (found == entries_.end() || found->second.key.size() != key.size()) return;
  if (CRYPTO_memcmp(found->second.key.data(), key.data(), key.size()) == 0) found->second.cancel();
}

}  // namespace neuralake::serve
