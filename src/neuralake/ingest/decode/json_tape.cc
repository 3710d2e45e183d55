#include "neuralake/ingest/decode/json_tape.h"

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

#include "neuralake/columnar/json_text.h"
#include "neuralake/ingest/limits.h"

namespace neuralake::ingest {

namespace {

using ErrorCode = boost::json::error_code;
using Text = boost::json::string_view;

}  // namespace

/// What the parser calls, in the order of the text.
struct JsonTape::Handler {
  static constexpr std::size_t max_object_size = SIZE_MAX;
  static constexpr std::size_t max_array_size = SIZE_MAX;
  static constexpr std::size_t max_key_size = SIZE_MAX;
  static constexpr std::size_t max_string_size = SIZE_MAX;

  JsonTape& tape;
  std::size_t text_begin = 0;

  bool Put(JsonKind kind) {
    const auto at = static_cast<std::uint32_t>(text_begin);
    const auto size = static_cast<std::uint32_t>(tape.text_.size() - text_begin);
    const auto end = static_cast<std::uint32_t>(tape.nodes_.size() + 1);
    tape.nodes_.push_back({kind, end, at, size});
    text_begin = tape.text_.size();
    return true;
  }
  bool Part(Text text) {
    tape.text_.append(text.data(), text.size());
    return true;
  }
  bool Open(JsonKind kind) {
    tape.open_.push_back(static_cast<std::uint32_t>(tape.nodes_.size()));
    return Put(kind);
  }
  bool Close() {
    tape.nodes_[tape.open_.back()].end = static_cast<std::uint32_t>(tape.nodes_.size());
    tape.open_.pop_back();
    return true;
  }

  // The names that Boost.JSON asks for.
  bool on_document_begin(ErrorCode&) { return true; }
  bool on_document_end(ErrorCode&) { return true; }
  bool on_array_begin(ErrorCode&) { return Open(JsonKind::kArray); }
  bool on_array_end(std::size_t, ErrorCode&) { return Close(); }
  bool on_object_begin(ErrorCode&) { return Open(JsonKind::kObject); }
  bool on_object_end(std::size_t, ErrorCode&) { return Close(); }
  bool on_string_part(Text text, std::size_t, ErrorCode&) { return Part(text); }
  bool on_string(Text text, std::size_t, ErrorCode&) {
    return Part(text) && Put(JsonKind::kString);
  }
  bool on_key_part(Text text, std::size_t, ErrorCode&) { return Part(text); }
  bool on_key(Text text, std::size_t, ErrorCode&) { return Part(text) && Put(JsonKind::kString); }
  bool on_number_part(Text text, ErrorCode&) { return Part(text); }
  bool on_int64(std::int64_t, Text text, ErrorCode&) {
    return Part(text) && Put(JsonKind::kNumber);
  }
  bool on_uint64(std::uint64_t, Text text, ErrorCode&) {
    return Part(text) && Put(JsonKind::kNumber);
  }
  bool on_double(double, Text text, ErrorCode&) { return Part(text) && Put(JsonKind::kNumber); }
  bool on_bool(bool value, ErrorCode&) { return Put(value ? JsonKind::kTrue : JsonKind::kFalse); }
  bool on_null(ErrorCode&) { return Put(JsonKind::kNull); }
  bool on_comment_part(Text, ErrorCode&) { return true; }
  bool on_comment(Text, ErrorCode&) { return true; }
};

struct JsonTape::Parser {
  explicit Parser(JsonTape& tape) : parser({.max_depth = kJsonDepthMax}, Handler{.tape = tape}) {}
  boost::json::basic_parser<Handler> parser;
};

JsonTape::JsonTape() : parser_(std::make_unique<Parser>(*this)) {}

JsonTape::~JsonTape() = default;

Status JsonTape::Parse(std::string_view text) {
  nodes_.clear();
  text_.clear();
  open_.clear();
  auto& parser = parser_->parser;
  parser.reset();
  parser.handler().text_begin = 0;
  ErrorCode code;
  auto read = parser.write_some(false, text.data(), text.size(), code);
  std::string message = code.message();
  if (!code) {
    read = std::min(text.find_first_not_of(" \t\r\n", read), text.size());
    if (read == text.size()) return {};
    message = "something follows the value";
  }
  auto error = Fail(ErrorKind::kInvalid, fmt::format("not JSON at byte {}: {}", read, message));
  error.error().position = static_cast<std::int64_t>(read);
  return error;
}

JsonValue JsonTape::root() const { return JsonValue(*this, 0); }

void JsonValue::AppendTo(std::string& out) const {
  switch (kind()) {
    case JsonKind::kNull:
      out += "null";
      return;
    case JsonKind::kTrue:
      out += "true";
      return;
    case JsonKind::kFalse:
      out += "false";
      return;
    case JsonKind::kNumber:
      out += text();
      return;
    case JsonKind::kString:
      columnar::AppendJsonString(text(), out);
      return;
    case JsonKind::kArray:
    case JsonKind::kObject:
      break;
  }
  const bool array = kind() == JsonKind::kArray;
  auto before = array ? "[" : "{";
  const auto next = [&] {
    out += before;
    before = ",";
  };
  if (array) {
    (void)ForEachElement([&](JsonValue element) {
      next();
      element.AppendTo(out);
      return Status{};
    });
  } else {
    (void)ForEachMember([&](std::string_view name, JsonValue member) {
      next();
      columnar::AppendJsonString(name, out);
      out += ':';
      member.AppendTo(out);
      return Status{};
    });
  }
  if (*before != ',') out += before;
  out += array ? "]" : "}";
}

std::string JsonValue::ToString() const {
  std::string out;
  AppendTo(out);
  return out;
}

}  // namespace neuralake::ingest
