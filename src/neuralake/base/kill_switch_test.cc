#include "neuralake/base/kill_switch.h"

#include <csignal>

#include <gtest/gtest.h>

namespace neuralake {
namespace {

TEST(KillSwitch, EndsTheProcessAtTheNamedStepOnly) {
  const auto armed = ArmedKillSwitch::Parse("room.step:2").value();
  armed->Reach("room.other");
  armed->Reach("room.step");
  EXPECT_EXIT(armed->Reach("room.step"), testing::KilledBySignal(SIGKILL), "");
}

TEST(KillSwitch, RefusesACountThatIsNone) {
  for (const auto* text : {"a:", "a:0", "a:x", "a:1x"}) {
    EXPECT_EQ(ArmedKillSwitch::Parse(text).error().kind, ErrorKind::kInvalid) << text;
  }
  EXPECT_TRUE(ArmedKillSwitch::Parse("a").has_value());
}

}  // namespace
}  // namespace neuralake
