#include "neuralake/catalog/fields.h"

#include <utility>

#include <fmt/format.h>

#include "neuralake/catalog/limits.h"

namespace neuralake::catalog {
namespace {

/// What `value` is, in the words of the person who wrote it in Python.
std::string ShapeOf(const Json& value) {
  if (value.is_object() && value.size() == 1 && value.contains("$python")) {
    const Json& type = value["$python"];
    return type.is_string() ? "a " + type.get<std::string>() : "an object";
  }
  switch (value.type()) {
    case Json::value_t::null:
      return "None";
    case Json::value_t::boolean:
      return value.get<bool>() ? "True" : "False";
    case Json::value_t::string:
      return "the text '" + value.get<std::string>().substr(0, 40) + "'";
    case Json::value_t::array:
      return "a list";
    case Json::value_t::object:
      return "a dictionary";
    default:
      return "the number " + value.dump();
  }
}

}  // namespace

Fields::Fields(const Json& object, const SourcePlace& place, std::string subject,
               std::vector<Problem>& problems)
    : object_(object),
      place_(PlaceOf(object, place)),
      subject_(std::move(subject)),
      problems_(problems) {
  if (!object.is_object()) Report("found " + ShapeOf(object) + " where an object belongs");
}

const Json* Fields::Find(const char* key) const {
  if (!object_.is_object()) return nullptr;
  const auto found = object_.find(key);
  return found == object_.end() ? nullptr : &*found;
}

void Fields::ReportShape(const char* key, std::string_view wanted, const Json& found) {
  Report(fmt::format("{} must be {}, not {}", key, wanted, ShapeOf(found)));
}

std::string Fields::Text(const char* key, std::string_view fallback) {
  const Json* found = Find(key);
  if (found == nullptr) return std::string(fallback);
  if (!found->is_string()) {
    ReportShape(key, "a text", *found);
    return std::string(fallback);
  }
  auto text = found->get<std::string>();
  if (text.size() > kTextBytesMax) {
    Report(fmt::format("{} has {} bytes; at most {} are allowed", key, text.size(), kTextBytesMax));
  }
  return text;
}

std::optional<std::string> Fields::OptionalText(const char* key) {
  const Json* found = Find(key);
  if (found == nullptr || found->is_null()) return std::nullopt;
  if (!found->is_string()) {
    ReportShape(key, "a text or None", *found);
    return std::nullopt;
  }
  return Text(key);
}

bool Fields::Flag(const char* key, bool fallback) {
  const Json* found = Find(key);
  if (found == nullptr) return fallback;
  if (!found->is_boolean()) {
    ReportShape(key, "True or False", *found);
    return fallback;
  }
  return found->get<bool>();
}

std::vector<std::string> Fields::Texts(const char* key) {
  std::vector<std::string> texts;
  const Json* found = Find(key);
  if (found != nullptr && !found->is_array()) ReportShape(key, "a list of texts", *found);
  if (found == nullptr || !found->is_array()) return texts;
  for (const Json& item : *found) {
    if (item.is_string()) {
      texts.push_back(item.get<std::string>());
    } else {
      ReportShape(key, "a list of texts", item);
    }
  }
  return texts;
}

std::map<std::string, std::string, std::less<>> Fields::TextMap(const char* key) {
  std::map<std::string, std::string, std::less<>> texts;
  const Json& object = Object(key);
  for (const auto& [name, value] : object.items()) {
    if (value.is_string()) {
      texts[name] = value.get<std::string>();
    } else {
      Report(fmt::format("{}['{}'] must be a text, not {}", key, name, ShapeOf(value)));
    }
  }
  return texts;
}

const Json& Fields::List(const char* key) {
  const Json* found = Find(key);
  static const Json empty = Json::array();
  if (found == nullptr) return empty;
  if (!found->is_array()) {
    ReportShape(key, "a list", *found);
    return empty;
  }
  return *found;
}

const Json& Fields::Object(const char* key) {
  const Json* found = Find(key);
  static const Json empty = Json::object();
  if (found == nullptr) return empty;
  if (!found->is_object() || found->contains("$python")) {
    ReportShape(key, "a dictionary", *found);
    return empty;
  }
  return *found;
}

SourcePlace Fields::PlaceOf(const Json& object, const SourcePlace& otherwise) {
  if (!object.is_object()) return otherwise;
  const auto place = object.find("place");
  if (place == object.end() || !place->is_object()) return otherwise;
  const auto file = place->find("file");
  const auto line = place->find("line");
  if (file == place->end() || !file->is_string()) return otherwise;
  const bool numbered = line != place->end() && line->is_number_integer();
  return {file->get<std::string>(), numbered ? line->get<int>() : 0};
}

void Fields::Report(std::string message, Severity severity) {
  problems_.push_back({place_, subject_, std::move(message), severity});
}

}  // namespace neuralake::catalog
