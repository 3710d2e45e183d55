#include "neuralake/base/process.h"

#include <array>
#include <csignal>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

namespace neuralake {
namespace {

std::string ReadAll(int descriptor) {
  std::string all;
  std::array<char, 4096> part{};
  for (auto got = read(descriptor, part.data(), part.size()); got > 0;
       got = read(descriptor, part.data(), part.size())) {
    all.append(part.data(), static_cast<std::size_t>(got));
  }
  return all;
}

TEST(Process, GivesAChildNothingButItsThreeStreams) {
  // As a library may open a socket: without a word about children. High, because the shell opens
  // the folder that it lists under the lowest number that is free.
  const Descriptor file(open("/etc/hostname", O_RDONLY | O_CLOEXEC));
  const Descriptor careless(fcntl(file.number(), F_DUPFD, 100));
  ASSERT_GE(careless.number(), 0);
  auto pipe = MakePipe().value();
  auto child = Process::Start({.command = {"sh", "-c", "echo /proc/$$/fd/*"},
                               .directory = "/",
                               .environment = {{"PATH", "/usr/bin:/bin"}},
                               .output = pipe.write.number()})
                   .value();
  pipe.write.Close();
  const std::string seen = ReadAll(pipe.read.number());
  EXPECT_EQ(seen.find("/fd/" + std::to_string(careless.number())), std::string::npos) << seen;
  EXPECT_NE(seen.find("/fd/1"), std::string::npos) << seen;
}

TEST(Process, DoesNotCallAnEndThatNobodyKeptASuccess) {
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  auto pipe = MakePipe().value();
  auto child = Process::Start({.command = {"sh", "-c", "read line"},
                               .directory = "/",
                               .environment = {},
                               .input = pipe.read.number()})
                   .value();
  pipe.write.Close();  // before that it waits: one that is gone at once cannot be watched
  pollfd ended{child.handle(), POLLIN, 0};
  ASSERT_EQ(poll(&ended, 1, -1), 1);
  EXPECT_EQ(child.Ended(), Process::kExitUnknown);
  std::signal(SIGCHLD, before);
}

}  // namespace
}  // namespace neuralake
