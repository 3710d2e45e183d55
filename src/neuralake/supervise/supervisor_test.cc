#include "neuralake/supervise/supervisor.h"

#include <algorithm>
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

namespace neuralake::supervise {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

/// Runs shell commands as children and keeps their lines; asks to stop when a line is seen.
struct Supervised {
  std::vector<std::string> lines;
  Status status;

  Supervised(const std::vector<std::string>& commands, const std::string& stop_at, int times = 1,
             SupervisorOptions options = {}) {
    options.pause = std::chrono::milliseconds(1);
    std::vector<Child> children;
    for (const auto& command : commands) {
      children.push_back({"c" + std::to_string(children.size()), {"/bin/sh", "-c", command}});
    }
    std::stop_source stop;
    status = Supervise(children, options, stop.get_token(), [&](const std::string& line) {
      lines.push_back(line);
      if (line == stop_at && --times == 0) stop.request_stop();
    });
  }
};

TEST(Supervisor, PrintsEachLineBehindItsName) {
  const Supervised run({"echo one; exec sleep 60", "echo two; exec sleep 60"}, "c1 | two");
  EXPECT_TRUE(run.status.has_value());
  EXPECT_THAT(run.lines, Contains("c1 | two"));
}

TEST(Supervisor, StartsAChildAgainThatEnded) {
  SupervisorOptions options;
  options.start_min = std::chrono::milliseconds(0);
  const Supervised run({"echo up; exit 3"}, "c0 | up", 3, options);
  EXPECT_TRUE(run.status.has_value());
  EXPECT_THAT(run.lines, Contains(HasSubstr("exited with 3; starting it again")));
}

TEST(Supervisor, StartsAChildAgainWhoseStatusNobodyKeeps) {
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  SupervisorOptions options;
  options.start_min = std::chrono::milliseconds(0);
  const Supervised run({"echo up; exit 3"}, "c0 | up", 3, options);
  std::signal(SIGCHLD, before);
  EXPECT_TRUE(run.status.has_value());
  EXPECT_THAT(run.lines, Contains(HasSubstr("ended; starting it again")));
}

TEST(Supervisor, TriesAgainWhenTheMachineHasNoDescriptorForARestart) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  SupervisorOptions options;
  options.start_min = std::chrono::milliseconds(0);
  std::vector<std::string> lines;
  std::stop_source stop;
  options.pause = std::chrono::milliseconds(1);
  const Status status = Supervise({{"c0", {"/bin/sh", "-c", "echo up"}}}, options, stop.get_token(),
                                  [&](const std::string& line) {
                                    lines.push_back(line);
                                    rlimit limit = before;
                                    if (line.starts_with("c0 | exited with 0")) {
                                      limit.rlim_cur = 0;
                                      ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
                                    } else if (line.starts_with("c0 | cannot start c0")) {
                                      ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
                                      stop.request_stop();
                                    }
                                  });
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_TRUE(status.has_value());
  EXPECT_THAT(lines, Contains(HasSubstr("cannot start c0: Too many open files; starting")));
}

TEST(Supervisor, GivesUpOnAChildThatCannotStart) {
  const Supervised run({"echo broken; exit 1", "exec sleep 60"}, "never");
  ASSERT_FALSE(run.status.has_value());
  EXPECT_EQ(run.status.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(run.status.error().message, HasSubstr("c0 exited with 1, 5 times in a row"));
}

TEST(Supervisor, GoesOnWithoutAChildThatIsNotEssential) {
  SupervisorOptions options;
  options.pause = std::chrono::milliseconds(1);
  options.pause_max = std::chrono::milliseconds(1);
  options.rare_pause = std::chrono::milliseconds(1);
  std::vector<std::string> lines;
  std::stop_source stop;
  int rare = 0;
  const Status status = Supervise(
      {{"c0", {"/bin/sh", "-c", "exit 1"}, false}, {"c1", {"/bin/sh", "-c", "exec sleep 60"}}},
      options, stop.get_token(), [&](const std::string& line) {
        lines.push_back(line);
        if (line.find("the others go on") != line.npos && ++rare == 2) stop.request_stop();
      });
  EXPECT_TRUE(status.has_value());
  EXPECT_THAT(lines, Contains(HasSubstr("c0 | exited with 1, 5 times in a row; see its lines")));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("c1 | "))));
}

TEST(Supervisor, EndsAChildThatDoesNotListen) {
  SupervisorOptions options;
  options.grace = std::chrono::milliseconds(50);
  const Supervised run({"trap '' TERM; echo deaf; while :; do :; done"}, "c0 | deaf", 1, options);
  EXPECT_TRUE(run.status.has_value());
  EXPECT_THAT(run.lines, Contains("c0 | was ended by signal 9"));
}

TEST(Supervisor, LetsAChildSayItsLastWords) {
  const Supervised run({"trap 'echo bye; exit 0' TERM; echo hello; while :; do sleep 0.01; done"},
                       "c0 | hello");
  EXPECT_THAT(run.lines, Contains("c0 | bye"));
  EXPECT_THAT(run.lines, Not(Contains(HasSubstr("exited"))));
}

TEST(Supervisor, TellsOfAChildThatEndsBadlyWhenItIsTold) {
  const Supervised run({"trap 'exit 7' TERM; echo hello; while :; do sleep 0.01; done"},
                       "c0 | hello");
  EXPECT_TRUE(run.status.has_value());
  EXPECT_THAT(run.lines, Contains("c0 | exited with 7"));
}

}  // namespace
}  // namespace neuralake::supervise
