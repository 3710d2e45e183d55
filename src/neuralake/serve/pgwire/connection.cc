#include "neuralake/serve/pgwire/connection.h"

#include <utility>

#include <fmt/format.h>
#include <poll.h>

#include "neuralake/serve/format/utf8.h"
#include "neuralake/serve/limits.h"
#include "neuralake/serve/net/blocking.h"
#include "neuralake/serve/pgwire/session/startup_options.h"

namespace neuralake::serve {
namespace {

constexpr int kNewestMinor = 2;
constexpr std::int32_t kNewestProtocol = 3 << 16 | kNewestMinor;
constexpr std::size_t kFlushBytes = 64 << 10;

auto Into(ErrorCode& error) { return asio::redirect_error(asio::use_awaitable, error); }

std::string AddressOf(const tcp::socket& socket) {
  ErrorCode error;
  const auto endpoint = socket.remote_endpoint(error);
  return error ? "" : fmt::format("{}:{}", endpoint.address().to_string(), endpoint.port());
}

std::size_t BigEndian(std::string_view bytes) {
  std::size_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

/// Start-up parameters that are no settings.
bool IsAboutConnection(std::string_view name) {
  return name == "user" || name == "database" || name == "options" || name == "replication";
}

}  // namespace

PgConnection::PgConnection(tcp::socket socket, PgParts& parts, Exchange& exchange)
    : parts_(parts),
      exchange_(exchange),
      stream_(std::move(socket)),
      client_(AddressOf(stream_.socket())),
      settings_(parts.rows_max) {
  ErrorCode ignored;
  stream_.socket().set_option(tcp::no_delay(true), ignored);
  stream_.socket().set_option(asio::socket_base::keep_alive(true), ignored);
}

void PgConnection::Sweep() {
  if (running_ == nullptr) return;
  // A client may have sent its farewell before it closed: what counts is the end behind it.
  pollfd there{stream_.socket().native_handle(), POLLRDHUP, 0};
  const bool gone = ::poll(&there, 1, 0) > 0;
  if (!gone) return;
  running_->Cancel();
  exchange_.queries.lanes().RunExpired();
}

void PgConnection::Drain() {
  draining_ = true;
  if (idle_) Abort();
}

void PgConnection::Abort() {
  if (running_ != nullptr) running_->Cancel();
  stream_.cancel();
  stream_.close();
}

asio::awaitable<void> PgConnection::Run() {
  const auto self = shared_from_this();
  if (co_await StartUp() == Next::kGoOn) {
    while (!draining_ && co_await ReadAndHandle() == Next::kGoOn) {
    }
  }
  if (draining_) {
    Error error{ErrorKind::kUnavailable, "the server is stopping", {}, -1};
    PgWriter(out_).ErrorResponse(error, "57P01", "", /*fatal=*/true);
  }
  co_await Flush();
  parts_.cancel_keys.Withdraw(process_);
  DropPortals(/*held=*/true);
  ErrorCode ignored;
  stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  co_await ReadToEnd();
}

// Closing with bytes unread would reset the connection, and the client would lose the error that
// was just sent to it.
asio::awaitable<void> PgConnection::ReadToEnd() {
  ErrorCode error;
  stream_.expires_after(kLingerTimeMax);
  while (!error) {
    buffer_.clear();
    co_await stream_.async_read_some(buffer_.prepare(kFlushBytes), Into(error));
  }
}

asio::awaitable<std::optional<std::string>> PgConnection::ReadBytes(std::size_t count) {
  while (buffer_.size() < count) {
    ErrorCode error;
    const std::size_t read = co_await stream_.async_read_some(
        buffer_.prepare(std::max<std::size_t>(count - buffer_.size(), 4096)), Into(error));
    if (error) co_return std::nullopt;
    buffer_.commit(read);
  }
  std::string bytes(static_cast<const char*>(buffer_.data().data()), count);
  buffer_.consume(count);
  co_return std::move(bytes);
}

asio::awaitable<PgConnection::Next> PgConnection::StartUp() {
  stream_.expires_after(kStartupTimeMax);
  for (int asked = 0; asked < 3; ++asked) {
    const auto size = co_await ReadBytes(4);
    if (!size) co_return Next::kEnd;
    const std::size_t length = BigEndian(*size);
    if (length < 8 || length > kStartupBytesMax) co_return Next::kEnd;
    const auto body = co_await ReadBytes(length - 4);
    if (!body) co_return Next::kEnd;
    const auto first = ParseFirstMessage(*body);
    if (!first) {
      PgWriter(out_).ErrorResponse(first.error(), "08P01", "", /*fatal=*/true);
      co_return Next::kEnd;
    }
    if (const auto* startup = std::get_if<PgStartup>(&*first)) co_return co_await Greet(*startup);
    if (const auto* cancel = std::get_if<PgCancelRequest>(&*first)) {
      parts_.cancel_keys.Cancel(cancel->process, cancel->key);
      co_return Next::kEnd;
    }
    // why: bytes that came before our answer could have been put there by somebody in between.
    if (buffer_.size() > 0) co_return Next::kEnd;
    out_.push_back('N');
    if (!co_await Flush()) co_return Next::kEnd;
  }
  co_return Next::kEnd;
}

Status PgConnection::ApplyStartup(const PgStartup& startup) {
  const auto find = [&](const char* name) {
    const auto found = startup.parameters.find(name);
    return found == startup.parameters.end() ? std::string() : found->second;
  };
  const std::string user = find("user");
  const std::string database = find("database");
  if (user.empty()) {
    return Coded(
        neuralake::Fail(ErrorKind::kInvalid, "no PostgreSQL user name specified in startup packet"),
        "28000");
  }
  const bool known =
      database.empty() || database == user || database == "neuralake" || database == "postgres";
  if (!known) {
    return Coded(neuralake::Fail(
                     ErrorKind::kNotFound,
                     fmt::format("database \"{}\" does not exist; there is neuralake", database)),
                 "3D000");
  }
  if (!find("replication").empty() && find("replication") != "false") {
    return neuralake::Fail(ErrorKind::kUnsupported, "there is no replication");
  }
  for (const auto& [name, value] : TRY(ParseStartupOptions(find("options")))) {
    TRY(settings_.Set(name, value));
  }
  for (const auto& [name, value] : startup.parameters) {
    if (!IsAboutConnection(name)) TRY(settings_.Set(name, value));
  }
  settings_.MarkStart();
  return {};
}

asio::awaitable<PgConnection::Next> PgConnection::Greet(const PgStartup& startup) {
  PgWriter writer(out_);
  const Status applied = ApplyStartup(startup);
  if (!applied) {
    writer.ErrorResponse(applied.error(), SqlState(applied.error()), "", /*fatal=*/true);
    co_return Next::kEnd;
  }
  if (startup.minor > kNewestMinor || !startup.unknown_options.empty()) {
    writer.NegotiateVersion(
        startup.minor > kNewestMinor ? kNewestProtocol : 3 << 16 | startup.minor,
        startup.unknown_options);
  }
  writer.AuthenticationOk();
  for (const auto& [name, value] : settings_.Reported()) writer.ParameterStatus(name, value);
  const auto issued = parts_.cancel_keys.Issue(startup.minor >= 2 ? 32 : 4, [this] {
    if (running_ == nullptr) return;
    running_->Cancel();
    exchange_.queries.lanes().RunExpired();
  });
  process_ = issued.process;
  writer.BackendKeyData(issued.process, issued.key);
  writer.ReadyForQuery(transaction_);
  co_return co_await Flush() ? Next::kGoOn : Next::kEnd;
}

asio::awaitable<PgConnection::Next> PgConnection::ReadAndHandle() {
  stream_.expires_never();
  idle_ = transaction_ == 'I' && buffer_.size() == 0;
  const auto head = co_await ReadBytes(5);
  idle_ = false;
  if (!head) co_return Next::kEnd;
  const char type = head->front();
  const std::size_t length = BigEndian(std::string_view(*head).substr(1));
  if (length < 4 || length > kMessageBytesMax) {
    Error error{ErrorKind::kInvalid,
                fmt::format("protocol violation: a message of {} bytes; at most {} are taken",
                            length, kMessageBytesMax),
                {},
                -1};
    PgWriter(out_).ErrorResponse(error, "08P01", "", /*fatal=*/true);
    co_return Next::kEnd;
  }
  stream_.expires_after(kWriteTimeMax);
  const auto body = co_await ReadBytes(length - 4);
  if (!body) co_return Next::kEnd;
  const auto message = ParseMessage(type, *body);
  if (!message) {
    // After a broken message nobody knows where the next one begins.
    PgWriter(out_).ErrorResponse(message.error(), "08P01", "", /*fatal=*/true);
    co_return Next::kEnd;
  }
  co_return co_await Handle(type, *message);
}

asio::awaitable<PgConnection::Next> PgConnection::Handle(char type, const PgMessage& message) {
  if (type == 'X') co_return Next::kEnd;
  if (type == 'S') co_return co_await Sync();
  if (skip_until_sync_) co_return Next::kGoOn;
  Status status;
  if (const auto* query = std::get_if<PgQuery>(&message)) co_return co_await Query(query->sql);
  if (const auto* parse = std::get_if<PgParse>(&message)) status = Parse(*parse);
  if (const auto* bind = std::get_if<PgBind>(&message)) status = co_await Bind(*bind);
  if (const auto* describe = std::get_if<PgDescribe>(&message)) {
    status = co_await Describe(*describe);
  }
  if (const auto* execute = std::get_if<PgExecute>(&message)) status = co_await Execute(*execute);
  if (const auto* close = std::get_if<PgClose>(&message)) Close(*close);
  if (!status) {
    Fail(status.error());
    skip_until_sync_ = true;
  }
  const bool flush = type == 'H' || out_.size() > kFlushBytes;
  if (flush && !co_await Flush()) co_return Next::kEnd;
  co_return Next::kGoOn;
}

asio::awaitable<PgConnection::Next> PgConnection::Sync() {
  skip_until_sync_ = false;
  // Outside of a transaction, Sync ends the one around the messages before it, and its portals.
  if (transaction_ == 'I') DropPortals();
  PgWriter(out_).ReadyForQuery(transaction_);
  co_return co_await Flush() ? Next::kGoOn : Next::kEnd;
}

void PgConnection::Fail(const Error& error) {
  const bool changed = error.message == kPlanChanged;
  PgWriter(out_).ErrorResponse(error, SqlState(error), "", /*fatal=*/false,
                               changed ? "RevalidateCachedQuery" : "");
  if (transaction_ == 'T') transaction_ = 'E';
}

std::unexpected<Error> PgConnection::NoSuch(std::string_view what, std::string_view name,
                                            std::string_view sqlstate) {
  return Coded(
      neuralake::Fail(ErrorKind::kInvalid, fmt::format("{} \"{}\" does not exist", what, name)),
      sqlstate);
}

/// The bytes of a text that a client sends must be UTF-8, which is the encoding of all sessions.
Status PgConnection::CheckEncoding(std::string_view text) {
  const auto valid = Utf8Prefix(text);
  if (valid == text.size()) return {};
  return Coded(neuralake::Fail(
                   ErrorKind::kInvalid,
                   fmt::format("invalid byte sequence for encoding \"UTF8\": 0x{:02x} at byte {}",
                               static_cast<unsigned char>(text[valid]), valid)),
               "22021");
}

asio::awaitable<bool> PgConnection::Flush() {
  if (out_.empty()) co_return true;
  ErrorCode error;
  stream_.expires_after(kWriteTimeMax);
  co_await asio::async_write(stream_, asio::buffer(out_), Into(error));
  out_.clear();
  co_return !error;
}

}  // namespace neuralake::serve
