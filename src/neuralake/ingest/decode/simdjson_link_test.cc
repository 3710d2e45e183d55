#include <dlfcn.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

namespace neuralake::ingest {
namespace {

TEST(Simdjson, IsTheLibraryWhoseHeadersAreCompiledIn) {
  // libparquet exports another version under the same names; mixing the two crashes.
  const auto function = &simdjson::get_active_implementation;
  Dl_info info;
  ASSERT_NE(::dladdr(reinterpret_cast<const void*>(function), &info), 0);
  EXPECT_THAT(info.dli_fname, testing::HasSubstr("libsimdjson"));
}

}  // namespace
}  // namespace neuralake::ingest
