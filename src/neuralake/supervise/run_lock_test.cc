#include "neuralake/supervise/run_lock.h"

#include <filesystem>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace neuralake::supervise {
namespace {

TEST(RunLock, NamesTheProcessThatHoldsItAndGoesWithIt) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "run_lock";
  std::filesystem::remove_all(folder);
  const auto path = (folder / "up.pid").string();

  EXPECT_FALSE(RunLock::IsHeld(path));
  std::optional<RunLock> first = RunLock::Take(path, "project p").value();
  const auto second = RunLock::Take(path, "project p");
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().kind, ErrorKind::kAlreadyExists);
  EXPECT_EQ(second.error().message,
            "project p is up already, by process " + std::to_string(getpid()) + "; end that first");

  EXPECT_TRUE(RunLock::IsHeld(path));

  first.reset();
  EXPECT_FALSE(RunLock::IsHeld(path));
  EXPECT_TRUE(RunLock::Take(path, "project p").has_value());
}

}  // namespace
}  // namespace neuralake::supervise
