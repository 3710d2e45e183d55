#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"

namespace neuralake::ingest {

/// One file of a log folder.
///
/// \threads one writer at a time; `Read` from any thread beside it
class LogFile {
 public:
  virtual ~LogFile() = default;

  /// Put `parts`, one after the other, at `offset`.
  /// \errors as `storage::FailErrno`
  virtual Status Write(std::uint64_t offset, std::span<const std::string_view> parts) = 0;

  /// Make all that was written durable. After an error nothing is known of it.
  /// \errors kUnavailable  somebody removed the file; others as `storage::FailErrno`
  virtual Status Sync() = 0;

  /// `length` bytes from `offset`; fewer at the end of the file.
  virtual Result<std::string> Read(std::uint64_t offset, std::uint64_t length) = 0;
};

/// The local folder that holds a log: the disk side of the `Log` seam, with what a log needs of a
/// disk and nothing more. Tests lose power or fill the disk behind it.
///
/// \threads safe from any thread
class LogFolder {
 public:
  /// The file that a process holds the folder by.
  static constexpr std::string_view kLockName = "lock";

  virtual ~LogFolder() = default;

  /// Open the folder `path`, making it durably when it is not there, and hold it against other
  /// processes.
  /// \errors kAlreadyExists  another process holds it
  static Result<std::unique_ptr<LogFolder>> Open(const std::string& path);

  /// All file names, in byte order.
  virtual Result<std::vector<std::string>> List() = 0;

  /// Make `name`, replacing what is there, with `size` bytes of space behind it, zero and synced,
  /// so that writing into it later neither runs out of disk nor waits for the file system's
  /// journal. After an error it is not there.
  virtual Result<std::unique_ptr<LogFile>> Create(std::string_view name, std::uint64_t size) = 0;

  /// Open a file that is there.
  virtual Result<std::unique_ptr<LogFile>> OpenFile(std::string_view name) = 0;

  /// Its size in bytes.
  virtual Result<std::uint64_t> Size(std::string_view name) = 0;

  /// Give a file another name, durably, replacing what has it. After an error it may have either.
  virtual Status Rename(std::string_view from, std::string_view to) = 0;

  /// Remove a file, durably; no error when it is not there.
  virtual Status Remove(std::string_view name) = 0;

  /// Make the names of all files durable, also those that an earlier process gave.
  virtual Status Sync() = 0;

  /// Make a small file with these bytes in one durable step.
  virtual Status Put(std::string_view name, std::string_view bytes);
};

}  // namespace neuralake::ingest
