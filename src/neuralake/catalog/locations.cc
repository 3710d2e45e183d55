#include "neuralake/catalog/locations.h"

#include <array>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "neuralake/base/uri.h"
#include "neuralake/base/words.h"

namespace neuralake::catalog {
namespace {

constexpr std::array<std::string_view, 3> kSchemes = {"file", "s3", "s3a"};

bool HasScheme(std::string_view uri) { return uri.find("://") != std::string_view::npos; }

std::optional<std::string> SchemeProblem(std::string_view scheme) {
  for (const auto known : kSchemes) {
    if (scheme == known) return std::nullopt;
  }
  const auto nearest = Nearest(scheme, kSchemes);
  return fmt::format("unknown scheme {}:// in uri; {}", scheme,
                     nearest ? fmt::format("did you mean {}://?", *nearest)
                             : "use a path, file://, s3:// or s3a://");
}

}  // namespace

std::optional<std::string> LocationProblem(std::string_view uri) {
  if (uri.empty()) return "uri is empty";
  if (uri.find('\0') != std::string_view::npos) return "uri holds a zero byte";
  const auto colon = uri.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view rest = uri.substr(colon + 3);
  if (rest.substr(0, rest.find('/')).find('@') != std::string_view::npos) {
    return "uri holds credentials; take them out and set AWS_ACCESS_KEY_ID and its like";
  }
  if (rest.find('?') != std::string_view::npos || rest.find('#') != std::string_view::npos) {
    return "uri holds a query or a fragment; a table is at a plain prefix";
  }
  if (auto problem = SchemeProblem(uri.substr(0, colon))) return problem;
  const auto parsed = Uri::Parse(uri);
  if (!parsed) return parsed.error().message;
  return std::nullopt;
}

std::string PortableLocation(std::string_view uri) {
  if (HasScheme(uri)) {
    const auto parsed = Uri::Parse(uri);
    return parsed ? parsed->ToString() : std::string(uri);
  }
  if (uri.starts_with("file:/")) uri.remove_prefix(5);
  std::string path = std::filesystem::path(uri).lexically_normal().generic_string();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

std::string ResolvedLocation(std::string_view uri, std::string_view project) {
  if (uri.empty() || project.empty() || HasScheme(uri) || uri.starts_with('/')) {
    return std::string(uri);
  }
  return PortableLocation((std::filesystem::path(project) / uri).string());
}

}  // namespace neuralake::catalog
