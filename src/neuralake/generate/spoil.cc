#include "neuralake/generate/spoil.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace neuralake::generate {
namespace {

using Json = nlohmann::ordered_json;
using columnar::TypeId;

/// Whether no reader takes the text `nonsense` for a value of `type`.
bool RefusesText(const columnar::DataType& type) {
  switch (type.id) {
    case TypeId::kString:
    case TypeId::kBinary:
    case TypeId::kVariant:
    case TypeId::kVoid:
      return false;
    default:
      return true;
  }
}

}  // namespace

Result<Spoiler> Spoiler::Make(const columnar::Schema& schema, double share, std::uint64_t seed) {
  if (!(share >= 0 && share <= 1)) {
    return Fail(ErrorKind::kInvalid, fmt::format("share of bad rows {}: 0 to 1", share));
  }
  return Spoiler(schema, share, seed);
}

Spoiler::Spoiler(const columnar::Schema& schema, double share, std::uint64_t seed)
    : share_(share), choice_(seed, "spoil"), kind_(seed, "spoil kind") {
  for (const auto& field : schema.fields) {
    if (RefusesText(field.type)) typed_.push_back(field.name);
    if (!field.nullable) required_.push_back(field.name);
  }
}

Status Spoiler::Spoil(std::string_view lines, std::string& out) {
  while (!lines.empty()) {
    const auto end = std::min(lines.find('\n'), lines.size() - 1);
    const auto line = lines.substr(0, end + 1);
    if (choice_.Chance(line_, share_)) {
      TRY(Break(line, out));
    } else {
      out += line;
    }
    ++line_;
    lines.remove_prefix(end + 1);
  }
  return {};
}

Status Spoiler::Break(std::string_view line, std::string& out) {
  auto kind = kind_.Between(line_, 0, 2);
  if (kind == 0 && typed_.empty()) kind = 2;
  if (kind == 1 && required_.empty()) kind = 2;
  if (kind == 2) {
    // Within the object, so that what is left is not a shorter but valid one.
    out += line.substr(0, line.size() / 2);
    out += '\n';
    ++damage_.broken_json;
    return {};
  }
  auto json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Fail(ErrorKind::kInternal, "a line to spoil is no JSON object");
  const auto pick = [&](const std::vector<std::string>& names) -> const std::string& {
    return names[static_cast<std::size_t>(kind_.Bits(line_) >> 32) % names.size()];
  };
  if (kind == 0) {
    json[pick(typed_)] = "nonsense";
    ++damage_.wrong_type;
  } else {
    json.erase(pick(required_));
    ++damage_.missing_field;
  }
  out += json.dump();
  out += '\n';
  return {};
}

}  // namespace neuralake::generate
