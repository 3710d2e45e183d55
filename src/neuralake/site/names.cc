#include "neuralake/site/names.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <xxhash.h>

#include "neuralake/base/uri.h"
#include "neuralake/site/html.h"
#include "neuralake/site/limits.h"

namespace neuralake::site {
namespace {

constexpr std::array<std::string_view, 6> kReserved = {"con", "prn", "aux", "nul", "com1", "lpt1"};

bool IsPlain(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

}  // namespace

std::string FileName(std::string_view name) {
  std::string out;
  for (const char c : name.substr(0, kFileNameBytesMax)) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    out += IsPlain(lower) ? lower : '-';
  }
  const bool reserved = std::ranges::find(kReserved, out) != kReserved.end();
  if (out == name && !out.empty() && !reserved) return out;
  // What was lost comes back as a hash; a plain name has no `-`, so the two kinds never meet.
  return fmt::format("{}-{:016x}", out, XXH3_64bits(name.data(), name.size()));
}

std::string TablePath(std::string_view database, std::string_view table) {
  return fmt::format("tables/{}/{}.html", FileName(database), FileName(table));
}

std::string DatabasePath(std::string_view database) {
  return fmt::format("databases/{}.html", FileName(database));
}

std::string RootFrom(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (c == '/') out += "../";
  }
  return out;
}

std::string ColumnAnchor(std::string_view column) {
  return "column-" + PercentEncode(CleanUtf8(column));
}

}  // namespace neuralake::site
