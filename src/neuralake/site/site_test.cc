#include "neuralake/site/site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "neuralake/site/sample_catalog.h"

namespace neuralake::site {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

Site Sample() { return Site(SampleCatalog(), SampleFacts()); }

std::string Page(const std::string& path) { return Sample().Render(path).value(); }

/// The value that a data file assigns.
nlohmann::json Data(const std::string& path) {
  const std::string script = Page(path);
  const std::string_view before = path == "data/catalog.js" ? ".catalog=" : "\"]=";
  const std::size_t first = script.find(before) + before.size();
  return nlohmann::json::parse(script.substr(first, script.rfind(';') - first));
}

TEST(Site, HasAPageForEveryTable) {
  EXPECT_THAT(Sample().Paths(),
              IsSupersetOf({"index.html", "databases/aviation.html", "tables/aviation/flights.html",
                            "tables/aviation/carriers.html", "data/catalog.js", "data/columns-d.js",
                            "assets/site.js", "assets/site.css", "assets/theme.js"}));
}

TEST(Site, RendersEveryPathItNames) {
  const Site site = Sample();
  for (const std::string& path : site.Paths()) EXPECT_TRUE(site.Render(path)) << path;
  EXPECT_EQ(site.Render("tables/aviation/nothing.html").error().kind, ErrorKind::kNotFound);
}

TEST(Site, GivesTheSameBytesTwice) {
  const Site one = Sample();
  const Site two = Sample();
  for (const std::string& path : one.Paths()) {
    EXPECT_EQ(one.Render(path).value(), two.Render(path).value()) << path;
  }
}

TEST(TablePage, ShowsDefinitionAndStatistics) {
  const std::string page = Page("tables/aviation/flights.html");
  EXPECT_THAT(page, HasSubstr("<dt>Rows</dt><dd>336,776</dd>"));
  EXPECT_THAT(page, HasSubstr("<dt>Size</dt><dd>12.3 MB</dd>"));
  EXPECT_THAT(page,
              HasSubstr("how late it left; negative is early<span class=\"unit\">min</span>"));
  EXPECT_THAT(page, HasSubstr("8,255<span class=\"share\">2.5 %</span>"));
  EXPECT_THAT(page, HasSubstr("id=\"column-dep_delay\""));
  EXPECT_THAT(page, HasSubstr("lake/aviation.py:12"));
  EXPECT_THAT(page, HasSubstr("<em>null</em>"));
  EXPECT_THAT(page, HasSubstr("The 2 largest of 12."));
}

TEST(TablePage, MarksBoundsThatMayBeWide) {
  const std::string page = Page("tables/aviation/flights.html");
  EXPECT_THAT(page, HasSubstr("≥ </span><span title=\"9E\">9E"));
  EXPECT_THAT(page, Not(HasSubstr("≥ </span><span title=\"2013\">")));
}

TEST(TablePage, SaysWhyATableCannotBeRead) {
  const std::string page = Page("tables/aviation/old_flights.html");
  EXPECT_THAT(page, HasSubstr("not_found: no file /data/old.csv"));
  EXPECT_THAT(page, HasSubstr("Use aviation.flights."));
}

TEST(Site, LetsNoNameBecomeMarkup) {
  const Site site = Sample();
  for (const std::string& path : site.Paths()) {
    if (!path.ends_with(".html")) continue;
    const std::string page = site.Render(path).value();
    EXPECT_THAT(page, Not(HasSubstr("<script>alert"))) << path;
    EXPECT_THAT(page, Not(HasSubstr("<img"))) << path;
    EXPECT_THAT(page, Not(HasSubstr("<b>bold"))) << path;
    EXPECT_THAT(page, Not(HasSubstr("\xFF"))) << path;
  }
}

TEST(Site, LinksOnlyWithinItself) {
  const Site site = Sample();
  for (const std::string& path : site.Paths()) {
    if (!path.ends_with(".html")) continue;
    const std::string page = site.Render(path).value();
    for (const char* start : {"href=\"/", "src=\"/", "href=\"http", "src=\"http", "src=\"//"}) {
      EXPECT_THAT(page, Not(HasSubstr(start))) << path;
    }
  }
}

TEST(SearchData, ListsTables) {
  const nlohmann::json catalog = Data("data/catalog.js");
  EXPECT_EQ(catalog["format"], 1);
  ASSERT_EQ(catalog["tables"].size(), 4U);
  EXPECT_EQ(catalog["tables"][1]["name"], "flights");
  EXPECT_EQ(catalog["tables"][1]["rows"], 336'776);
  EXPECT_EQ(catalog["tables"][1]["page"], "tables/aviation/flights.html");
  EXPECT_EQ(catalog["tables"][2]["unreadable"], true);
  EXPECT_EQ(catalog["tables"][3]["database"], 1);
}

TEST(SearchData, PutsAColumnIntoTheShardOfEachOfItsWords) {
  const nlohmann::json columns = Data("data/columns-d.js");
  ASSERT_EQ(columns.size(), 1U);
  EXPECT_EQ(columns[0]["name"], "dep_delay");
  EXPECT_EQ(columns[0]["tables"], nlohmann::json::array({1}));
  EXPECT_THAT(Page("data/columns-l.js"), HasSubstr("place.lat"));
  EXPECT_THAT(Page("data/columns-p.js"), HasSubstr("place.lat"));
}

TEST(Site, KnowsMediaTypes) {
  EXPECT_EQ(Site::MediaType(""), "text/html; charset=utf-8");
  EXPECT_EQ(Site::MediaType("assets/site.js"), "text/javascript; charset=utf-8");
}

}  // namespace
}  // namespace neuralake::site
