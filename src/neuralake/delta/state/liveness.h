#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace neuralake::delta {

/// Which rows of an immutable segment still count. Copies share their memory; clearing a bit
/// copies one piece of at most 8 KiB, whatever the size of the table.
class Liveness {
 public:
  Liveness() = default;
  explicit Liveness(std::size_t rows) : rows_(rows), live_(rows) {
    pieces_.resize((rows + kPieceRows - 1) / kPieceRows);
  }

  bool Test(std::size_t row) const {
    const auto& piece = pieces_[row / kPieceRows];
    return !piece || ((*piece)[row % kPieceRows / 64] >> (row % 64) & 1) != 0;
  }

  /// \returns whether the row was live
  bool Clear(std::size_t row) {
    if (!Test(row)) return false;
    auto& piece = pieces_[row / kPieceRows];
    if (!piece) {
      piece = std::make_shared<Piece>(PieceWords(row / kPieceRows), ~std::uint64_t{0});
    } else if (piece.use_count() > 1) {
      piece = std::make_shared<Piece>(*piece);
    }
    (*piece)[row % kPieceRows / 64] &= ~(std::uint64_t{1} << (row % 64));
    --live_;
    return true;
  }

  std::size_t rows() const { return rows_; }
  std::size_t live() const { return live_; }

 private:
  static constexpr std::size_t kPieceRows = 65'536;
  using Piece = std::vector<std::uint64_t>;

  std::size_t PieceWords(std::size_t piece) const {
    const std::size_t left = rows_ - piece * kPieceRows;
    return (std::min(left, kPieceRows) + 63) / 64;
  }

  std::size_t rows_ = 0;
  std::size_t live_ = 0;
  std::vector<std::shared_ptr<Piece>> pieces_;  // null: all rows live
};

}  // namespace neuralake::delta
