#include "neuralake/serve/pgwire/cancel_keys.h"

#include <gtest/gtest.h>

namespace neuralake::serve {
namespace {

TEST(CancelKeys, CancelOnlyWithTheRightKey) {
  SeededRng rng(1);
  CancelKeys keys(rng);
  int cancelled = 0;
  const auto issued = keys.Issue(32, [&] { ++cancelled; });
  EXPECT_EQ(issued.key.size(), 32u);
  std::string wrong = issued.key;
  wrong[31] = static_cast<char>(wrong[31] ^ 1);
  keys.Cancel(issued.process, wrong);
  keys.Cancel(issued.process, issued.key.substr(0, 4));
  keys.Cancel(issued.process + 1, issued.key);
  EXPECT_EQ(cancelled, 0);
  keys.Cancel(issued.process, issued.key);
  EXPECT_EQ(cancelled, 1);
  keys.Withdraw(issued.process);
  keys.Cancel(issued.process, issued.key);
  EXPECT_EQ(cancelled, 1);
}

TEST(CancelKeys, AreFourBytesForOldClients) {
  CancelKeys keys;
  EXPECT_EQ(keys.Issue(4, [] {}).key.size(), 4u);
}

}  // namespace
}  // namespace neuralake::serve
