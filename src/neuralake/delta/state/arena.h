#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace neuralake::delta {

/// Append-only memory for strings that are named by 32-bit references: no allocation and no
/// pointer per string. Strings never move.
///
/// Not safe for writing from several threads; for reading it is.
class Arena {
 public:
  using Ref = std::uint32_t;
  static constexpr Ref kEmpty = 0;

  Arena();
  Arena(Arena&&) noexcept = default;
  Arena& operator=(Arena&&) noexcept = default;

  /// Keep a copy of `text`. Only while `HasRoom`.
  Ref Put(std::string_view text);
  std::string_view Get(Ref ref) const;

  /// Whether a few more strings of any size fit into the references.
  bool HasRoom() const { return chunks_.size() + kReservedChunks < kChunksMax; }

  /// Bytes held, used or not.
  std::size_t bytes() const { return bytes_; }

 private:
  static constexpr unsigned kOffsetBits = 20;
  static constexpr std::size_t kChunkBytes = std::size_t{1} << kOffsetBits;
  static constexpr std::size_t kChunksMax = std::size_t{1} << (32 - kOffsetBits);
  static constexpr std::size_t kReservedChunks = 512;

  char* Reserve(std::size_t bytes, Ref& ref);
  void AddChunk(std::size_t bytes);

  std::vector<std::unique_ptr<char[]>> chunks_;
  std::size_t open_ = 0;      // the chunk that is being filled
  std::size_t used_ = 0;      // bytes of it
  std::size_t capacity_ = 0;  // of it
  std::size_t bytes_ = 0;
};

}  // namespace neuralake::delta
