#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/delta/actions.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::delta {

/// The deleted rows of one file, as a compressed set of row numbers from 0.
///
/// \threads safe from any thread while nothing is inserted
class DeletionVector {
 public:
  /// Decode `blob`, the serialized bitmap without length and checksum.
  /// \errors kCorruption  a wrong magic number or a truncated bitmap
  /// \source Delta PROTOCOL.md, "Deletion Vector Format"
  static Result<DeletionVector> Decode(std::string_view blob);

  /// Read what `descriptor` names; relative ones below the root of `store`.
  /// \errors kCorruption  checksum, size or cardinality do not agree, naming the file
  ///         kNotFound    the file is not there
  static Result<DeletionVector> Load(const DeletionVectorDescriptor& descriptor,
                                     storage::ObjectStore& store, const Deadline& deadline);

  /// The empty set.
  DeletionVector();
  /// The set of `rows`, in any order.
  explicit DeletionVector(std::span<const std::uint64_t> rows);
  ~DeletionVector();
  DeletionVector(DeletionVector&&) noexcept;
  DeletionVector& operator=(DeletionVector&&) noexcept;

  /// Add `rows`, in any order; those that are in it stay.
  void Insert(std::span<const std::uint64_t> rows);
  void Insert(const DeletionVector& other);

  /// The rows of this that `other` does not hold.
  DeletionVector Minus(const DeletionVector& other) const;

  /// The rows of 0..`rows`-1 that this does not hold.
  DeletionVector Inverse(std::uint64_t rows) const;

  /// The blob that `Decode` reads.
  std::string Encode() const;

  std::uint64_t cardinality() const;
  bool Contains(std::uint64_t row) const;

  /// How many of the `count` rows from `start` are deleted.
  std::uint64_t CountDeleted(std::uint64_t start, std::uint64_t count) const;

  /// Append to `selected` those of the `count` rows from `start` that are not deleted, counted from
  /// `start`; returns how many. When none is deleted, `selected` is left alone.
  std::size_t Select(std::uint64_t start, std::size_t count,
                     std::vector<std::uint32_t>& selected) const;

 private:
  struct Bitmap;
  explicit DeletionVector(std::unique_ptr<Bitmap> bitmap);

  std::unique_ptr<Bitmap> bitmap_;
};

/// A descriptor that holds `vector` itself.
DeletionVectorDescriptor InlineDescriptor(const DeletionVector& vector);

/// The key of the file that a relative descriptor (`u`) names, below the table's root; nothing for
/// inline ones, absolute ones, and texts that name nothing.
std::optional<std::string> RelativeKey(const DeletionVectorDescriptor& descriptor);

}  // namespace neuralake::delta
