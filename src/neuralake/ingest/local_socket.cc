#include "neuralake/ingest/local_socket.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <stop_token>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "neuralake/ingest/limits.h"

namespace neuralake::ingest {

namespace {

std::unexpected<Error> SystemError(std::string_view what, std::string_view path, int code = errno) {
  return Fail(ErrorKind::kUnavailable, fmt::format("{} {}: {}", what, path, std::strerror(code)));
}

/// The address of a socket file. The kernel takes 107 characters, so the file is named in its open
/// folder: a project may lie as deep as it likes.
struct Address {
  sockaddr_un name{};
  storage::FileDescriptor folder;
};

Result<Address> AddressOf(const std::string& path) {
  const auto slash = path.rfind('/');
  const auto folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const auto file = slash == std::string::npos ? path : path.substr(slash + 1);
  Address address;
  address.folder =
      storage::FileDescriptor(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (address.folder.get() < 0) return SystemError("cannot open", folder);
  const auto text = fmt::format("/proc/self/fd/{}/{}", address.folder.get(), file);
  if (file.empty() || text.size() >= sizeof(address.name.sun_path)) {
    return Fail(ErrorKind::kInvalid, "no socket can be named " + path);
  }
  address.name.sun_family = AF_UNIX;
  text.copy(address.name.sun_path, text.size());
  return address;
}

/// Wait until `fd` is ready for `events`, or the deadline ends.
Status Await(int fd, short events, const Deadline& deadline) {
  for (;;) {
    TRY(deadline.Check("talking to the ingest process"));
    const auto left = std::min<Duration>(deadline.Left(), std::chrono::hours(1));
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    pollfd waiting{fd, events, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(ms));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return SystemError("cannot wait for", "a socket");
  }
}

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

/// Ends waiting on a socket when a stop is requested.
auto EndOnStop(const Deadline& deadline, int fd) {
  return std::stop_callback(deadline.stop(), [fd] { ::shutdown(fd, SHUT_RDWR); });
}

}  // namespace

Result<LocalSocket> LocalSocket::Connect(const std::string& path) {
  const auto address = TRY(AddressOf(path));
  storage::FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.get() < 0) return SystemError("cannot make a socket for", path);
  const auto* name = reinterpret_cast<const sockaddr*>(&address.name);
  if (::connect(fd.get(), name, sizeof(address.name)) != 0) {
    return SystemError("cannot reach the ingest process at", path);
  }
  return LocalSocket(std::move(fd));
}

Status LocalSocket::Send(std::span<const std::string_view> parts, const Deadline& deadline) {
  const auto end_on_stop = EndOnStop(deadline, fd_.get());
  std::uint32_t size = 0;
  for (const auto part : parts) size += static_cast<std::uint32_t>(part.size());
  std::vector<iovec> vectors = {{&size, sizeof(size)}};
  for (const auto part : parts) vectors.push_back({const_cast<char*>(part.data()), part.size()});
  std::span<iovec> left = vectors;
  while (!left.empty()) {
    msghdr message{};
    message.msg_iov = left.data();
    message.msg_iovlen = left.size();
    const auto sent = ::sendmsg(fd_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      if (!WouldBlock()) return SystemError("cannot send to", "the ingest process");
      TRY(Await(fd_.get(), POLLOUT, deadline));
      continue;
    }
    auto done = static_cast<std::size_t>(sent);
    while (!left.empty() && done >= left.front().iov_len) {
      done -= left.front().iov_len;
      left = left.subspan(1);
    }
    if (done > 0) {
      left.front().iov_base = static_cast<char*>(left.front().iov_base) + done;
      left.front().iov_len -= done;
    }
  }
  return {};
}

Status LocalSocket::ReceiveAll(char* bytes, std::size_t size, bool first,
                               const Deadline& deadline) {
  std::size_t have = 0;
  while (have < size) {
    const auto got = ::recv(fd_.get(), bytes + have, size - have, MSG_DONTWAIT);
    if (got > 0) {
      have += static_cast<std::size_t>(got);
    } else if (got == 0) {
      TRY(deadline.Check("waiting for an answer"));
      if (first && have == 0) return Fail(ErrorKind::kNotFound, "the connection was closed");
      return Fail(ErrorKind::kCorruption, "the connection broke off inside a frame");
    } else if (WouldBlock()) {
      TRY(Await(fd_.get(), POLLIN, deadline));
    } else {
      return SystemError("cannot receive from", "the ingest process");
    }
  }
  return {};
}

Status LocalSocket::Receive(std::string& frame, const Deadline& deadline) {
  const auto end_on_stop = EndOnStop(deadline, fd_.get());
  std::uint32_t size = 0;
  TRY(ReceiveAll(reinterpret_cast<char*>(&size), sizeof(size), true, deadline));
  if (size > kFrameBytesMax) {
    return Fail(ErrorKind::kCorruption,
                fmt::format("a frame of {} bytes; at most {} are taken", size, kFrameBytesMax));
  }
  frame.resize(size);
  return ReceiveAll(frame.data(), size, false, deadline);
}

void LocalSocket::StopReading() { ::shutdown(fd_.get(), SHUT_RD); }

Result<storage::FileDescriptor> ListenLocal(const std::string& path) {
  const auto address = TRY(AddressOf(path));
  storage::FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd.get() < 0) return SystemError("cannot make a socket for", path);
  // Before it is bound: the file gets the mode of the socket.
  if (::fchmod(fd.get(), 0600) != 0) return SystemError("cannot protect", path);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return SystemError("cannot replace", path);
  const auto* name = reinterpret_cast<const sockaddr*>(&address.name);
  if (::bind(fd.get(), name, sizeof(address.name)) != 0 || ::listen(fd.get(), 128) != 0) {
    return SystemError("cannot listen at", path);
  }
  return fd;
}

}  // namespace neuralake::ingest
