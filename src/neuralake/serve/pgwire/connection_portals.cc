#include <utility>

#include <fmt/format.h>

#include "neuralake/serve/limits.h"
#include "neuralake/serve/net/blocking.h"
#include "neuralake/serve/pgwire/connection.h"

// Portals: how they are bound and dropped, and what a session may keep.

namespace neuralake::serve {

std::unexpected<Error> PgConnection::KeepsNoMore(std::size_t count, std::string_view of) {
  return Coded(neuralake::Fail(ErrorKind::kResourceExhausted,
                               fmt::format("a session keeps at most {} {}; DEALLOCATE statements "
                                           "or CLOSE cursors",
                                           count, of)),
               "53400");
}

/// Whether the session may keep `more` bytes of statements and parameters.
Status PgConnection::CheckKept(std::size_t more) const {
  std::size_t kept = more;
  for (const auto& [name, statement] : statements_) kept += statement->bytes();
  for (const auto& [name, bound] : portals_) kept += bound.query.bytes();
  if (kept <= kKeptBytesMax) return {};
  return KeepsNoMore(kKeptBytesMax >> 20,
                     "MiB of prepared statements and portals with their parameters");
}

asio::awaitable<Status> PgConnection::Bind(const PgBind& message) {
  const auto found = statements_.find(message.statement);
  if (found == statements_.end()) {
    co_return NoSuch("prepared statement", message.statement, kNoPreparedStatement);
  }
  const std::shared_ptr<PgStatement> statement = found->second;
  if (const Status allowed = CheckTransaction(*statement); !allowed) co_return allowed;
  const auto there = portals_.find(message.portal);
  if (there != portals_.end()) {
    if (!message.portal.empty()) {
      co_return Coded(neuralake::Fail(ErrorKind::kAlreadyExists,
                                      fmt::format("portal \"{}\" already exists", message.portal)),
                      "42P03");
    }
    Discard(std::move(there->second));
    portals_.erase(there);
  }
  if (portals_.size() >= kPortalsMax) {
    co_return KeepsNoMore(kPortalsMax, "portals");
  }
  for (std::size_t i = 0; i < message.parameters.size(); ++i) {
    const bool text = FormatAt(message.parameter_formats, i) == 0;
    if (!text || !message.parameters[i]) continue;
    if (Status encoded = CheckEncoding(*message.parameters[i]); !encoded) co_return encoded;
  }
  PgStatement& query = statement->query ? *statement->query : *statement;
  if (const Status listed = co_await FillLists(query); !listed) co_return listed;
  const bool engines = query.target == PgTarget::kEngine || query.target == PgTarget::kCatalog;
  const bool untyped = std::ranges::find(query.types, 0U) != query.types.end();
  if (engines && untyped) {
    const Status described = co_await FillStatementTypes(query);
    if (!described) co_return described;
  }
  Bound bound;
  bound.statement = statement;
  bound.formats = message.result_formats;
  auto ready = co_await BindAside(query, message);
  if (!ready) co_return std::unexpected(ready.error());
  if (const Status fits = CheckKept(ready->bytes()); !fits) co_return fits;
  bound.query = *std::move(ready);
  portals_[std::string(message.portal)] = std::move(bound);
  PgWriter(out_).BindComplete();
  co_return Status();
}

/// `BindParameters`, elsewhere when there is much to read or write.
asio::awaitable<Result<PgBound>> PgConnection::BindAside(const PgStatement& query,
                                                         const PgBind& message) {
  std::size_t bytes = query.text.bytes();
  for (const auto& value : message.parameters) bytes += value ? value->size() : 0;
  if (bytes <= kBindBytesHereMax) co_return BindParameters(query, message);
  std::move_only_function<Result<PgBound>()> work = [&] { return BindParameters(query, message); };
  auto bound = co_await OnThreads<Result<PgBound>>(AsideOn(exchange_.side), std::move(work));
  if (!bound) co_return std::unexpected(bound.error());
  co_return *std::move(bound);
}

void PgConnection::Close(const PgClose& message) {
  if (message.what == 'S') {
    const auto found = statements_.find(message.name);
    if (found != statements_.end()) statements_.erase(found);
  } else if (const auto found = portals_.find(message.name); found != portals_.end()) {
    Discard(std::move(found->second));
    portals_.erase(found);
  }
  PgWriter(out_).CloseComplete();
}

void PgConnection::Discard(Bound bound) {
  if (bound.portal == nullptr || bound.finished || bound.failed) return;
  bound.portal->run().Cancel();
  // The engine may take a moment to stop: on a lane, not here.
  const std::shared_ptr<Portal> portal = std::move(bound.portal);
  exchange_.queries.lanes().Continue(query::Lane::kShort, Deadline(), [portal] {
    portal->Close(neuralake::Fail(ErrorKind::kCancelled, "the client closed its portal"));
  });
}

void PgConnection::DropPortals(bool held) {
  for (auto at = portals_.begin(); at != portals_.end();) {
    if (at->second.hold && !held) {
      ++at;
      continue;
    }
    Discard(std::move(at->second));
    at = portals_.erase(at);
  }
}

}  // namespace neuralake::serve
