#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "neuralake/storage/object_store.h"

namespace neuralake::storage {

/// A kind of store, for the suite that every kind passes.
struct StoreCase {
  std::string name;
  /// Opens an empty store; `unique` differs for every test of a run.
  std::function<std::shared_ptr<ObjectStore>(const std::string& unique)> open;
};

/// What the tests of a kind are called.
inline std::string NameOfCase(const testing::TestParamInfo<StoreCase>& test) {
  return test.param.name;
}

inline void PrintTo(const StoreCase& kind, std::ostream* out) { *out << kind.name; }

/// What `ObjectStore` promises, as tests. A test program instantiates it with its stores.
class ConformanceSuite : public testing::TestWithParam<StoreCase> {
 protected:
  void SetUp() override;

  /// Put, and expect success.
  void Write(const std::string& key, const std::string& bytes = "x");
  /// The keys of a listing, in its order.
  std::vector<std::string> Keys(const ListRequest& request);

  std::shared_ptr<ObjectStore> store_;
  Deadline deadline_ = Deadline::After(std::chrono::seconds(60));
};

}  // namespace neuralake::storage
