#include "neuralake/verify/data/file_place.h"

#include "neuralake/verify/finding.h"

namespace neuralake::verify {
namespace {

bool IsAbsolute(const std::string& name) {
  if (name.starts_with("/")) return true;
  const auto colon = name.find(':');
  if (colon == std::string::npos || colon == 0) return false;
  return name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.") == colon &&
         name.compare(colon, 2, ":/") == 0;
}

/// `file:/a` as `file:///a`, which is the form that `Uri` reads.
std::string WithAuthority(const std::string& name) {
  const auto colon = name.find(":/");
  if (colon == std::string::npos || name.compare(colon, 3, "://") == 0) return name;
  return name.substr(0, colon) + "://" + name.substr(colon + 1);
}

}  // namespace

Result<FilePlace> FilePlaces::Find(const std::string& name) {
  if (!IsAbsolute(name)) {
    TRY(storage::CheckKey(name));
    return FilePlace{table_, name, true};
  }
  std::string whole = WithAuthority(name);
  const auto slash = whole.rfind('/');
  const std::string folder = whole.substr(0, slash);
  auto uri = Uri::Parse(folder.empty() ? "/" : folder);
  if (!uri) return Fail(ErrorKind::kUnsupported, "no store for " + Quoted(name));
  const std::string key = whole.substr(slash + 1);
  TRY(storage::CheckKey(key));
  std::lock_guard lock(mutex_);
  auto& store = others_[folder];
  if (!store) {
    auto opened = storage::OpenStore(*uri);
    if (!opened) return Fail(ErrorKind::kUnsupported, opened.error().message);
    store = *std::move(opened);
  }
  return FilePlace{store, key, false};
}

}  // namespace neuralake::verify
