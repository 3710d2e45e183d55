#include "neuralake/serve/http/static_files.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace neuralake::serve {
namespace {

namespace fs = std::filesystem;

class StaticFilesTest : public testing::Test {
 protected:
  StaticFilesTest() {
    base_ = fs::path(testing::TempDir()) /
            testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(base_);
    fs::create_directories(base_ / "site/tables");
    Write("site/index.html", "<p>home");
    Write("site/tables/a.js", "js");
    Write("site/.hidden", "hidden");
    Write("secret.txt", "secret");
  }
  ~StaticFilesTest() override { fs::remove_all(base_); }

  void Write(const std::string& name, std::string_view text) {
    std::ofstream(base_ / name) << text;
  }
  HttpResponse Get(const std::vector<std::string>& segments, std::string_view tag = "") {
    return ServeFile((base_ / "site").string(), segments, tag, "r");
  }

  fs::path base_;
};

TEST_F(StaticFilesTest, GivesFilesWithTheirTypes) {
  EXPECT_EQ(Get({}).body, "<p>home");
  EXPECT_EQ(Get({}).content_type, "text/html; charset=utf-8");
  EXPECT_EQ(Get({"tables", "a.js"}).body, "js");
}

TEST_F(StaticFilesTest, NeverLeavesItsFolder) {
  fs::create_symlink(base_ / "secret.txt", base_ / "site/link.txt");
  fs::create_directory_symlink(base_, base_ / "site/up");
  for (const std::vector<std::string>& segments :
       std::vector<std::vector<std::string>>{{".."},
                                             {"..", "secret.txt"},
                                             {"tables", "..", "..", "secret.txt"},
                                             {"../secret.txt"},
                                             {"..\\secret.txt"},
                                             {"link.txt"},
                                             {"up", "secret.txt"},
                                             {".hidden"},
                                             {"tables"},
                                             {"nope.html"}}) {
    EXPECT_EQ(Get(segments).status, 404) << segments.back();
  }
}

TEST_F(StaticFilesTest, AnswersWhatIsUnchangedWith304) {
  const HttpResponse first = Get({});
  const std::string tag = first.headers.back().second;
  EXPECT_EQ(Get({}, tag).status, 304);
  EXPECT_EQ(Get({}, tag).body, "");
  Write("site/index.html", "<p>longer");
  EXPECT_EQ(Get({}, tag).status, 200);
}

}  // namespace
}  // namespace neuralake::serve
