#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/clock.h"

namespace neuralake::serve {

/// What a file looks like from outside: another one, or another content, has another stamp.
struct FileStamp {
  std::int64_t modified_ns = 0;  ///< Since 1970.
  std::int64_t bytes = 0;
  std::uint64_t number = 0;  ///< Of the inode; 0 when there is no such file.

  auto operator<=>(const FileStamp&) const = default;
  bool exists() const { return number != 0; }
};

FileStamp StampOf(const std::string& path);

/// The files that definitions come from, and what they look like now: enough to see that the
/// definitions may have changed, without running them.
///
/// Watched are the sources that the last builds imported, every Python file beside one of them (so
/// that a module that was missing is noticed when it comes), and before the first build the
/// modules at the top of the project.
/// \threads one thread at a time
class DefinitionFiles {
 public:
  /// \param project  the folder of `neuralake.toml`
  /// \param module   `lake:catalog`
  DefinitionFiles(std::string project, std::string_view module);

  /// Add files that a build imported, relative to the project. Older ones stay: a build that fails
  /// early knows only some.
  void Add(const std::vector<std::string>& sources);

  using Stamps = std::map<std::string, FileStamp>;

  /// Every watched file by its path; equal when nothing changed.
  Stamps Look() const;

 private:
  const std::string project_;
  std::set<std::string> folders_;  // relative to the project; empty is the project itself
  std::set<std::string> files_;
};

}  // namespace neuralake::serve
