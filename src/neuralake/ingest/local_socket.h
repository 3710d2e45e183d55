#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/storage/posix_file.h"

namespace neuralake::ingest {

/// One end of a connection on a Unix socket, carrying frames: a length of four bytes, little
/// endian, and that many bytes.
///
/// \threads one thread at a time; `StopReading` from any
class LocalSocket {
 public:
  explicit LocalSocket(storage::FileDescriptor fd) : fd_(std::move(fd)) {}

  /// \errors kUnavailable  nobody listens at `path`
  static Result<LocalSocket> Connect(const std::string& path);

  /// Send `parts`, one after the other, as one frame. After an error the other side does not have
  /// the whole frame, and never will.
  /// \errors kUnavailable       the other side is gone
  ///         kDeadlineExceeded, kCancelled
  Status Send(std::span<const std::string_view> parts, const Deadline& deadline);

  /// Receive one frame into `frame`.
  /// \errors kNotFound          the other side closed, and no frame had begun
  ///         kUnavailable       it closed without having read all that was sent to it
  ///         kCorruption        a frame breaks off, or is longer than `kFrameBytesMax`
  ///         kDeadlineExceeded, kCancelled
  Status Receive(std::string& frame, const Deadline& deadline);

  /// Take nothing more in: what the other side sends from now on fails there, what it has sent is
  /// still read, and frames can still be sent.
  void StopReading();

 private:
  Status ReceiveAll(char* bytes, std::size_t size, bool first, const Deadline& deadline);

  storage::FileDescriptor fd_;
};

/// Listen at `path`, in place of whoever listened there before. Only the same user can connect.
/// \errors kUnavailable  the folder is not there or cannot be written
Result<storage::FileDescriptor> ListenLocal(const std::string& path);

}  // namespace neuralake::ingest
