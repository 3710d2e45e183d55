#include "neuralake/site/publish.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "neuralake/site/sample_catalog.h"

namespace neuralake::site {
namespace {

namespace fs = std::filesystem;

class Publishing : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "site-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string Bytes(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }

  fs::path folder_;
};

TEST_F(Publishing, WritesEveryFile) {
  const Site site(SampleCatalog(), SampleFacts());
  const Published published = Publish(site, (folder_ / "out").string()).value();
  EXPECT_EQ(published.files, site.Paths().size());
  EXPECT_EQ(Bytes(folder_ / "out/index.html"), site.Render("index.html").value());
}

TEST_F(Publishing, ReplacesAnOlderSiteAndLeavesNothingOfIt) {
  const std::string out = (folder_ / "out").string();
  ASSERT_TRUE(Publish(Site(SampleCatalog(), SampleFacts()), out));
  auto smaller = std::make_shared<catalog::CatalogModel>();
  ASSERT_TRUE(Publish(Site(smaller, {}), out + "/"));
  EXPECT_FALSE(fs::exists(folder_ / "out/tables"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
}

TEST_F(Publishing, RefusesAFolderThatIsNotASite) {
  std::ofstream(folder_ / "thesis.txt") << "years of work";
  const auto published = Publish(Site(SampleCatalog(), SampleFacts()), folder_.string());
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().kind, ErrorKind::kAlreadyExists);
  EXPECT_EQ(Bytes(folder_ / "thesis.txt"), "years of work");
}

TEST_F(Publishing, FailsWhereItMayNotWrite) {
  const auto published = Publish(Site(SampleCatalog(), SampleFacts()), "/proc/nothing/site");
  ASSERT_FALSE(published);
}

}  // namespace
}  // namespace neuralake::site
