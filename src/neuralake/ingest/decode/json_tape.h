#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"

namespace neuralake::ingest {

enum class JsonKind : std::uint8_t { kNull, kTrue, kFalse, kNumber, kString, kArray, kObject };

class JsonValue;

/// A JSON text, parsed and checked as a whole, with every number as it was written: a number type
/// would lose the digits of decimals.
///
/// Values lie one behind the other in the order of the text. Parsing again reuses the memory.
/// \threads one thread at a time
class JsonTape {
 public:
  JsonTape();
  ~JsonTape();

  /// Take in `text`, which may go afterwards.
  /// \errors kInvalid  not JSON, or nested deeper than `kJsonDepthMax`; with the offset
  /// \source RFC 8259
  Status Parse(std::string_view text);

  /// The value of the last `Parse` that succeeded.
  JsonValue root() const;

 private:
  friend class JsonValue;
  struct Handler;
  struct Parser;

  struct Node {
    JsonKind kind = JsonKind::kNull;
    std::uint32_t end = 0;  ///< The node behind this one and all inside it.
    std::uint32_t at = 0;   ///< Where its text begins in `text_`.
    std::uint32_t size = 0;
  };

  std::vector<Node> nodes_;
  std::string text_;
  std::vector<std::uint32_t> open_;
  std::unique_ptr<Parser> parser_;
};

/// One value on a tape. Valid until the tape parses again.
class JsonValue {
 public:
  JsonKind kind() const { return node().kind; }

  /// Of a string its characters, of a number its digits as written; else empty.
  std::string_view text() const {
    return std::string_view(tape_->text_).substr(node().at, node().size);
  }

  /// Call `visit(JsonValue)` for each element of an array until one fails.
  template <class Visit>
  Status ForEachElement(const Visit& visit) const {
    for (auto at = at_ + 1; at < node().end; at = tape_->nodes_[at].end) {
      auto status = visit(JsonValue(*tape_, at));
      if (!status.has_value()) return status;
    }
    return {};
  }

  /// Call `visit(std::string_view name, JsonValue)` for each member of an object until one fails.
  template <class Visit>
  Status ForEachMember(const Visit& visit) const {
    for (auto at = at_ + 1; at < node().end; at = tape_->nodes_[at + 1].end) {
      auto status = visit(JsonValue(*tape_, at).text(), JsonValue(*tape_, at + 1));
      if (!status.has_value()) return status;
    }
    return {};
  }

  /// Append the value as JSON text without blanks.
  void AppendTo(std::string& out) const;
  std::string ToString() const;

 private:
  friend class JsonTape;
  JsonValue(const JsonTape& tape, std::uint32_t at) : tape_(&tape), at_(at) {}
  const JsonTape::Node& node() const { return tape_->nodes_[at_]; }

  const JsonTape* tape_;
  std::uint32_t at_;
};

}  // namespace neuralake::ingest
