#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "neuralake/catalog/build.h"
#include "neuralake/catalog/limits.h"

namespace neuralake::catalog {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> CannotWrite(const fs::path& path, int reason) {
  return Fail(ErrorKind::kUnavailable,
              fmt::format("cannot write {}: {}", path.string(), std::strerror(reason)));
}

/// Write `bytes` to a new file and bring them to the disk.
Status WriteThrough(const fs::path& path, std::string_view bytes) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return CannotWrite(path, errno);
  int failure = 0;
  while (!bytes.empty() && failure == 0) {
    const auto written = write(file, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      failure = errno;
    }
  }
  if (failure == 0 && fsync(file) != 0) failure = errno;
  close(file);
  if (failure != 0) return CannotWrite(path, failure);
  return {};
}

Result<std::string> ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Fail(ErrorKind::kNotFound,
                fmt::format("no {}; run `neuralake catalog build`", path.string()));
  }
  std::error_code failure;
  if (const auto size = fs::file_size(path, failure); !failure && size > kManifestBytesMax) {
    return Fail(ErrorKind::kInvalid, fmt::format("{} has {} bytes; at most {} are read",
                                                 path.string(), size, kManifestBytesMax));
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

std::string ManifestPath(std::string_view project) {
  return (fs::path(project) / ".neuralake/catalog.json").string();
}

Result<bool> StoreManifest(std::string_view project, std::string_view manifest) {
  const fs::path path = ManifestPath(project);
  if (const auto before = ReadFile(path); before && *before == manifest) return false;
  std::error_code failure;
  fs::create_directories(path.parent_path(), failure);
  if (failure) return CannotWrite(path, failure.value());
  // One name a process, so that two builds at once do not write into one file.
  const fs::path fresh = path.string() + fmt::format(".{}", getpid());
  if (auto status = WriteThrough(fresh, manifest); !status) {
    fs::remove(fresh, failure);
    return std::unexpected(std::move(status).error());
  }
  if (std::rename(fresh.c_str(), path.c_str()) != 0) return CannotWrite(path, errno);
  return true;
}

Result<CatalogPtr> ReadManifest(std::string_view project) {
  const std::string path = ManifestPath(project);
  auto model = LoadManifest(TRY(ReadFile(path)), project);
  if (!model) return Annotate(std::move(model).error(), path);
  return model;
}

}  // namespace neuralake::catalog
