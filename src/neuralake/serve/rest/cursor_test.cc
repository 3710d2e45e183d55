#include "neuralake/serve/rest/cursor.h"

#include <gtest/gtest.h>

namespace neuralake::serve {
namespace {

TEST(Cursor, ComesBackAsItWas) {
  const Cursor offset{"abc", std::nullopt, 1000, {}};
  EXPECT_EQ(ParseCursor(FormatCursor(offset)).value(), offset);
  const Cursor keyset{"f", 7, 20, {"a\"b", "", "ä"}};
  EXPECT_EQ(ParseCursor(FormatCursor(keyset)).value(), keyset);
}

TEST(Cursor, IsOneWordOfAUrl) {
  const std::string text = FormatCursor({"~~~???", 7, 20, {"\xff\xfe\xfd"}});
  EXPECT_EQ(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                   "0123456789-_"),
            std::string::npos);
}

TEST(Cursor, RefusesOneWithAnyOtherLetter) {
  const std::string text = FormatCursor({"f", 7, 20, {"b"}});
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string other = text;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(ParseCursor(other)) << i;
  }
  EXPECT_FALSE(ParseCursor(text.substr(0, text.size() - 1)));
  EXPECT_FALSE(ParseCursor(text + "A"));
}

TEST(Cursor, RefusesWhatItDidNotMake) {
  EXPECT_FALSE(ParseCursor(""));
  EXPECT_FALSE(ParseCursor("!!"));
  EXPECT_FALSE(ParseCursor("e30"));                     // {}
  EXPECT_FALSE(ParseCursor("eyJmIjoiYSIsIm8iOi0xfQ"));  // a negative offset
  EXPECT_FALSE(ParseCursor(std::string(9000, 'a')));
}

}  // namespace
}  // namespace neuralake::serve
