#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "neuralake/base/error.h"

namespace neuralake::app {

/// Where a server listens.
struct ServeAddress {
  std::string host;
  std::uint16_t port = 0;
  std::uint16_t pg_port = 0;

  std::string Http() const;      ///< `http://127.0.0.1:8080`
  std::string Postgres() const;  ///< `postgres://127.0.0.1:5433/neuralake`
};

/// `.neuralake/serve.json` of a project: where its running server listens, for programs. A server
/// that ends removes it; one that was killed leaves it, and its `pid` is then no process.
class PublishedAddress {
 public:
  /// \errors kUnavailable  the folder cannot be written
  static Result<std::unique_ptr<PublishedAddress>> Write(const std::string& project,
                                                         const ServeAddress& address);
  ~PublishedAddress() { Remove(); }
  PublishedAddress(const PublishedAddress&) = delete;
  PublishedAddress& operator=(const PublishedAddress&) = delete;

  /// Remove the file unless another server has put its own there.
  void Remove();

 private:
  PublishedAddress(std::string path, std::string text)
      : path_(std::move(path)), text_(std::move(text)) {}

  const std::string path_;
  const std::string text_;
};

}  // namespace neuralake::app
