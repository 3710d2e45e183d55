#include "neuralake/ingest/push_client.h"

#include <atomic>
#include <filesystem>
#include <future>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "neuralake/base/uuid.h"
#include "neuralake/ingest/push_protocol.h"
#include "neuralake/ingest/push_server.h"

namespace neuralake::ingest {
namespace {

using testing::HasSubstr;

class PushClientTest : public testing::Test {
 protected:
  PushClientTest() { std::filesystem::create_directories(folder_); }
  ~PushClientTest() override { std::filesystem::remove_all(folder_); }

  /// A server that accepts as many rows as the body has bytes.
  std::unique_ptr<PushServer> Listen(std::size_t connections_max = kConnectionsMax) {
    auto server = PushServer::Listen(
        path_,
        {.push = [this](const PushRequest& request,
                        const Deadline& deadline) -> Result<PushAnswer> {
           ++pushes_;
           if (during_) during_(deadline);
           if (request.table == "missing") return Fail(ErrorKind::kNotFound, "no table missing");
           return PushAnswer{.counts = {static_cast<std::int64_t>(request.body.size()), 0},
                             .lsn = pushes_};
         },
         .metrics = [] { return std::string("rows 1\n"); }},
        KillSwitch::Off(), connections_max);
    EXPECT_TRUE(server.has_value()) << Describe(server.error());
    return *std::move(server);
  }

  static PushRequest Request(std::string_view body = "12345", std::string table = "t") {
    return {.database = "lake",
            .table = std::move(table),
            .content_type = "application/json",
            .idempotency_key = "",
            .body = body};
  }
  static Deadline Soon() { return Deadline::After(std::chrono::seconds(20)); }

  const std::string folder_ =
      (std::filesystem::temp_directory_path() / ("push_" + RandomUuid())).string();
  const std::string path_ = folder_ + "/ingest.sock";
  std::atomic<int> pushes_ = 0;
  std::function<void(const Deadline&)> during_;
};

TEST_F(PushClientTest, GetsTheAnswerAndTheErrorOfTheProcess) {
  const auto server = Listen();
  PushClient client(path_);
  const auto answer = client.Push(Request(), Soon());
  ASSERT_TRUE(answer.has_value()) << Describe(answer.error());
  EXPECT_EQ(answer->counts.accepted, 5);
  const auto refused = client.Push(Request("1", "missing"), Soon());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(*client.Metrics(Soon()), "rows 1\n");
}

TEST_F(PushClientTest, CarriesTheLargestBodyAndRefusesALargerOne) {
  const auto server = Listen();
  PushClient client(path_);
  const std::string largest(kBodyBytesMax, 'x');
  EXPECT_EQ(client.Push(Request(largest), Soon())->counts.accepted,
            static_cast<std::int64_t>(kBodyBytesMax));
  EXPECT_EQ(client.Push(Request(largest + "x"), Soon()).error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(pushes_, 1);
}

TEST_F(PushClientTest, IsToldThatTheProcessIsAway) {
  PushClient client(path_);
  const auto answer = client.Push(Request(), Soon());
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("ingest.sock"));
}

TEST_F(PushClientTest, ReachesTheNextProcessOverTheSamePath) {
  PushClient client(path_);
  auto server = Listen();
  ASSERT_TRUE(client.Push(Request(), Soon()).has_value());
  server.reset();
  EXPECT_EQ(client.Push(Request(), Soon()).error().kind, ErrorKind::kUnavailable);
  server = Listen();
  EXPECT_TRUE(client.Push(Request(), Soon()).has_value());
  // The connection of before is dead; the push that found it so went over a new one, once.
  EXPECT_EQ(pushes_, 2);
}

TEST_F(PushClientTest, DoesNotKnowWhatBecameOfAPushWhoseAnswerWasLost) {
  auto listener = ListenLocal(path_);
  ASSERT_TRUE(listener.has_value());
  PushClient client(path_);
  auto answer =
      std::async(std::launch::async, [&] { return client.Push(Request("body"), Soon()); });
  {
    int fd = -1;
    while (fd < 0) fd = ::accept(listener->get(), nullptr, nullptr);
    LocalSocket socket{storage::FileDescriptor(fd)};
    std::string frame;
    ASSERT_TRUE(socket.Receive(frame, Soon()).has_value());
  }
  const auto lost = answer.get();
  ASSERT_FALSE(lost.has_value());
  EXPECT_EQ(lost.error().kind, ErrorKind::kUnknownOutcome);
}

TEST_F(PushClientTest, KnowsThatAPushThatWasNotReadDidNotHappen) {
  auto listener = ListenLocal(path_);
  ASSERT_TRUE(listener.has_value());
  PushClient client(path_);
  auto answer =
      std::async(std::launch::async, [&] { return client.Push(Request("body"), Soon()); });
  {
    int fd = -1;
    while (fd < 0) fd = ::accept(listener->get(), nullptr, nullptr);
    const storage::FileDescriptor unread(fd);
    char byte = 0;
    // All of it is there, and one byte is taken.
    while (::recv(fd, &byte, 1, 0) != 1) {
    }
  }
  EXPECT_EQ(answer.get().error().kind, ErrorKind::kUnavailable);
}

TEST_F(PushClientTest, EndsWithItsDeadline) {
  std::promise<void> release;
  auto released = release.get_future().share();
  during_ = [released](const Deadline&) { released.wait(); };
  const auto server = Listen();
  PushClient client(path_);
  const auto answer = client.Push(Request(), Deadline::After(std::chrono::milliseconds(30)));
  release.set_value();
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().kind, ErrorKind::kUnknownOutcome);
}

TEST_F(PushClientTest, TellsTheProcessHowLongItWaits) {
  Duration left{};
  during_ = [&](const Deadline& deadline) { left = deadline.Left(); };
  const auto server = Listen();
  PushClient client(path_);
  ASSERT_TRUE(client.Push(Request(), Deadline::After(std::chrono::seconds(7))).has_value());
  EXPECT_LE(left, std::chrono::seconds(7));
  EXPECT_GT(left, std::chrono::seconds(1));
}

TEST_F(PushClientTest, SharesItsConnectionsAmongThreads) {
  const auto server = Listen(3);
  PushClient client(path_, {.connections_max = 3});
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&, i] {
      const std::string body(static_cast<std::size_t>(1 + i * 5000), 'x');
      for (int n = 0; n < 50; ++n) {
        const auto answer = client.Push(Request(body), Soon());
        if (!answer.has_value() ||
            answer->counts.accepted != static_cast<std::int64_t>(body.size())) {
          ++wrong;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(pushes_, 600);
}

TEST_F(PushClientTest, IsTurnedAwayWhenTooManyAreConnected) {
  const auto server = Listen(1);
  PushClient first(path_);
  ASSERT_TRUE(first.Push(Request(), Soon()).has_value());
  PushClient second(path_);
  const auto refused = second.Push(Request(), Soon());
  ASSERT_FALSE(refused.has_value());
  // The refusal is read, unless the connection was gone before all was sent.
  EXPECT_TRUE(refused.error().kind == ErrorKind::kResourceExhausted ||
              refused.error().kind == ErrorKind::kUnavailable)
      << Describe(refused.error());
  EXPECT_TRUE(first.Push(Request(), Soon()).has_value());
}

/// Makes every new thread of this process fail, for as long as it lives: nothing has so much room
/// for a stack.
class NoMoreThreads {
 public:
  NoMoreThreads() {
    pthread_getattr_default_np(&before_);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, std::size_t{1} << 48);
    EXPECT_EQ(pthread_setattr_default_np(&attributes), 0);
    pthread_attr_destroy(&attributes);
  }
  ~NoMoreThreads() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }

 private:
  pthread_attr_t before_;
};

TEST_F(PushClientTest, IsTurnedAwayWhenThereIsNoThreadAndTakenInLater) {
  const auto server = Listen();
  {
    const NoMoreThreads none;
    auto socket = LocalSocket::Connect(path_);
    ASSERT_TRUE(socket.has_value());
    std::string frame;
    ASSERT_TRUE(socket->Receive(frame, Soon()).has_value());
    const auto refused = DecodePushReply(frame);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().kind, ErrorKind::kResourceExhausted);
  }
  PushClient client(path_);
  EXPECT_TRUE(client.Push(Request(), Soon()).has_value());
}

TEST_F(PushClientTest, EveryPushGetsItsAnswerWhenTheProcessEnds) {
  auto server = Listen();
  PushClient client(path_);
  std::promise<void> inside;
  std::promise<void> release;
  auto released = release.get_future().share();
  during_ = [&inside, released](const Deadline&) {
    inside.set_value();
    released.wait();
  };
  auto answer = std::async(std::launch::async, [&] { return client.Push(Request(), Soon()); });
  inside.get_future().wait();
  std::thread stopping([&] { server->Stop(); });
  release.set_value();
  stopping.join();
  EXPECT_TRUE(answer.get().has_value());
}

TEST_F(PushClientTest, APushThatWaitsIsToldToStopWaiting) {
  auto server = Listen();
  PushClient client(path_);
  std::promise<void> inside;
  during_ = [&inside](const Deadline& deadline) {
    inside.set_value();
    EXPECT_FALSE(deadline.Sleep(std::chrono::seconds(15)));
  };
  auto answer = std::async(std::launch::async, [&] { return client.Push(Request(), Soon()); });
  inside.get_future().wait();
  server->Stop();
  EXPECT_TRUE(answer.get().has_value());
}

TEST_F(PushClientTest, AFrameThatIsNoCallIsAnsweredAndEndsTheConnection) {
  const auto server = Listen();
  auto socket = LocalSocket::Connect(path_);
  ASSERT_TRUE(socket.has_value());
  const std::string_view nonsense = "\x7f nonsense";
  ASSERT_TRUE(socket->Send({&nonsense, 1}, Soon()).has_value());
  std::string frame;
  ASSERT_TRUE(socket->Receive(frame, Soon()).has_value());
  EXPECT_EQ(socket->Receive(frame, Soon()).error().kind, ErrorKind::kNotFound);
}

TEST_F(PushClientTest, ListensInADeepFolderAndForItsOwnUserAlone) {
  std::string deep = folder_;
  while (deep.size() < 300) deep += "/a-folder-with-a-name";
  std::filesystem::create_directories(deep);
  const auto path = deep + "/ingest.sock";
  const auto listener = ListenLocal(path);
  ASSERT_TRUE(listener.has_value()) << Describe(listener.error());
  EXPECT_TRUE(LocalSocket::Connect(path).has_value());
  struct stat info;
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
}

}  // namespace
}  // namespace neuralake::ingest
