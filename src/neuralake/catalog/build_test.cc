#include "neuralake/catalog/build.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/settings/settings.h"

namespace neuralake::catalog {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;
using std::chrono::seconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// Definitions in `lake.py`, read with the environment two folders above the programs of a build.
class BuildCatalogTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / (std::string("build_catalog_") + test->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    const auto root = fs::read_symlink("/proc/self/exe").parent_path().parent_path().parent_path();
    python_ = (root.parent_path() / ".venv/bin/python").string();
  }
  void TearDown() override { fs::remove_all(folder_); }

  Result<Build> Read(const std::string& definitions,
                     const Deadline& deadline = Deadline::After(seconds(120))) const {
    std::ofstream(folder_ / "lake.py") << definitions;
    return BuildCatalog({folder_.string(), "lake:catalog", python_, settings::ProcessEnvironment()},
                        deadline);
  }
  std::string Beginning() const { return "importing lake:catalog with " + python_; }

  fs::path folder_;
  std::string python_;
};

TEST_F(BuildCatalogTest, AnImportPastItsTimeSaysWhereItWas) {
  FakeClock clock;
  std::jthread later([&](const std::stop_token& stop) {
    while (!stop.stop_requested() && !fs::exists(folder_ / "begun")) std::this_thread::yield();
    clock.Advance(hours(2));
  });
  const auto build = Read(
      "import pathlib, threading\n"
      "def wait():\n"
      "    threading.Event().wait()\n"
      "pathlib.Path('begun').touch()\n"
      "wait()\n",
      Deadline::After(hours(1), {}, clock));
  ASSERT_FALSE(build);
  EXPECT_EQ(build.error().kind, ErrorKind::kDeadlineExceeded);
  EXPECT_EQ(build.error().message,
            Beginning() + " ran out of time after 7200 s and was ended at lake.py:3");
}

TEST_F(BuildCatalogTest, AStopEndsAnImport) {
  std::stop_source stop;
  std::jthread later([&](const std::stop_token& end) {
    while (!end.stop_requested() && !fs::exists(folder_ / "begun")) std::this_thread::yield();
    stop.request_stop();
  });
  const auto build = Read(
      "import pathlib\n"
      "pathlib.Path('begun').touch()\n"
      "while True: pass\n",
      Deadline::Never(stop.get_token()));
  ASSERT_FALSE(build);
  EXPECT_EQ(build.error().kind, ErrorKind::kCancelled);
  EXPECT_THAT(build.error().message, EndsWith(" was cancelled at lake.py:3"));
}

TEST_F(BuildCatalogTest, ACrashSaysWhereItWas) {
  const auto build = Read("import ctypes\nprint('careful')\nctypes.string_at(0)\n");
  ASSERT_FALSE(build);
  EXPECT_EQ(build.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(build.error().message, Beginning() + " was ended by signal 11 at lake.py:3: careful");
}

TEST_F(BuildCatalogTest, DefinitionsThatEndTheProcessSayWhere) {
  const auto build = Read("import os\nprint('good-bye')\nos._exit(3)\n");
  ASSERT_FALSE(build);
  EXPECT_EQ(build.error().message,
            Beginning() + " ended the process with 3 at lake.py:3: good-bye");
}

TEST_F(BuildCatalogTest, AProcessThatIsKilledSaysItsLastWords) {
  const auto build =
      Read("import os, sys\nprint('so long', file=sys.stderr)\nos.kill(os.getpid(), 9)\n");
  ASSERT_FALSE(build);
  EXPECT_EQ(build.error().message, Beginning() + " was ended by signal 9: so long");
}

TEST_F(BuildCatalogTest, AChildOfAnImportMayEndAsItLikes) {
  const auto build = Read(
      "import os\n"
      "child = os.fork()\n"
      "if child == 0: os._exit(3)\n"
      "os.waitpid(child, 0)\n"
      "from neuralake import Catalog, CsvTable, ModuleDatabase\n"
      "names = CsvTable('names.csv')\n"
      "catalog = Catalog({'shop': ModuleDatabase('lake')})\n");
  ASSERT_TRUE(build) << build.error().message;
  EXPECT_THAT(build->log, testing::Not(HasSubstr("most recent call")));
  EXPECT_NE(build->model, nullptr) << FormatProblem(build->problems.at(0));
}

TEST_F(BuildCatalogTest, AnInterpreterWithoutThePackageSaysWhatIsMissing) {
  python_ = "/usr/bin/false";
  EXPECT_THAT(Read("").error().message, StartsWith(Beginning() + " ended the process with 1"));
}

}  // namespace
}  // namespace neuralake::catalog
