#include "neuralake/delta/data/wide_bounds.h"

#include <simdjson.h>

#include "neuralake/columnar/json_text.h"

namespace neuralake::delta {

std::string WithWideBounds(std::string_view stats) {
  namespace json = simdjson::ondemand;
  const simdjson::padded_string padded(stats);
  json::parser parser;
  json::document document;
  json::object object;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return {};
  if (document.get_object().get(object) != simdjson::SUCCESS) return {};
  std::string wide = "{";
  for (auto member : object) {
    std::string_view key;
    std::string_view value;
    if (member.unescaped_key().get(key) != simdjson::SUCCESS) return {};
    if (simdjson::to_json_string(member.value()).get(value) != simdjson::SUCCESS) return {};
    if (key == "tightBounds") continue;
    columnar::AppendJsonString(key, wide);
    wide.append(":").append(value).append(",");
  }
  return wide + R"("tightBounds":false})";
}

}  // namespace neuralake::delta
