#pragma once

#include <string>
#include <string_view>

namespace neuralake::storage {

/// For tests: the syncs of this process while it lives, counted by path and failing when told. It
/// stands in the way of `fsync` and `fdatasync` of the program that it is linked into.
///
/// \threads safe from any thread; one at a time
class TestSyncs {
 public:
  TestSyncs();
  ~TestSyncs();
  TestSyncs(const TestSyncs&) = delete;
  TestSyncs& operator=(const TestSyncs&) = delete;

  /// From now on syncs of the file or folder at `path` fail as on a broken disk.
  static void Fail(std::string_view path);

  /// All of them work again.
  static void Heal();

  /// How often `path` was synced.
  static int Count(std::string_view path);
};

}  // namespace neuralake::storage
