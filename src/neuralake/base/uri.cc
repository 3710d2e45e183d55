#include "neuralake/base/uri.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>

namespace neuralake {
namespace {

constexpr std::array<std::string_view, 4> kSchemes = {"file", "s3", "s3a", "memory"};

std::optional<int> HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::string_view TrimSlashes(std::string_view text) {
  while (text.starts_with('/')) text.remove_prefix(1);
  while (text.ends_with('/')) text.remove_suffix(1);
  return text;
}

Result<Uri> LocalUri(std::string_view path) {
  std::error_code failure;
  auto absolute = std::filesystem::absolute(std::filesystem::path(path), failure);
  if (failure) return Fail(ErrorKind::kInvalid, "cannot resolve path " + std::string(path));
  std::string text = absolute.lexically_normal().string();
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return Uri{"file", "", text};
}

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

Result<Uri> Uri::Parse(std::string_view text) {
  if (text.empty()) return Fail(ErrorKind::kInvalid, "an empty text is not a location");
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) {
    return LocalUri(text.starts_with("file:/") ? text.substr(5) : text);
  }
  const std::string_view scheme = text.substr(0, colon);
  std::string_view rest = text.substr(colon + 3);
  bool known = false;
  for (const auto name : kSchemes) known = known || name == scheme;
  if (!known) {
    return Fail(ErrorKind::kInvalid, "unknown scheme " + std::string(scheme) + " in " +
                                         std::string(text) +
                                         "; use a path, file://, s3:// or s3a://");
  }
  if (scheme == "file") {
    if (!rest.starts_with('/')) {
      return Fail(ErrorKind::kInvalid, "a file URI needs an absolute path: " + std::string(text));
    }
    return LocalUri(PercentDecode(rest));
  }
  const auto slash = rest.find('/');
  const std::string_view authority = rest.substr(0, slash);
  if (authority.empty()) {
    return Fail(ErrorKind::kInvalid, "no bucket in " + std::string(text));
  }
  if (authority.find('@') != std::string_view::npos) {
    return Fail(ErrorKind::kInvalid,
                "credentials do not belong into a URI; set AWS_ACCESS_KEY_ID and its like");
  }
  const std::string_view path = slash == std::string_view::npos ? "" : rest.substr(slash);
  return Uri{std::string(scheme), std::string(authority), std::string(TrimSlashes(path))};
}

std::string Uri::ToString() const {
  if (scheme == "file") return path;
  std::string text = scheme + "://" + authority;
  if (!path.empty()) text += "/" + path;
  return text;
}

Uri Uri::Join(std::string_view name) const {
  Uri joined = *this;
  if (!joined.path.empty() && !joined.path.ends_with('/')) joined.path += '/';
  joined.path += name;
  return joined;
}

std::string PercentDecode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto high = HexDigit(text[i + 1]);
      const auto low = HexDigit(text[i + 2]);
      if (high && low) {
        out += static_cast<char>(*high * 16 + *low);
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

std::string PercentEncode(std::string_view text, std::string_view keep) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (IsUnreserved(c) || keep.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<std::uint8_t>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

}  // namespace neuralake
