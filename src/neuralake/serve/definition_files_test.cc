#include "neuralake/serve/definition_files.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace neuralake::serve {
namespace {

namespace fs = std::filesystem;

class DefinitionFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    char pattern[] = "/tmp/definition-files-XXXXXX";
    folder_ = mkdtemp(pattern);
    Write("lake/__init__.py", "catalog = 1");
    Write("lake/aviation.py", "flights = 1");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) {
    fs::create_directories((fs::path(folder_) / name).parent_path());
    std::ofstream(fs::path(folder_) / name) << text;
  }

  std::string folder_;
};

TEST_F(DefinitionFilesTest, LookTheSameWhileNothingChanges) {
  const DefinitionFiles files(folder_, "lake:catalog");
  EXPECT_EQ(files.Look(), files.Look());
}

TEST_F(DefinitionFilesTest, SeeAChangedANewAndARemovedFile) {
  const DefinitionFiles files(folder_, "lake:catalog");
  const auto before = files.Look();
  Write("lake/aviation.py", "flights = 12");
  const auto changed = files.Look();
  EXPECT_NE(changed, before);
  Write("lake/weather.py", "");
  const auto added = files.Look();
  EXPECT_NE(added, changed);
  fs::remove(fs::path(folder_) / "lake/weather.py");
  EXPECT_EQ(files.Look(), changed);
}

TEST_F(DefinitionFilesTest, WatchWhatABuildImportedAndWhatStandsBesideIt) {
  DefinitionFiles files(folder_, "lake:catalog");
  Write("tables/deep/fleet.py", "planes = 1");
  const auto unknown = files.Look();
  Write("tables/deep/fleet.py", "planes = 12");
  EXPECT_EQ(files.Look(), unknown);
  files.Add({"tables/deep/fleet.py"});
  const auto known = files.Look();
  EXPECT_NE(known, unknown);
  Write("tables/deep/crew.py", "");
  EXPECT_NE(files.Look(), known);
}

TEST_F(DefinitionFilesTest, DoNotLookAtDataOrIntoIt) {
  DefinitionFiles files(folder_, "lake:catalog");
  files.Add({"lake/__init__.py"});
  const auto before = files.Look();
  Write("data/flights/part-1.parquet", "rows");
  Write("lake/notes.txt", "text");
  EXPECT_EQ(files.Look(), before);
}

}  // namespace
}  // namespace neuralake::serve
