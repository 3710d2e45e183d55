// Gives each fuzz target its seeds once, so that a target that no longer holds is seen in every
// test run and not only in a long one.

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <gtest/gtest.h>

// What `LLVMFuzzerTestOneInput` of each target is called here.
extern "C" {
int FuzzOne_delta_log(const std::uint8_t* data, std::size_t size);
int FuzzOne_deletion_vector(const std::uint8_t* data, std::size_t size);
int FuzzOne_event(const std::uint8_t* data, std::size_t size);
int FuzzOne_last_checkpoint(const std::uint8_t* data, std::size_t size);
int FuzzOne_manifest(const std::uint8_t* data, std::size_t size);
int FuzzOne_partition_value(const std::uint8_t* data, std::size_t size);
int FuzzOne_pg_message(const std::uint8_t* data, std::size_t size);
int FuzzOne_s3_xml(const std::uint8_t* data, std::size_t size);
int FuzzOne_uri(const std::uint8_t* data, std::size_t size);
int FuzzOne_wal_segment(const std::uint8_t* data, std::size_t size);
}

namespace {

struct Target {
  const char* name;
  int (*run)(const std::uint8_t* data, std::size_t size);
};

constexpr std::array kTargets = {
    Target{"delta_log", FuzzOne_delta_log},
    Target{"deletion_vector", FuzzOne_deletion_vector},
    Target{"event", FuzzOne_event},
    Target{"last_checkpoint", FuzzOne_last_checkpoint},
    Target{"manifest", FuzzOne_manifest},
    Target{"partition_value", FuzzOne_partition_value},
    Target{"pg_message", FuzzOne_pg_message},
    Target{"s3_xml", FuzzOne_s3_xml},
    Target{"uri", FuzzOne_uri},
    Target{"wal_segment", FuzzOne_wal_segment},
};

const std::filesystem::path kCorpus = NEURALAKE_CORPUS;

class FuzzCorpus : public testing::TestWithParam<Target> {};

TEST_P(FuzzCorpus, EverySeedHolds) {
  int seeds = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kCorpus / GetParam().name)) {
    SCOPED_TRACE(entry.path().string());
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string seed(std::istreambuf_iterator<char>(in), {});
    // Whole, and broken off: what a fuzzer tries first.
    for (const auto size : {seed.size(), seed.size() / 2, seed.size() / 3, std::size_t{0}}) {
      EXPECT_EQ(GetParam().run(reinterpret_cast<const std::uint8_t*>(seed.data()), size), 0);
    }
    ++seeds;
  }
  EXPECT_GT(seeds, 0);
}

INSTANTIATE_TEST_SUITE_P(All, FuzzCorpus, testing::ValuesIn(kTargets),
                         [](const auto& target) { return std::string(target.param.name); });

TEST(FuzzCorpusFolders, AreThoseOfTheTargets) {
  std::set<std::string> folders;
  for (const auto& entry : std::filesystem::directory_iterator(kCorpus)) {
    folders.insert(entry.path().filename().string());
  }
  std::set<std::string> names;
  for (const auto& target : kTargets) names.insert(target.name);
  EXPECT_EQ(folders, names);
}

}  // namespace
