#include "neuralake/site/html.h"

#include <gtest/gtest.h>

namespace neuralake::site {
namespace {

TEST(HtmlWriter, NestsElements) {
  HtmlWriter html;
  html.Open("p", {{"class", "note"}}).Text("see ").Element("b", {}, "this").Close();
  EXPECT_EQ(std::move(html).Finish(), R"(<p class="note">see <b>this</b></p>)");
}

TEST(HtmlWriter, EscapesTextAndAttributes) {
  HtmlWriter html;
  html.Element("a", {{"title", R"("><script>)"}}, "<script>alert('&')</script>");
  EXPECT_EQ(
      std::move(html).Finish(),
      "<a title=\"&quot;&gt;&lt;script&gt;\">&lt;script&gt;alert('&amp;')&lt;/script&gt;</a>");
}

TEST(HtmlWriter, WritesAnEmptyAttributeByItsNameAlone) {
  HtmlWriter html;
  html.Void("input", {{"disabled", ""}});
  EXPECT_EQ(std::move(html).Finish(), "<input disabled>");
}

TEST(CleanUtf8, KeepsEveryScript) {
  EXPECT_EQ(CleanUtf8("Flüge 航班 ✈ 🛩\n\t"), "Flüge 航班 ✈ 🛩\n\t");
}

TEST(CleanUtf8, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(CleanUtf8("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(CleanUtf8("\xC3"), "\xEF\xBF\xBD");
  EXPECT_EQ(CleanUtf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // a surrogate
  EXPECT_EQ(CleanUtf8("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");                  // overlong
}

TEST(CleanUtf8, ReplacesControlCharacters) {
  EXPECT_EQ(CleanUtf8(std::string_view("a\0b\x1B"
                                       "c\xC2\x9B",
                                       7)),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD"
            "c\xEF\xBF\xBD");
}

}  // namespace
}  // namespace neuralake::site
