#include "neuralake/serve/http/static_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <fmt/format.h>

#include "neuralake/serve/limits.h"

namespace neuralake::serve {
namespace {

namespace fs = std::filesystem;

struct MediaType {
  std::string_view extension;
  std::string_view type;
};

constexpr std::array kTypes = {
    MediaType{".html", "text/html; charset=utf-8"},
    MediaType{".css", "text/css; charset=utf-8"},
    MediaType{".js", "text/javascript; charset=utf-8"},
    MediaType{".json", "application/json"},
    MediaType{".svg", "image/svg+xml"},
    MediaType{".png", "image/png"},
    MediaType{".ico", "image/x-icon"},
    MediaType{".txt", "text/plain; charset=utf-8"},
    MediaType{".woff2", "font/woff2"},
};

std::string TypeOf(const fs::path& path) {
  const auto found = std::ranges::find(kTypes, path.extension().string(), &MediaType::extension);
  return std::string(found == kTypes.end() ? "application/octet-stream" : found->type);
}

bool IsSafe(const std::string& segment) {
  return !segment.empty() && segment.front() != '.' &&
         segment.find_first_of("/\\") == std::string::npos;
}

bool IsInside(const fs::path& root, const fs::path& path) {
  return std::mismatch(root.begin(), root.end(), path.begin(), path.end()).first == root.end();
}

HttpResponse NotFound(std::string_view request_id) {
  return ErrorResponse({ErrorKind::kNotFound, "no such page", {}, -1}, request_id);
}

/// The canonical path of a regular file below `folder`; empty when there is none.
fs::path Find(const std::string& folder, const std::vector<std::string>& segments) {
  std::error_code failure;
  const fs::path root = fs::canonical(folder, failure);
  if (failure || !std::ranges::all_of(segments, IsSafe)) return {};
  fs::path path = root;
  for (const std::string& segment : segments) path /= segment;
  if (fs::is_directory(path, failure)) path /= "index.html";
  path = fs::canonical(path, failure);
  if (failure || !IsInside(root, path) || !fs::is_regular_file(path, failure)) return {};
  return path;
}

}  // namespace

HttpResponse ServeFile(const std::string& folder, const std::vector<std::string>& segments,
                       std::string_view if_none_match, std::string_view request_id) {
  const fs::path path = Find(folder, segments);
  if (path.empty()) return NotFound(request_id);
  std::error_code failure;
  const std::uintmax_t size = fs::file_size(path, failure);
  const auto changed = fs::last_write_time(path, failure).time_since_epoch().count();
  if (failure || size > kStaticFileBytesMax) return NotFound(request_id);
  HttpResponse response;
  response.content_type = TypeOf(path);
  std::string tag = fmt::format("\"{:x}-{:x}\"", changed, size);
  response.headers.emplace_back("Cache-Control", "no-cache");
  if (if_none_match == tag) {
    response.status = 304;
  } else {
    std::ifstream file(path, std::ios::binary);
    response.body.resize(size);
    file.read(response.body.data(), static_cast<std::streamsize>(size));
    // A file that was replaced meanwhile is shorter or longer; its next request gets it whole.
    response.body.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  }
  response.headers.emplace_back("ETag", std::move(tag));
  return response;
}

}  // namespace neuralake::serve
