#include <algorithm>
#include <optional>
#include <string_view>

#include "neuralake/base/uri.h"
#include "neuralake/site/facts/storage_facts.h"

namespace neuralake::site {
namespace {

/// Names that begin with `_` or `.` are not data: logs, drafts, markers.
bool IsHidden(std::string_view key) {
  std::size_t start = 0;
  while (start < key.size()) {
    if (key[start] == '_' || key[start] == '.') return true;
    const std::size_t slash = key.find('/', start);
    if (slash == std::string_view::npos) break;
    start = slash + 1;
  }
  return false;
}

/// The file at `uri`, if it is one.
Result<std::optional<TableFiles>> AsFile(const Uri& uri, const Deadline& deadline) {
  const std::size_t slash = uri.path.rfind('/');
  const std::string name = slash == std::string::npos ? uri.path : uri.path.substr(slash + 1);
  if (name.empty()) return std::optional<TableFiles>();
  Uri parent = uri;
  parent.path = slash == std::string::npos ? "" : uri.path.substr(0, slash);
  if (parent.path.empty() && uri.scheme == "file") parent.path = "/";
  TableFiles files{TRY(storage::OpenStore(parent)), {}};
  Result<storage::ObjectInfo> found = files.store->Head(name, deadline);
  if (!found) {
    // A folder, which the listing will tell.
    return std::optional<TableFiles>();
  }
  files.objects.push_back(std::move(*found));
  return std::optional(std::move(files));
}

}  // namespace

Result<TableFiles> FindFiles(const catalog::TableModel& table, const Deadline& deadline) {
  const Uri uri = TRY(Uri::Parse(table.uri));
  if (std::optional<TableFiles> file = TRY(AsFile(uri, deadline))) return std::move(*file);
  TableFiles files{TRY(storage::OpenStore(uri)), {}};
  files.objects = TRY(storage::ListAll(*files.store, {}, deadline));
  std::erase_if(files.objects, [&](const storage::ObjectInfo& object) {
    const bool wanted =
        table.kind != catalog::TableKind::kParquet || object.key.ends_with(".parquet");
    return IsHidden(object.key) || object.size == 0 || !wanted;
  });
  if (files.objects.empty()) {
    return Fail(ErrorKind::kNotFound, "no data files at " + uri.ToString());
  }
  return files;
}

TableFacts CsvFacts(const TableFiles& files) {
  TableFacts facts;
  facts.files = static_cast<std::int64_t>(files.objects.size());
  facts.bytes = 0;
  facts.updated = WallTime{};
  for (const storage::ObjectInfo& object : files.objects) {
    *facts.bytes += static_cast<std::int64_t>(object.size);
    facts.updated = std::max(*facts.updated, object.modified);
  }
  return facts;
}

}  // namespace neuralake::site
