#include "neuralake/storage/object_store.h"

#include <iterator>
#include <utility>

#include "neuralake/storage/limits.h"

namespace neuralake::storage {
namespace {

Status CheckPart(std::string_view part, std::string_view key) {
  if (part.empty() || part == "." || part == "..") {
    return Fail(ErrorKind::kInvalid, "key " + std::string(key) + " has an empty, . or .. part");
  }
  if (part.starts_with(kDraftPrefix)) {
    return Fail(ErrorKind::kInvalid, "key " + std::string(key) +
                                         " has a part that begins with the reserved " +
                                         std::string(kDraftPrefix));
  }
  return {};
}

}  // namespace

Status CheckKey(std::string_view key) {
  if (key.empty()) return Fail(ErrorKind::kInvalid, "an empty text is not a key");
  if (key.size() > kKeyBytesMax) {
    return Fail(ErrorKind::kInvalid, "a key of " + std::to_string(key.size()) +
                                         " bytes is too long, the limit is " +
                                         std::to_string(kKeyBytesMax));
  }
  if (key.find('\0') != std::string_view::npos) {
    return Fail(ErrorKind::kInvalid, "a key must not hold a zero byte");
  }
  std::string_view rest = key;
  while (true) {
    const auto slash = rest.find('/');
    TRY(CheckPart(rest.substr(0, slash), key));
    if (slash == std::string_view::npos) return {};
    rest.remove_prefix(slash + 1);
  }
}

Status CheckListRequest(const ListRequest& request) {
  if (request.keys_max == 0 || request.keys_max > kListKeysMax) {
    return Fail(ErrorKind::kInvalid, "a page of " + std::to_string(request.keys_max) +
                                         " keys is outside 1.." + std::to_string(kListKeysMax));
  }
  const auto slash = request.prefix.rfind('/');
  if (slash == std::string::npos) return {};
  return CheckKey(std::string_view(request.prefix).substr(0, slash));
}

Result<std::vector<ObjectInfo>> ListAll(ObjectStore& store, ListRequest request,
                                        const Deadline& deadline) {
  request.keys_max = kListKeysMax;
  std::vector<ObjectInfo> all;
  do {
    ListPage page = TRY(store.List(request, deadline));
    if (all.empty()) {
      all = std::move(page.objects);
    } else {
      std::move(page.objects.begin(), page.objects.end(), std::back_inserter(all));
    }
    request.continuation = std::move(page.next);
  } while (!request.continuation.empty());
  return all;
}

}  // namespace neuralake::storage
