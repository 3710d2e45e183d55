#include "neuralake/site/highlight.h"

#include <algorithm>
#include <span>

namespace neuralake::site {
namespace {

constexpr std::string_view kPythonWords[] = {"from", "import", "print", "for",  "in",
                                             "None", "True",   "False", "with", "as"};
constexpr std::string_view kSqlWords[] = {"SELECT", "FROM", "WHERE", "LIMIT", "AND", "ORDER", "BY"};
constexpr std::string_view kShellWords[] = {"curl", "psql", "neuralake"};

struct Rules {
  std::span<const std::string_view> words;
  char comment;             ///< Begins a comment to the end of the line, where a word could begin.
  std::string_view quotes;  ///< Each ends at the next of its kind.
  bool backslash;           ///< Whether `\` in a string escapes what follows.
};

Rules RulesOf(SnippetLanguage language) {
  switch (language) {
    case SnippetLanguage::kPython:
      return {kPythonWords, '#', "\"'", true};
    case SnippetLanguage::kSql:
      return {kSqlWords, '\0', "\"'", false};
    case SnippetLanguage::kShell:
      return {kShellWords, '#', "\"'", false};
  }
  return {};
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsDigit(c) || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::size_t StringEnd(std::string_view code, bool backslash) {
  std::size_t i = 1;
  while (i < code.size() && code[i] != code[0]) {
    i += backslash && code[i] == '\\' ? 2 : 1;
  }
  return std::min(i + 1, code.size());
}

struct Token {
  std::size_t length;
  std::string_view css_class;  ///< Empty for plain text.
};

Token Next(std::string_view code, const Rules& rules) {
  const char first = code.front();
  if (rules.quotes.find(first) != std::string_view::npos) {
    return {StringEnd(code, rules.backslash), "s"};
  }
  if (first == rules.comment) return {std::min(code.find('\n'), code.size()), "c"};
  if (!IsWord(first)) return {1, ""};
  const auto end = std::ranges::find_if_not(code, IsWord);
  const std::string_view word = code.substr(0, static_cast<std::size_t>(end - code.begin()));
  if (std::ranges::all_of(word, IsDigit)) return {word.size(), "n"};
  const bool known = std::ranges::find(rules.words, word) != rules.words.end();
  return {word.size(), known ? "k" : ""};
}

}  // namespace

void WriteHighlighted(HtmlWriter& html, SnippetLanguage language, std::string_view code) {
  const Rules rules = RulesOf(language);
  while (!code.empty()) {
    const Token token = Next(code, rules);
    const std::string_view text = code.substr(0, token.length);
    if (token.css_class.empty()) {
      html.Text(text);
    } else {
      html.Element("span", {{"class", token.css_class}}, text);
    }
    code.remove_prefix(token.length);
  }
}

}  // namespace neuralake::site
