#include "neuralake/catalog/child.h"

#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/catalog/limits.h"

namespace neuralake::catalog {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::EndsWith;
using testing::HasSubstr;

ChildRequest Shell(std::string script) {
  return {{"sh", "-c", std::move(script)},
          "/",
          {{"PATH", "/usr/bin:/bin"}, {"GREETING", "hello"}},
          1 << 20};
}

TEST(Child, CollectsBothStreamsAndTheExitCode) {
  const auto outcome = RunChild(Shell("echo $GREETING; echo careful >&2; pwd; exit 3"),
                                Deadline::After(seconds(60)));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->output, "hello\n/\n");
  EXPECT_EQ(outcome->log, "careful\n");
  EXPECT_EQ(outcome->exit_code, 3);
}

TEST(Child, MoreThanAPipeHoldsIsCollectedToo) {
  const auto outcome = RunChild(
      Shell("head -c 1000000 /dev/zero; head -c 3000000 /dev/zero >&2; echo last >&2"), Deadline());
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->output.size(), 1'000'000U);
  EXPECT_EQ(outcome->log.size(), kLogBytesMax);
  EXPECT_THAT(outcome->log, EndsWith("last\n"));
}

TEST(Child, ReadsNothingFromOurInput) {
  EXPECT_EQ(RunChild(Shell("cat"), Deadline::After(seconds(60)))->output, "");
}

TEST(Child, PastItsTimeIsEndedWithItsDescendants) {
  const auto outcome =
      RunChild(Shell("trap '' TERM; echo working >&2; sleep 1000 & echo $! >&2; wait"),
               Deadline::After(milliseconds(300)));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->ended, ErrorKind::kDeadlineExceeded);
  ASSERT_TRUE(outcome->log.starts_with("working\n")) << outcome->log;
  const pid_t descendant = std::stoi(outcome->log.substr(std::strlen("working\n")));
  ASSERT_GT(descendant, 0) << outcome->log;
  const auto patience = Deadline::After(seconds(30));
  while (kill(descendant, 0) == 0 && !patience.Expired()) std::this_thread::yield();
  EXPECT_NE(kill(descendant, 0), 0);
}

TEST(Child, ADescendantThatHoldsThePipesIsNotWaitedFor) {
  const auto outcome = RunChild(Shell("sleep 1000 & echo $!"), Deadline::After(seconds(60)));
  ASSERT_TRUE(outcome) << outcome.error().message;
  kill(std::stoi(outcome->output), SIGKILL);
}

TEST(Child, AStopRequestEndsIt) {
  std::stop_source source;
  source.request_stop();
  const auto outcome = RunChild(Shell("sleep 1000"), Deadline::Never(source.get_token()));
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(outcome->ended, ErrorKind::kCancelled);
}

TEST(Child, TooMuchOutputIsRefused) {
  auto request = Shell("head -c 1000000 /dev/zero");
  request.output_bytes_max = 1000;
  EXPECT_EQ(RunChild(request, Deadline()).error().kind, ErrorKind::kResourceExhausted);
}

TEST(Child, IsLookedForOnItsOwnPathInOrder) {
  const std::string folder = testing::TempDir() + "/child_test_path";
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/sh") << "#!/bin/sh\necho from the first folder\n";
  std::filesystem::permissions(folder + "/sh", std::filesystem::perms::owner_all);
  auto request = Shell("echo from another");
  request.environment["PATH"] = folder + ":" + std::string(200, 'x') + ":/usr/bin:/bin";
  EXPECT_EQ(RunChild(request, Deadline::After(seconds(60)))->output, "from the first folder\n");
}

TEST(Child, AMissingProgramIsNamed) {
  ChildRequest request = Shell("");
  request.command = {"no-such-python"};
  EXPECT_THAT(RunChild(request, Deadline()).error().message, HasSubstr("no no-such-python on"));
  request.command = {"/no/such/python"};
  EXPECT_THAT(RunChild(request, Deadline()).error().message, HasSubstr("cannot run /no/such/py"));
  request = Shell("true");
  request.directory = "/no/such/folder";
  EXPECT_EQ(RunChild(request, Deadline()).error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace neuralake::catalog
