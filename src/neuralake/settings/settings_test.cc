#include "neuralake/settings/settings.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace neuralake::settings {
namespace {

using testing::HasSubstr;

class SettingsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "settings.XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name) << text;
  }

  Result<Loaded> LoadWith(std::map<std::string, std::string> environment = {},
                          std::map<std::string, std::string> flags = {}) {
    return Load({folder_, std::move(environment), std::move(flags)});
  }

  std::string folder_;
};

TEST_F(SettingsTest, LaterSourcesWin) {
  Write("neuralake.toml", "[serve]\nport = 1\npg_port = 1\nworkers = 1\nqueue_max = 1\n");
  Write(".env",
        "NEURALAKE_SERVE__PG_PORT=2\nNEURALAKE_SERVE__WORKERS=2\nNEURALAKE_SERVE__QUEUE_MAX=2\n");
  const auto loaded = LoadWith(
      {{"NEURALAKE_SERVE__WORKERS", "3"}, {"NEURALAKE_SERVE__QUEUE_MAX", "3"}, {"PATH", "/bin"}},
      {{"serve.queue_max", "4"}});
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  EXPECT_EQ(loaded->settings.serve.port, 1);
  EXPECT_EQ(loaded->settings.serve.pg_port, 2);
  EXPECT_EQ(loaded->settings.serve.workers, 3);
  EXPECT_EQ(loaded->settings.serve.queue_max, 4);
  EXPECT_EQ(loaded->origins.at("serve.port"), "neuralake.toml:2");
  EXPECT_EQ(loaded->origins.at("serve.workers"), "NEURALAKE_SERVE__WORKERS");
}

TEST_F(SettingsTest, TheEnvironmentPicksItsSection) {
  Write("neuralake.toml", "[serve]\nport = 1\n[production.serve]\nport = 2\n");
  EXPECT_EQ(LoadWith()->settings.serve.port, 1);
  EXPECT_EQ(LoadWith({{"NEURALAKE_ENV", "production"}})->settings.serve.port, 2);
}

TEST_F(SettingsTest, EveryProblemIsReportedAtOnce) {
  Write("neuralake.toml",
        "[serve]\nport = 99999\nsite = \"maybe\"\ncolour = 1\n[compact]\ninterval = \"soon\"\n"
        "[[kafka]]\ntopic = \"t\"\n");
  const auto loaded =
      LoadWith({{"NEURALAKE_INGEST__FLUSH_BYTES", "many"}, {"NEURALAKE_SERVE__HOTS", "::1"}});
  ASSERT_FALSE(loaded.has_value());
  const auto& message = loaded.error().message;
  EXPECT_THAT(
      message,
      HasSubstr("neuralake.toml:2: serve.port = 99999: is out of range; it must be 0..65535"));
  EXPECT_THAT(message,
              HasSubstr("neuralake.toml:3: serve.site = maybe: is neither true nor false"));
  EXPECT_THAT(message, HasSubstr("neuralake.toml:4: serve.colour: no such setting"));
  EXPECT_THAT(message, HasSubstr("NEURALAKE_SERVE__HOTS: serve.hots: no such setting; did you mean "
                                 "serve.host?"));
  EXPECT_THAT(message, HasSubstr("neuralake.toml:6: compact.interval = soon: is not a duration"));
  EXPECT_THAT(message, HasSubstr("NEURALAKE_INGEST__FLUSH_BYTES: ingest.flush_bytes = many"));
  EXPECT_THAT(message, HasSubstr("kafka.brokers: is missing"));
  EXPECT_THAT(message, HasSubstr("kafka.table: is missing"));
}

TEST_F(SettingsTest, ABrokenFileNamesItsLine) {
  Write("neuralake.toml", "[serve]\nport = = 1\n");
  EXPECT_THAT(LoadWith().error().message, HasSubstr("neuralake.toml:2"));
}

TEST_F(SettingsTest, UnitsAreUnderstood) {
  const auto loaded = LoadWith({}, {{"compact.target_bytes", "128MiB"},
                                    {"vacuum.retention", "7d"},
                                    {"ingest.flush_interval", "250ms"}});
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  EXPECT_EQ(loaded->settings.compact.target_bytes, 128LL << 20);
  EXPECT_EQ(loaded->settings.vacuum.retention, std::chrono::hours(168));
  EXPECT_EQ(loaded->settings.ingest.flush_interval, std::chrono::milliseconds(250));
}

TEST_F(SettingsTest, EveryDefaultIsValidAndRoundTrips) {
  const Settings defaults;
  std::map<std::string, std::string> flags;
  for (const auto& row : Rows()) flags[std::string(row.key)] = TextOf(defaults, row.key);
  const auto loaded = LoadWith({}, flags);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  for (const auto& row : Rows()) {
    EXPECT_EQ(TextOf(loaded->settings, row.key), TextOf(defaults, row.key)) << row.key;
    EXPECT_THAT(ReferencePage(), HasSubstr(VariableOf(row.key)));
  }
}

TEST_F(SettingsTest, FindsTheProjectFromBelow) {
  Write("neuralake.toml", "");
  std::filesystem::create_directories(folder_ + "/a/b");
  EXPECT_EQ(*FindProject(folder_ + "/a/b"), std::filesystem::path(folder_).lexically_normal());
  EXPECT_EQ(*FindProject(folder_ + "/a/."), *FindProject(folder_ + "/a"));
  EXPECT_EQ(FindProject("/").error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace neuralake::settings
