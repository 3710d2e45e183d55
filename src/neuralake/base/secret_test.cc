#include "neuralake/base/secret.h"

#include <concepts>
#include <ostream>

#include <gtest/gtest.h>

namespace neuralake {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

TEST(Secret, CannotBePrinted) {
  EXPECT_TRUE(Printable<std::string>);
  EXPECT_FALSE(Printable<Secret>);
}

TEST(Secret, MovesLeaveNothingBehind) {
  Secret first("hunter2");
  const Secret second = std::move(first);
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that is the claim
  EXPECT_EQ(second.Reveal(), "hunter2");
}

}  // namespace
}  // namespace neuralake
