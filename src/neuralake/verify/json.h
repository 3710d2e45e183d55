#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace neuralake::verify {

using Json = nlohmann::json;

/// Texts by name; a null is no text.
using Texts = std::map<std::string, std::optional<std::string>>;

/// Whether `text` opens at most `kJsonDepthMax` objects and lists within each other. What walks a
/// document needs as much stack as it is deep.
bool IsShallow(std::string_view text);

/// Parse `text`; a discarded value when it is no JSON, or nested too deep. Never throws.
Json ParseJson(std::string_view text);

/// The member `name` of `object`; null when there is none, or it is null.
inline const Json* Member(const Json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

inline std::optional<std::int64_t> IntegerOf(const Json& object, std::string_view name) {
  const Json* member = Member(object, name);
  if (member == nullptr || !member->is_number_integer()) return std::nullopt;
  if (member->is_number_unsigned() && member->get<std::uint64_t>() > INT64_MAX) return std::nullopt;
  return member->get<std::int64_t>();
}

/// The text of member `name`; empty when there is none.
inline std::string TextOf(const Json& object, std::string_view name) {
  const Json* member = Member(object, name);
  return member != nullptr && member->is_string() ? member->get<std::string>() : std::string();
}

/// Print `json` without ever failing on what is no UTF-8.
inline std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// `json` without its members that are null, at any depth.
Json WithoutNulls(const Json& json);

Texts TextsOf(const Json& object, std::string_view name);

}  // namespace neuralake::verify
