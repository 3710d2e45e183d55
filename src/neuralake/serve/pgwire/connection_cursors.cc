#include <fmt/format.h>

#include "neuralake/serve/limits.h"
#include "neuralake/serve/pgwire/connection.h"

// Cursors of SQL: DECLARE, FETCH, MOVE, CLOSE. Each is a portal.

namespace neuralake::serve {
namespace {

constexpr std::size_t kFlushBytes = 64 << 10;

}  // namespace

asio::awaitable<Status> PgConnection::ApplyToCursor(const PgStatement& statement, Bound bound,
                                                    bool describe) {
  if (const auto* fetch = std::get_if<FetchWord>(&*statement.word)) {
    co_return co_await Fetch(*fetch, std::move(bound.formats), describe);
  }
  if (const auto* close = std::get_if<CloseWord>(&*statement.word)) co_return CloseCursor(*close);
  co_return Declare(statement, std::move(bound.query));
}

Status PgConnection::Declare(const PgStatement& statement, PgBound query) {
  const auto& word = std::get<DeclareWord>(*statement.word);
  if (transaction_ == 'I' && !word.hold) {
    return Coded(neuralake::Fail(ErrorKind::kInvalid,
                                 "DECLARE CURSOR can only be used in transaction blocks; with "
                                 "WITH HOLD also outside"),
                 "25P01");
  }
  if (statement.query->target == PgTarget::kCatalog && parts_.catalog == nullptr) {
    return neuralake::Fail(ErrorKind::kUnsupported, "there is no system catalog here");
  }
  if (portals_.contains(word.name)) {
    return Coded(neuralake::Fail(ErrorKind::kAlreadyExists,
                                 fmt::format("cursor \"{}\" already exists", word.name)),
                 "42P03");
  }
  if (portals_.size() >= kPortalsMax) {
    return KeepsNoMore(kPortalsMax, "portals");
  }
  TRY(CheckKept(query.bytes()));
  Bound bound;
  bound.statement = statement.query;
  bound.query = std::move(query);
  bound.cursor = true;
  bound.hold = word.hold;
  portals_[word.name] = std::move(bound);
  PgWriter(out_).CommandComplete("DECLARE CURSOR");
  return {};
}

asio::awaitable<Status> PgConnection::Fetch(FetchWord word, std::vector<std::int16_t> formats,
                                            bool describe) {
  const auto found = portals_.find(word.name);
  if (found == portals_.end()) co_return NoSuch("cursor", word.name, kNoCursor);
  Bound& bound = found->second;
  if (const Status runs = CheckRuns(bound, word.name); !runs) co_return runs;
  bool fresh = bound.portal == nullptr;
  if (fresh) bound.portal = Open(*bound.statement, bound.query, formats);
  const std::shared_ptr<Portal> portal = bound.portal;
  bool with_description = describe && !word.move;
  if (bound.finished && with_description) out_ += portal->Describe(formats).bytes;
  std::uint64_t given = 0;
  for (bool enough = bound.finished; !enough;) {
    const std::uint64_t left = word.rows == 0 ? 0 : word.rows - given;
    std::move_only_function<Portal::Part()> step = [portal, left, with_description, formats] {
      return portal->Fill(left, with_description, formats);
    };
    const Portal::Part part = co_await Step(portal, fresh, std::move(step));
    fresh = false;
    with_description = false;
    if (part.failure) {
      bound.failed = true;
      co_return FailWithoutPlace(*part.failure);
    }
    if (!word.move) out_ += part.bytes;
    given += part.rows;
    bound.finished = part.finished;
    enough = part.finished || part.suspended;
    WarnOfCut(part);
    if (out_.size() > kFlushBytes && !co_await Flush()) {
      portal->run().Cancel();
      co_return neuralake::Fail(ErrorKind::kCancelled, "the client went away");
    }
  }
  PgWriter(out_).CommandComplete(fmt::format("{} {}", word.move ? "MOVE" : "FETCH", given));
  co_return Status();
}

asio::awaitable<Status> PgConnection::DescribeCursor(std::string name,
                                                     std::vector<std::int16_t> formats) {
  const auto found = portals_.find(name);
  if (found == portals_.end()) co_return NoSuch("cursor", name, kNoCursor);
  Bound& bound = found->second;
  if (const Status runs = CheckRuns(bound, name); !runs) co_return runs;
  const bool fresh = bound.portal == nullptr;
  if (fresh) bound.portal = Open(*bound.statement, bound.query, formats);
  const std::shared_ptr<Portal> portal = bound.portal;
  if (bound.finished) {
    out_ += portal->Describe(std::move(formats)).bytes;
    co_return Status();
  }
  std::move_only_function<Portal::Part()> step = [portal, formats] {
    return portal->Describe(formats);
  };
  Portal::Part part = co_await Step(portal, fresh, std::move(step));
  bound.failed = part.failure.has_value();
  if (part.failure) co_return FailWithoutPlace(std::move(*part.failure));
  out_ += part.bytes;
  co_return Status();
}

/// A place in the query of DECLARE is none in the FETCH that fails.
Status PgConnection::FailWithoutPlace(Error error) {
  error.sqlstate = std::string(SqlState(error));
  error.position = -1;
  return Explain(std::move(error));
}

Status PgConnection::CloseCursor(const CloseWord& word) {
  if (word.name != "all") {
    const auto found = portals_.find(word.name);
    if (found == portals_.end()) return NoSuch("cursor", word.name, kNoCursor);
    Discard(std::move(found->second));
    portals_.erase(found);
  }
  for (auto at = portals_.begin(); word.name == "all" && at != portals_.end();) {
    const bool cursor = at->second.cursor;
    if (cursor) Discard(std::move(at->second));
    at = cursor ? portals_.erase(at) : std::next(at);
  }
  PgWriter(out_).CommandComplete(word.name == "all" ? "CLOSE CURSOR ALL" : "CLOSE CURSOR");
  return {};
}

}  // namespace neuralake::serve
