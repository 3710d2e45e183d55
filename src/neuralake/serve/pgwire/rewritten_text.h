#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace neuralake::serve {

/// A statement in the words of whoever answers it, with the way back to what the client sent.
///
/// Positions in what was sent, as those of errors, are in characters and count from 0.
class RewrittenText {
 public:
  /// Append a part of what was sent, which stands there at `from`.
  void Copy(std::string_view text, std::int64_t from) { Append(text, from, true); }

  /// Append a text of our own: all of it stands for what is at `from`.
  /// \returns the number of the piece, for `Replace`; it grows from piece to piece
  std::size_t Make(std::string_view text, std::int64_t from) { return Append(text, from, false); }

  /// What comes into the place of a piece.
  struct Replacement {
    std::size_t piece = 0;
    std::string_view text;
  };
  /// Put texts in the places of pieces, in one pass over all of them.
  /// \param replacements  by rising numbers of pieces, each at most once
  void Replace(std::span<const Replacement> replacements);

  const std::string& sql() const { return sql_; }

  /// What it holds in memory.
  std::size_t bytes() const { return sql_.capacity() + pieces_.capacity() * sizeof(Piece); }

  /// Where the character at `position` of `sql` stood in what was sent; -1 stays -1.
  std::int64_t Original(std::int64_t position) const;

 private:
  struct Piece {
    std::size_t at;     // where it begins in sql_, in bytes
    std::int64_t from;  // where it stood
    bool copied;
  };

  std::size_t Append(std::string_view text, std::int64_t from, bool copied);
  std::size_t EndOf(std::size_t piece) const;

  std::string sql_;
  std::vector<Piece> pieces_;
};

}  // namespace neuralake::serve
