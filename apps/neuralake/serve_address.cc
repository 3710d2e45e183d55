#include "serve_address.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace neuralake::app {
namespace {

namespace fs = std::filesystem;

/// `host` as it stands in a URL.
std::string InUrl(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

std::string ServeAddress::Http() const { return fmt::format("http://{}:{}", InUrl(host), port); }

std::string ServeAddress::Postgres() const {
  return fmt::format("postgres://{}:{}/neuralake", InUrl(host), pg_port);
}

Result<std::unique_ptr<PublishedAddress>> PublishedAddress::Write(const std::string& project,
                                                                  const ServeAddress& address) {
  const nlohmann::ordered_json json = {
      {"pid", getpid()},      {"http", address.Http()}, {"postgres", address.Postgres()},
      {"host", address.host}, {"port", address.port},   {"pg_port", address.pg_port}};
  const fs::path path = fs::path(project) / ".neuralake" / "serve.json";
  std::error_code failure;
  fs::create_directories(path.parent_path(), failure);
  const std::string text = json.dump() + "\n";
  const std::string fresh = fmt::format("{}.{}", path.string(), getpid());
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file || std::rename(fresh.c_str(), path.c_str()) != 0) {
    return Fail(ErrorKind::kUnavailable,
                fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)));
  }
  return std::unique_ptr<PublishedAddress>(new PublishedAddress(path.string(), text));
}

void PublishedAddress::Remove() {
  std::error_code failure;
  if (Read(path_) == text_) fs::remove(path_, failure);
}

}  // namespace neuralake::app
