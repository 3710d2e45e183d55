#include "neuralake/engine/sql/metered_memory.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>

#include "neuralake/engine/limits.h"

namespace neuralake::engine {
namespace {

using duckdb::Allocator;
using duckdb::data_ptr_t;
using duckdb::idx_t;
using duckdb::PrivateAllocatorData;

// Blocks come and go on any thread, through function pointers that know no instance.
std::atomic<std::uint64_t> taken_bytes{0};
std::atomic<std::uint64_t> allowed_bytes{0};

void Take(idx_t size) {
  if (size < kCountedBytesMin) return;
  const std::uint64_t taken = taken_bytes.fetch_add(size, std::memory_order_relaxed) + size;
  const std::uint64_t allowed = allowed_bytes.load(std::memory_order_relaxed);
  // Nothing is allowed yet while the first instance opens.
  if (size < kRefusedBytesMin || taken <= allowed || allowed == 0) return;
  taken_bytes.fetch_sub(size, std::memory_order_relaxed);
  throw duckdb::OutOfMemoryException(
      "The values in work take more than engine.memory_bytes allows: %s more asked for, %s taken; "
      "work on fewer rows at once, or on shorter values",
      duckdb::StringUtil::BytesToHumanReadableString(size),
      duckdb::StringUtil::BytesToHumanReadableString(taken - size));
}

void Give(idx_t size) {
  if (size >= kCountedBytesMin) taken_bytes.fetch_sub(size, std::memory_order_relaxed);
}

data_ptr_t Allocate(PrivateAllocatorData* data, idx_t size) {
  Take(size);
  const auto block = Allocator::DefaultAllocate(data, size);
  if (block == nullptr) Give(size);
  return block;
}

void Free(PrivateAllocatorData* data, data_ptr_t block, idx_t size) {
  Allocator::DefaultFree(data, block, size);
  Give(size);
}

data_ptr_t Reallocate(PrivateAllocatorData* data, data_ptr_t block, idx_t old_size, idx_t size) {
  Take(size);
  const auto moved = Allocator::DefaultReallocate(data, block, old_size, size);
  Give(moved == nullptr ? size : old_size);
  return moved;
}

}  // namespace

void MemoryAllowance::Install() {
  static std::once_flag once;
  std::call_once(once, [] {
    // What took blocks from the first one gives them back to it.
    static const auto first = Allocator::DefaultAllocatorReference();
    Allocator::DefaultAllocatorReference() =
        duckdb::make_shared_ptr<Allocator>(Allocate, Free, Reallocate, nullptr);
  });
}

duckdb::unique_ptr<Allocator> MemoryAllowance::MakeAllocator() {
  return duckdb::make_uniq<Allocator>(Allocate, Free, Reallocate, nullptr);
}

MemoryAllowance::MemoryAllowance(std::uint64_t limit_bytes)
    : bytes_(limit_bytes + std::max(limit_bytes / kVectorShare, kVectorBytesMin)) {
  allowed_bytes.fetch_add(bytes_);
}

MemoryAllowance::~MemoryAllowance() { allowed_bytes.fetch_sub(bytes_); }

}  // namespace neuralake::engine
