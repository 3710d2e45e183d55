#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace neuralake::site {

/// `name="value"` of an element. The value is escaped when written; the name is ours.
struct Attribute {
  std::string_view name;
  std::string_view value;
};

/// Writes an HTML document element by element. All text and attribute values are escaped here and
/// nowhere else, so that no name or description can become markup.
///
/// \threads one thread at a time
class HtmlWriter {
 public:
  using Attributes = std::initializer_list<Attribute>;

  /// Begin `<tag …>`; `Close` ends the innermost one.
  HtmlWriter& Open(std::string_view tag, Attributes attributes = {});
  HtmlWriter& Close();

  /// An element without content: `meta`, `link`, `input`.
  HtmlWriter& Void(std::string_view tag, Attributes attributes = {});

  /// `<tag …>text</tag>`.
  HtmlWriter& Element(std::string_view tag, Attributes attributes, std::string_view text);

  /// Text content. What is not UTF-8 or must not stand in HTML becomes U+FFFD.
  HtmlWriter& Text(std::string_view text);

  /// Markup that was written in this program's source or by another `HtmlWriter`.
  HtmlWriter& Trusted(std::string_view markup);

  /// The document. Every opened element must have been closed.
  std::string Finish() &&;

 private:
  void Begin(std::string_view tag, Attributes attributes);

  std::string out_;
  std::vector<std::string> open_;
};

/// `text` as valid UTF-8 without control characters but tab and line feed; each broken byte and
/// each forbidden character becomes U+FFFD.
std::string CleanUtf8(std::string_view text);

}  // namespace neuralake::site
