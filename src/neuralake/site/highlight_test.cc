#include "neuralake/site/highlight.h"

#include <gtest/gtest.h>

namespace neuralake::site {
namespace {

std::string Highlight(SnippetLanguage language, std::string_view code) {
  HtmlWriter html;
  WriteHighlighted(html, language, code);
  return std::move(html).Finish();
}

TEST(Highlight, MarksWordsStringsAndNumbers) {
  EXPECT_EQ(Highlight(SnippetLanguage::kSql, "SELECT a FROM t LIMIT 10;"),
            "<span class=\"k\">SELECT</span> a <span class=\"k\">FROM</span> t "
            "<span class=\"k\">LIMIT</span> <span class=\"n\">10</span>;");
  EXPECT_EQ(Highlight(SnippetLanguage::kPython, R"(f("a\"b"))"),
            R"x(f(<span class="s">&quot;a\&quot;b&quot;</span>))x");
}

TEST(Highlight, SurvivesAnOpenString) {
  EXPECT_EQ(Highlight(SnippetLanguage::kPython, "\"\\"), "<span class=\"s\">&quot;\\</span>");
}

TEST(Highlight, EscapesWhatItMarks) {
  EXPECT_EQ(Highlight(SnippetLanguage::kShell, "'<b>' <i>"),
            "<span class=\"s\">'&lt;b&gt;'</span> &lt;i&gt;");
}

}  // namespace
}  // namespace neuralake::site
