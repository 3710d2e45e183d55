#include "neuralake/site/publish.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace neuralake::site {
namespace {

namespace fs = std::filesystem;

/// What only a site of ours has.
constexpr std::string_view kProof = "data/catalog.js";

std::unexpected<Error> FileError(int code, std::string_view what, const fs::path& path) {
  ErrorKind kind = ErrorKind::kUnavailable;
  if (code == EACCES || code == EPERM || code == EROFS) kind = ErrorKind::kPermissionDenied;
  if (code == ENOSPC || code == EDQUOT) kind = ErrorKind::kResourceExhausted;
  return Fail(kind, fmt::format("{} {}: {}", what, path.string(), std::strerror(code)));
}

Status CheckReplaceable(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder, error) || fs::exists(folder / kProof, error)) return {};
  if (fs::is_directory(folder, error) && fs::is_empty(folder, error)) return {};
  return Fail(ErrorKind::kAlreadyExists,
              fmt::format("{} is not a site: choose another folder or empty it", folder.string()));
}

Status WriteFile(const fs::path& path, const std::string& bytes) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) return FileError(error.value(), "cannot make", path.parent_path());
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return FileError(errno == 0 ? EIO : errno, "cannot write", path);
  return {};
}

/// Put `fresh` where `folder` is and remove what was there.
Status Swap(const fs::path& fresh, const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) {
    fs::rename(fresh, folder, error);
    if (error) return FileError(error.value(), "cannot rename to", folder);
    return {};
  }
  if (renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, folder.c_str(), RENAME_EXCHANGE) != 0) {
    return FileError(errno, "cannot exchange", folder);
  }
  fs::remove_all(fresh, error);
  return {};
}

Result<Published> WriteAll(const Site& site, const fs::path& folder) {
  Published published;
  for (const std::string& path : site.Paths()) {
    const std::string bytes = TRY(site.Render(path));
    TRY(WriteFile(folder / path, bytes));
    ++published.files;
    published.bytes += bytes.size();
  }
  return published;
}

}  // namespace

Result<Published> Publish(const Site& site, const std::string& folder) {
  std::error_code error;
  const fs::path target = fs::absolute(fs::path(folder), error).lexically_normal();
  const fs::path place = target.has_filename() ? target : target.parent_path();
  TRY(CheckReplaceable(place));
  // Beside the target, so that the exchange stays within one file system.
  const fs::path fresh = place.string() + fmt::format(".{}.new", getpid());
  Result<Published> published = WriteAll(site, fresh);
  if (published) {
    if (Status swapped = Swap(fresh, place); !swapped) published = std::unexpected(swapped.error());
  }
  if (!published) fs::remove_all(fresh, error);
  return published;
}

}  // namespace neuralake::site
