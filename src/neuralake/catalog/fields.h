#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "neuralake/catalog/model.h"

namespace neuralake::catalog {

using Json = nlohmann::json;

/// Reads the fields of one JSON object; a field of the wrong shape becomes a problem and its
/// fallback, so that reading goes on and all problems are found together.
class Fields {
 public:
  /// \param object    anything; when it is not an object every field is absent
  /// \param problems  borrowed
  Fields(const Json& object, const SourcePlace& place, std::string subject,
         std::vector<Problem>& problems);

  std::string Text(const char* key, std::string_view fallback = "");
  std::optional<std::string> OptionalText(const char* key);
  bool Flag(const char* key, bool fallback);
  std::vector<std::string> Texts(const char* key);
  std::map<std::string, std::string, std::less<>> TextMap(const char* key);

  /// The array at `key`, or an empty one.
  const Json& List(const char* key);
  /// The object at `key`, or an empty one.
  const Json& Object(const char* key);

  /// The `place` field; the given one when it is absent.
  static SourcePlace PlaceOf(const Json& object, const SourcePlace& otherwise);

  void Report(std::string message, Severity severity = Severity::kError);

  const SourcePlace& place() const { return place_; }
  const std::string& subject() const { return subject_; }

 private:
  const Json* Find(const char* key) const;
  void ReportShape(const char* key, std::string_view wanted, const Json& found);

  const Json& object_;
  SourcePlace place_;
  std::string subject_;
  std::vector<Problem>& problems_;
};

}  // namespace neuralake::catalog
