#include "neuralake/serve/pgwire/rewritten_text.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "neuralake/base/characters.h"

namespace neuralake::serve {

void RewrittenText::Replace(std::span<const Replacement> replacements) {
  std::string sql;
  auto next = replacements.begin();
  for (std::size_t piece = 0; piece < pieces_.size(); ++piece) {
    const std::size_t begin = pieces_[piece].at;
    pieces_[piece].at = sql.size();
    if (next != replacements.end() && next->piece == piece) {
      sql += next->text;
      ++next;
    } else {
      sql.append(sql_, begin, EndOf(piece) - begin);
    }
  }
  sql_ = std::move(sql);
}

std::int64_t RewrittenText::Original(std::int64_t position) const {
  if (position < 0 || pieces_.empty()) return position;
  const std::size_t offset = ByteOffset(sql_, static_cast<std::size_t>(position));
  const auto after = std::ranges::upper_bound(pieces_, offset, {}, &Piece::at);
  const Piece& piece = after == pieces_.begin() ? *after : *std::prev(after);
  if (!piece.copied) return piece.from;
  return piece.from + CharacterOffset(std::string_view(sql_).substr(piece.at), offset - piece.at);
}

std::size_t RewrittenText::Append(std::string_view text, std::int64_t from, bool copied) {
  pieces_.push_back({sql_.size(), from, copied});
  sql_ += text;
  return pieces_.size() - 1;
}

std::size_t RewrittenText::EndOf(std::size_t piece) const {
  return piece + 1 < pieces_.size() ? pieces_[piece + 1].at : sql_.size();
}

}  // namespace neuralake::serve
