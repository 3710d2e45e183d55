#include "neuralake/delta/state/arena.h"

#include <algorithm>
#include <cstring>

#include "neuralake/base/check.h"
#include "neuralake/delta/limits.h"

namespace neuralake::delta {
namespace {

// A length is put in front of each string, seven bits a byte, low ones first.
constexpr std::size_t kLengthBytesMax = 5;

std::size_t PutLength(std::size_t length, char* out) {
  std::size_t bytes = 0;
  while (length >= 0x80) {
    out[bytes++] = static_cast<char>(0x80 | (length & 0x7f));
    length >>= 7;
  }
  out[bytes++] = static_cast<char>(length);
  return bytes;
}

}  // namespace

Arena::Arena() { Put({}); }

void Arena::AddChunk(std::size_t bytes) {
  NL_CHECK(chunks_.size() < kChunksMax);
  chunks_.push_back(std::make_unique_for_overwrite<char[]>(bytes));
  bytes_ += bytes;
}

char* Arena::Reserve(std::size_t bytes, Ref& ref) {
  if (bytes > kArenaOwnChunkBytes) {
    AddChunk(bytes);
    ref = static_cast<Ref>((chunks_.size() - 1) << kOffsetBits);
    return chunks_.back().get();
  }
  if (used_ + bytes > capacity_) {
    // The first chunks are small: most commits hold few files.
    capacity_ = std::min(std::max(capacity_ * 8, std::size_t{2048}), kChunkBytes);
    capacity_ = std::max(capacity_, bytes);
    AddChunk(capacity_);
    open_ = chunks_.size() - 1;
    used_ = 0;
  }
  ref = static_cast<Ref>(open_ << kOffsetBits | used_);
  char* place = chunks_[open_].get() + used_;
  used_ += bytes;
  return place;
}

Arena::Ref Arena::Put(std::string_view text) {
  if (text.empty() && !chunks_.empty()) return kEmpty;
  NL_CHECK(text.size() < (std::size_t{1} << 31));
  char length[kLengthBytesMax];
  const std::size_t length_bytes = PutLength(text.size(), length);
  Ref ref = 0;
  char* place = Reserve(length_bytes + text.size(), ref);
  std::memcpy(place, length, length_bytes);
  if (!text.empty()) std::memcpy(place + length_bytes, text.data(), text.size());
  return ref;
}

std::string_view Arena::Get(Ref ref) const {
  const char* place = chunks_[ref >> kOffsetBits].get() + (ref & (kChunkBytes - 1));
  std::size_t length = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(*place++);
    length |= static_cast<std::size_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return {place, length};
  }
}

}  // namespace neuralake::delta
