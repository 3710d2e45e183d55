#include "neuralake/serve/rest/cursor.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "neuralake/columnar/json_text.h"
#include "neuralake/serve/limits.h"

namespace neuralake::serve {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::size_t kFingerprintBytes = 16;

// RFC 4648, section 5, without padding.
std::string Base64Url(std::string_view bytes) {
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    held += 8;
    while (held >= 6) out.push_back(kDigits[bits >> (held -= 6) & 63]);
  }
  if (held > 0) out.push_back(kDigits[bits << (6 - held) & 63]);
  return out;
}

// Texts that were not made by `Base64Url` are none, even if they say the same.
std::optional<std::string> FromBase64Url(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const auto digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held >= 8) out.push_back(static_cast<char>(bits >> (held -= 8) & 255));
  }
  const bool rest = held >= 6 || (bits & ((1U << held) - 1)) != 0;
  if (rest) return std::nullopt;
  return out;
}

std::unexpected<Error> NotACursor() {
  return Fail(ErrorKind::kInvalid, "cursor is not one that this server gave as `next`");
}

Result<Cursor> FromJson(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(json).get(object) != simdjson::SUCCESS) return NotACursor();
  Cursor cursor;
  std::string_view fingerprint;
  if (object["f"].get(fingerprint) != simdjson::SUCCESS ||
      object["o"].get(cursor.offset) != simdjson::SUCCESS) {
    return NotACursor();
  }
  cursor.fingerprint = fingerprint;
  std::int64_t version = 0;
  if (object["v"].get(version) == simdjson::SUCCESS) cursor.version = version;
  simdjson::dom::array after;
  if (object["a"].get(after) == simdjson::SUCCESS) {
    for (const auto item : after) {
      std::string_view text;
      if (item.get(text) != simdjson::SUCCESS) return NotACursor();
      cursor.after.emplace_back(text);
    }
  }
  return cursor;
}

}  // namespace

// FNV-1a.
std::string Fingerprint(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return fmt::format("{:016x}", hash);
}

std::string FormatCursor(const Cursor& cursor) {
  std::string json = R"({"f":)" + columnar::JsonString(cursor.fingerprint);
  json += fmt::format(R"(,"o":{})", cursor.offset);
  if (cursor.version) json += fmt::format(R"(,"v":{})", *cursor.version);
  if (!cursor.after.empty()) {
    json += R"(,"a":)";
    char separator = '[';
    for (const std::string& text : cursor.after) {
      json.push_back(separator);
      columnar::AppendJsonString(text, json);
      separator = ',';
    }
    json.push_back(']');
  }
  json.push_back('}');
  return Base64Url(Fingerprint(json) + json);
}

Result<Cursor> ParseCursor(std::string_view text) {
  if (text.size() > kCursorBytesMax) return NotACursor();
  const auto signed_json = FromBase64Url(text);
  if (!signed_json || signed_json->size() < kFingerprintBytes) return NotACursor();
  // A slip of the pen is told as one, and not as a version that is not there or a wrong value.
  const auto json = std::string_view(*signed_json).substr(kFingerprintBytes);
  if (!signed_json->starts_with(Fingerprint(json))) return NotACursor();
  return FromJson(json);
}

}  // namespace neuralake::serve
