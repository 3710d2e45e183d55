#include "neuralake/engine/store/store_registry.h"

#include <charconv>

namespace neuralake::engine {
namespace {

// `file:/path` is how Hadoop writes what everyone else writes as `file:///path`.
std::string NormalizeUri(std::string text) {
  if (text.starts_with("file:/") && !text.starts_with("file://")) return text.substr(5);
  return text;
}

bool IsAbsolute(std::string_view path) {
  return path.starts_with('/') || path.find(":/") != std::string_view::npos;
}

}  // namespace

std::uint64_t StoreRegistry::Add(std::shared_ptr<storage::ObjectStore> store) {
  std::string root = store->root().ToString();
  std::lock_guard lock(mutex_);
  const auto found = by_root_.find(root);
  if (found != by_root_.end()) return found->second;
  stores_.push_back(std::move(store));
  const std::uint64_t number = stores_.size();
  by_root_.emplace(std::move(root), number);
  return number;
}

std::string StoreRegistry::Path(std::uint64_t store, std::string_view version,
                                std::string_view key) {
  std::string path(kScheme);
  path += std::to_string(store);
  path += '/';
  path += version;
  path += '/';
  path += key;
  return path;
}

std::string_view StoreRegistry::KeyOf(std::string_view path) {
  if (!path.starts_with(kScheme)) return path;
  const auto store = path.find('/', kScheme.size());
  const auto version = store == std::string_view::npos ? store : path.find('/', store + 1);
  return version == std::string_view::npos ? path : path.substr(version + 1);
}

Result<StoredObject> StoreRegistry::Resolve(std::string_view path) const {
  if (!path.starts_with(kScheme)) {
    return Fail(ErrorKind::kInvalid, "not a path of a registered store: " + std::string(path));
  }
  const std::string_view rest = path.substr(kScheme.size());
  std::uint64_t number = 0;
  const auto [end, code] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  const auto slash = static_cast<std::size_t>(end - rest.data());
  const auto second = rest.find('/', slash + 1);
  if (code != std::errc{} || slash >= rest.size() || rest[slash] != '/' ||
      second == std::string_view::npos) {
    return Fail(ErrorKind::kInvalid, "not a path of a registered store: " + std::string(path));
  }
  std::lock_guard lock(mutex_);
  if (number == 0 || number > stores_.size()) {
    return Fail(ErrorKind::kNotFound, "no store has the number " + std::to_string(number));
  }
  return StoredObject{stores_[number - 1], std::string(rest.substr(second + 1))};
}

Result<StoredObject> StoreRegistry::Locate(const std::shared_ptr<storage::ObjectStore>& table,
                                           std::string_view log_path) {
  std::string path = PercentDecode(log_path);
  if (!IsAbsolute(path)) return StoredObject{table, std::move(path)};
  const Uri file = TRY(Uri::Parse(NormalizeUri(std::move(path))));
  const std::string root = table->root().ToString() + "/";
  const std::string text = file.ToString();
  if (text.starts_with(root)) return StoredObject{table, text.substr(root.size())};
  const auto slash = file.path.rfind('/');
  if (slash == std::string::npos) {
    return Fail(ErrorKind::kCorruption, "the log names a file without a folder: " + text);
  }
  Uri folder = file;
  folder.path.resize(slash);
  if (folder.path.empty() && folder.scheme == "file") folder.path = "/";
  return StoredObject{TRY(Open(folder)), file.path.substr(slash + 1)};
}

Result<std::shared_ptr<storage::ObjectStore>> StoreRegistry::Open(const Uri& root) {
  {
    std::lock_guard lock(mutex_);
    const auto found = by_root_.find(root.ToString());
    if (found != by_root_.end()) return stores_[found->second - 1];
  }
  auto store = TRY(storage::OpenStore(root));
  Add(store);
  return store;
}

}  // namespace neuralake::engine
