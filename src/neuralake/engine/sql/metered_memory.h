#pragma once

#include <cstdint>
#include <memory>

#include "neuralake/engine/duck.h"

namespace neuralake::engine {

/// What one instance of DuckDB adds to the memory that all of them may take, while it lives.
///
/// DuckDB holds its own limit for blocks, hash tables and sorts, and counts nothing of the values
/// in the vectors between operators: 2,048 values of 5 MB are 10 GB. So its allocators are ours:
/// they count, and refuse a large block past the limits of all instances and `kVectorShare` of them
/// besides.
///
/// \threads safe from any thread
class MemoryAllowance {
 public:
  /// Count for DuckDB from now on, in this whole process.
  static void Install();

  /// An allocator for one instance.
  static duckdb::unique_ptr<duckdb::Allocator> MakeAllocator();

  /// \param limit_bytes  what DuckDB holds for the limit of the instance
  explicit MemoryAllowance(std::uint64_t limit_bytes);
  ~MemoryAllowance();
  MemoryAllowance(const MemoryAllowance&) = delete;
  MemoryAllowance& operator=(const MemoryAllowance&) = delete;

 private:
  std::uint64_t bytes_;
};

}  // namespace neuralake::engine
