#include "neuralake/verify/json.h"

#include "neuralake/verify/limits.h"

namespace neuralake::verify {

bool IsShallow(std::string_view text) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '{' || c == '[')) {
      if (++depth > kJsonDepthMax) return false;
    } else if (!quoted && (c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return true;
}

Json ParseJson(std::string_view text) {
  if (!IsShallow(text)) return Json(nlohmann::json::value_t::discarded);
  return Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
}

Json WithoutNulls(const Json& json) {
  if (json.is_array()) {
    Json out = Json::array();
    for (const Json& item : json) out.push_back(WithoutNulls(item));
    return out;
  }
  if (!json.is_object()) return json;
  Json out = Json::object();
  for (const auto& [name, member] : json.items()) {
    if (!member.is_null()) out[name] = WithoutNulls(member);
  }
  return out;
}

Texts TextsOf(const Json& object, std::string_view name) {
  Texts texts;
  const Json* map = Member(object, name);
  if (map == nullptr || !map->is_object()) return texts;
  for (const auto& [key, value] : map->items()) {
    texts.emplace(key, value.is_string() ? std::optional(value.get<std::string>()) : std::nullopt);
  }
  return texts;
}

}  // namespace neuralake::verify
