#include "neuralake/engine/worker/worker_pool.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "neuralake/catalog/build.h"
#include "neuralake/settings/settings.h"

namespace neuralake::engine {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kFunctions = R"(
import os, sys, threading
import polars as pl
from neuralake import table

@table
def sizes():
    return pl.DataFrame({"code": ["AA", None, "ü"], "size": [3, 2, 1]})

@table
def many():
    return pl.DataFrame({"n": range(1_000_000), "text": ["x" * 10] * 1_000_000})

@table
def empty():
    return pl.DataFrame(schema={"code": pl.String})

@table
def groups():
    return pl.DataFrame({"group": pl.Series(["a", "b", "a"], dtype=pl.Categorical)})

@table
def process():
    return pl.DataFrame({"id": [os.getpid()]})

@table
def broken():
    print("on it")
    raise ValueError("no sizes today")

@table
def ends():
    print("good-bye", file=sys.stderr)
    os._exit(3)

@table
def hangs():
    with open("hangs.pid", "w") as file:
        file.write(str(os.getpid()))
    print("still waiting")
    threading.Event().wait()

@table
def grows():
    held = []
    while True:
        held.append(b"x" * 1_000_000)

@table
def objects():
    return pl.DataFrame({"a": pl.Series([object()], dtype=pl.Object)})

@table
def forks():
    child = os.fork()
    if child == 0:
        raise ValueError("in the child")
    os.waitpid(child, 0)
    return pl.DataFrame({"child": [False]})

@table
def noisy():
    print("x" * 3_000_000)
    return pl.DataFrame({"a": [1]})
)";

/// The project's environment, two folders above the programs of a build.
std::string Python() {
  const auto root = fs::read_symlink("/proc/self/exe").parent_path().parent_path().parent_path();
  return (root.parent_path() / ".venv/bin/python").string();
}

class WorkerPoolTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              (std::string("worker_pool_") +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    std::ofstream(folder_ / "shop.py") << kFunctions;
  }
  void TearDown() override { fs::remove_all(folder_); }

  WorkerPoolOptions Options(std::size_t workers_max = 1) const {
    const catalog::BuildRequest request{folder_.string(), "", Python(),
                                        settings::ProcessEnvironment()};
    WorkerPoolOptions options;
    options.command = {{catalog::PythonOf(request), "-m", "neuralake.worker"},
                       folder_.string(),
                       catalog::PythonEnvironment(request)};
    options.workers_max = workers_max;
    return options;
  }

  std::shared_ptr<arrow::Table> Table(WorkerPool& pool, const std::string& function,
                                      std::vector<std::string> columns = {}) const {
    const auto reader =
        pool.Run({"shop", function, std::move(columns)}, Deadline::After(seconds(60)));
    EXPECT_TRUE(reader.has_value()) << reader.error().message;
    return reader.has_value() ? (*reader)->ToTable().ValueOrDie() : nullptr;
  }

  Error Failure(WorkerPool& pool, const std::string& function,
                const Deadline& deadline = Deadline::After(seconds(60))) const {
    const auto reader = pool.Run({"shop", function, {}}, deadline);
    EXPECT_FALSE(reader.has_value());
    return reader.has_value() ? Error{} : reader.error();
  }

  pid_t ProcessOf(WorkerPool& pool) const {
    const auto table = Table(pool, "process");
    if (table == nullptr) return -1;
    const auto ids = std::static_pointer_cast<arrow::Int64Array>(table->column(0)->chunk(0));
    return static_cast<pid_t>(ids->Value(0));
  }

  /// The process that `hangs` wrote down, once it has.
  pid_t Hanging() const {
    const auto patience = Deadline::After(seconds(60));
    pid_t id = 0;
    while (id == 0 && !patience.Expired()) {
      std::ifstream(folder_ / "hangs.pid") >> id;
      std::this_thread::yield();
    }
    return id;
  }

  fs::path folder_;
};

/// Whether the process goes away; it is reaped by then.
bool Ends(pid_t id) {
  const auto patience = Deadline::After(seconds(30));
  while (kill(id, 0) == 0 && !patience.Expired()) std::this_thread::yield();
  return kill(id, 0) != 0;
}

TEST_F(WorkerPoolTest, ServesTheTableThatAFunctionReturns) {
  WorkerPool pool(Options());
  const auto sizes = Table(pool, "sizes");
  EXPECT_EQ(sizes->num_rows(), 3);
  EXPECT_EQ(sizes->schema()->field_names(), (std::vector<std::string>{"code", "size"}));
  EXPECT_EQ(sizes->column(0)->null_count(), 1);
  EXPECT_EQ(Table(pool, "sizes", {"size"})->num_columns(), 1);
  EXPECT_EQ(Table(pool, "empty")->num_rows(), 0);
  EXPECT_EQ(Table(pool, "groups")->num_rows(), 3);
}

TEST_F(WorkerPoolTest, ServesMoreThanAPipeHolds) {
  WorkerPool pool(Options());
  const auto many = Table(pool, "many");
  ASSERT_EQ(many->num_rows(), 1'000'000);
  const auto last = many->column(0)->GetScalar(999'999).ValueOrDie();
  EXPECT_EQ(last->ToString(), "999999");
  EXPECT_EQ(Table(pool, "noisy")->num_rows(), 1);
}

TEST_F(WorkerPoolTest, AFailureTellsTheFunctionTheLineAndWhatItPrinted) {
  WorkerPool pool(Options());
  const pid_t before = ProcessOf(pool);
  const Error error = Failure(pool, "broken");
  EXPECT_EQ(error.kind, ErrorKind::kInvalid);
  EXPECT_EQ(error.message,
            "function shop.broken: ValueError: no sizes today (shop.py:29); it printed: on it");
  EXPECT_THAT(Failure(pool, "nothing").message, HasSubstr("module shop has no nothing"));
  EXPECT_EQ(ProcessOf(pool), before);
}

TEST_F(WorkerPoolTest, ACallPastItsTimeIsKilled) {
  WorkerPool pool(Options());
  const pid_t before = ProcessOf(pool);
  const Error error = Failure(pool, "hangs", Deadline::After(milliseconds(700)));
  EXPECT_EQ(error.kind, ErrorKind::kDeadlineExceeded);
  EXPECT_EQ(error.message,
            "function shop.hangs: it ran out of time, and its process was killed; it printed: "
            "still waiting");
  EXPECT_EQ(Hanging(), before);
  EXPECT_TRUE(Ends(before));
  EXPECT_NE(ProcessOf(pool), before);
}

TEST_F(WorkerPoolTest, TheLimitOfOneCallHoldsWithoutADeadline) {
  auto options = Options();
  options.call_max = milliseconds(3000);
  WorkerPool pool(options);
  EXPECT_EQ(Failure(pool, "hangs", Deadline()).kind, ErrorKind::kDeadlineExceeded);
}

TEST_F(WorkerPoolTest, AStopEndsACallAndItsProcess) {
  WorkerPool pool(Options());
  std::stop_source stop;
  Error error;
  std::jthread call([&] { error = Failure(pool, "hangs", Deadline::Never(stop.get_token())); });
  const pid_t hanging = Hanging();
  stop.request_stop();
  call.join();
  EXPECT_EQ(error.kind, ErrorKind::kCancelled);
  EXPECT_TRUE(Ends(hanging));
}

TEST_F(WorkerPoolTest, AWorkerThatEndsInACallIsToldAndReplaced) {
  WorkerPool pool(Options());
  const Error error = Failure(pool, "ends");
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(error.message,
            "function shop.ends: its process ended with 3 before it answered; it printed: "
            "good-bye");
  EXPECT_EQ(Table(pool, "sizes")->num_rows(), 3);
}

TEST_F(WorkerPoolTest, AFailureWithoutALineTellsWhereTheFunctionStands) {
  WorkerPool pool(Options());
  const auto reader = pool.Run({"shop", "ends", {}, "shop.py:32"}, Deadline::After(seconds(60)));
  ASSERT_FALSE(reader.has_value());
  EXPECT_THAT(reader.error().message,
              StartsWith("function shop.ends (shop.py:32): its process ended with 3"));
}

TEST_F(WorkerPoolTest, ACallThatTakesTooMuchMemoryIsKilled) {
  auto options = Options();
  options.command.memory_bytes_max = 512U << 20;
  WorkerPool pool(options);
  const pid_t before = ProcessOf(pool);
  const Error error = Failure(pool, "grows");
  EXPECT_EQ(error.kind, ErrorKind::kResourceExhausted);
  EXPECT_THAT(error.message, HasSubstr("more than the 512 MiB of engine.function_memory_bytes"));
  EXPECT_TRUE(Ends(before));
  EXPECT_EQ(Table(pool, "sizes")->num_rows(), 3);
}

TEST_F(WorkerPoolTest, AChildOfAFunctionCannotAnswerForIt) {
  WorkerPool pool(Options());
  const pid_t before = ProcessOf(pool);
  const auto forks = Table(pool, "forks");
  ASSERT_EQ(forks->num_rows(), 1);
  EXPECT_EQ(forks->column(0)->GetScalar(0).ValueOrDie()->ToString(), "false");
  EXPECT_EQ(ProcessOf(pool), before);
}

TEST_F(WorkerPoolTest, AFrameThatCannotBeSentIsAFailureOfItsFunction) {
  WorkerPool pool(Options());
  const pid_t before = ProcessOf(pool);
  const Error error = Failure(pool, "objects");
  EXPECT_EQ(error.kind, ErrorKind::kInvalid);
  EXPECT_THAT(error.message, HasSubstr("returned column a as Object, which is no type of SQL"));
  EXPECT_EQ(ProcessOf(pool), before);
}

TEST_F(WorkerPoolTest, AWorkerThatEndsBetweenCallsIsReplacedUnseen) {
  WorkerPool pool(Options());
  const pid_t before = ProcessOf(pool);
  kill(before, SIGKILL);
  siginfo_t ended;
  ASSERT_EQ(waitid(P_PID, static_cast<id_t>(before), &ended, WEXITED | WNOWAIT), 0);
  EXPECT_NE(ProcessOf(pool), before);
}

TEST_F(WorkerPoolTest, NoMoreProcessesRunThanAllowed) {
  WorkerPool pool(Options(2));
  std::mutex mutex;
  std::set<pid_t> seen;
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 8; ++i) {
      callers.emplace_back([&] {
        const pid_t id = ProcessOf(pool);
        std::lock_guard lock(mutex);
        seen.insert(id);
      });
    }
  }
  EXPECT_EQ(seen.size(), 2U);
}

TEST_F(WorkerPoolTest, ACallThatGetsNoProcessInTimeSaysSo) {
  WorkerPool pool(Options());
  std::stop_source stop;
  std::jthread call([&] { Failure(pool, "hangs", Deadline::Never(stop.get_token())); });
  Hanging();
  const Error error = Failure(pool, "sizes", Deadline::After(milliseconds(50)));
  EXPECT_EQ(error.kind, ErrorKind::kDeadlineExceeded);
  EXPECT_THAT(error.message, HasSubstr("waiting for one of the processes"));
  stop.request_stop();
}

TEST_F(WorkerPoolTest, ChangedDefinitionsGetFreshProcesses) {
  WorkerPool pool(Options());
  const pid_t before = ProcessOf(pool);
  pool.DefinitionsChanged();
  EXPECT_TRUE(Ends(before));
  EXPECT_NE(ProcessOf(pool), before);
}

TEST_F(WorkerPoolTest, AMissingInterpreterIsNamed) {
  auto options = Options();
  options.command.command[0] = "/no/such/python";
  WorkerPool pool(options);
  const Error error = Failure(pool, "sizes");
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_THAT(error.message, HasSubstr("/no/such/python"));
}

TEST_F(WorkerPoolTest, AnInterpreterThatCannotBeginSaysWhy) {
  auto options = Options();
  options.command.command = {Python(), "-c", "import no_such_module"};
  WorkerPool pool(options);
  const Error error = Failure(pool, "sizes");
  EXPECT_EQ(error.kind, ErrorKind::kUnavailable);
  EXPECT_THAT(error.message, HasSubstr("ended with 1"));
  EXPECT_THAT(error.message, HasSubstr("No module named 'no_such_module'"));
}

TEST_F(WorkerPoolTest, AProgramThatIsNoWorkerIsRefused) {
  auto options = Options();
  options.command.command = {"sh", "-c", "read line; echo hello; echo more"};
  WorkerPool pool(options);
  EXPECT_THAT(Failure(pool, "sizes").message, HasSubstr("not the JSON that it should be"));
  options.command.command = {"sh", "-c", "read line; echo '{\"ok\": true}'; echo no arrow here"};
  WorkerPool other(options);
  EXPECT_THAT(Failure(other, "sizes").message, Not(HasSubstr("rows")));
}

}  // namespace
}  // namespace neuralake::engine
