#include <utility>

#include <fmt/format.h>

#include "neuralake/serve/limits.h"
#include "neuralake/serve/net/blocking.h"
#include "neuralake/serve/pgvalue/types.h"
#include "neuralake/serve/pgwire/connection.h"

// How statements run: the simple and the extended protocol.

namespace neuralake::serve {
namespace {

constexpr std::size_t kFlushBytes = 64 << 10;
constexpr std::string_view kInFailedTransaction = "25P02";

/// Whether it may run in a transaction that has failed: it ends it, or what failed of it.
bool EndsFailure(const PgStatement& statement) {
  if (!statement.word) return false;
  const auto* savepoint = std::get_if<SavepointWord>(&*statement.word);
  return std::holds_alternative<CommitWord>(*statement.word) ||
         std::holds_alternative<RollbackWord>(*statement.word) ||
         (savepoint != nullptr && savepoint->what == SavepointWord::What::kRollback);
}

bool IsAboutCursor(const PgStatement& statement) {
  return statement.word && (std::holds_alternative<DeclareWord>(*statement.word) ||
                            std::holds_alternative<FetchWord>(*statement.word) ||
                            std::holds_alternative<CloseWord>(*statement.word));
}

/// Whether a failure of this kind may be over at the next try.
bool MayPass(ErrorKind kind) {
  return kind == ErrorKind::kUnavailable || kind == ErrorKind::kDeadlineExceeded ||
         kind == ErrorKind::kResourceExhausted || kind == ErrorKind::kCancelled ||
         kind == ErrorKind::kInternal;
}

/// The columns that a description tells of, in text.
std::vector<PgColumn> ColumnsOf(const engine::Description& description) {
  std::vector<PgColumn> columns;
  columns.reserve(description.columns.fields.size());
  for (const auto& field : description.columns.fields) columns.push_back(ToPgColumn(field, 0));
  return columns;
}

/// The kind of a change that was refused because there was no grant to write; empty for others.
std::string RefusedChange(std::string_view message) {
  for (const std::string_view kind : {"INSERT", "UPDATE", "DELETE", "MERGE"}) {
    if (message == fmt::format("{} is not allowed", kind)) return std::string(kind);
  }
  return {};
}

}  // namespace

Status PgConnection::CheckTransaction(const PgStatement& statement) {
  if (transaction_ != 'E' || EndsFailure(statement)) return {};
  return Coded(
      neuralake::Fail(
          ErrorKind::kConflict,
          "current transaction is aborted, commands ignored until end of transaction block"),
      kInFailedTransaction);
}

/// A portal that failed, or could not even begin, is none that came to its end.
Status PgConnection::CheckRuns(const Bound& bound, std::string_view name) {
  if (!bound.failed) return {};
  return Coded(
      neuralake::Fail(ErrorKind::kInvalid, fmt::format("portal \"{}\" cannot be run", name)),
      "55000");
}

/// What a refusal inside a transaction, or before other statements, means for the client.
Status PgConnection::Explain(Error error) const {
  // Refused because it had no grant to write, which it has outside of a transaction.
  const bool inside = transaction_ == 'T';
  const std::string change =
      error.kind == ErrorKind::kPermissionDenied ? RefusedChange(error.message) : std::string();
  if (!change.empty() && settings_.read_only()) {
    error.message = fmt::format("cannot execute {} in a read-only transaction", change);
    return Coded(std::unexpected(std::move(error)), "25006");
  }
  if ((inside || !may_write_) && !change.empty()) {
    error.kind = ErrorKind::kUnsupported;
    error.message = fmt::format(
        "{} {} is not there yet, since ROLLBACK could not take it back: run it outside of a "
        "transaction, with autocommit{}, where it commits by itself",
        change, inside ? "inside BEGIN" : "before other statements of one message",
        inside ? "" : " and in a message of its own");
  }
  return std::unexpected(std::move(error));
}

std::shared_ptr<Portal> PgConnection::Open(const PgStatement& statement, PgBound query,
                                           std::vector<std::int16_t> formats) {
  query::Request request;
  if (statement.asks_settings) {
    auto [names, values] = settings_.Joined();
    for (std::string* text : {&names, &values}) {
      query.parameters.push_back(
          {columnar::DataType{columnar::TypeId::kString, 0, 0, {}}, std::move(*text)});
    }
  }
  request.statement = {query.text.sql(), std::move(query.parameters), {}};
  // why: a change must not run where what comes behind it could fail and not take it back.
  request.grants = {.read = true,
                    .write = transaction_ == 'I' && may_write_ && !settings_.read_only()};
  request.rows_max = settings_.rows_max();
  if (settings_.statement_timeout().count() > 0) request.timeout = settings_.statement_timeout();
  request.protocol = "postgres";
  request.client = client_;
  if (statement.target == PgTarget::kCatalog) {
    request.executor = parts_.catalog;
    request.rows_max = std::nullopt;
  }
  running_ = exchange_.queries.Open(std::move(request));
  return std::make_shared<Portal>(running_, std::move(query.text), std::move(formats),
                                  statement.told);
}

asio::awaitable<Portal::Part> PgConnection::Step(std::shared_ptr<Portal> portal, bool first,
                                                 std::move_only_function<Portal::Part()> step) {
  running_ = std::shared_ptr<query::Run>(portal, &portal->run());
  auto part =
      co_await OnThreads<Portal::Part>(StepOn(exchange_, portal->run(), first), std::move(step));
  if (part) {
    co_return *std::move(part);
  }
  portal->Close(std::unexpected(part.error()));
  Portal::Part refused;
  refused.failure = part.error();
  co_return std::move(refused);
}

void PgConnection::WarnOfCut(const Portal::Part& part) {
  if (!part.truncated) return;
  PgWriter(out_).Warning(fmt::format("the answer was cut at its limit of {} rows; SET row_limit = "
                                     "0 lifts it",
                                     settings_.Show("row_limit").value_or("")),
                         "01004");
}

void PgConnection::Complete(const Portal::Part& part) {
  WarnOfCut(part);
  PgWriter(out_).CommandComplete(part.tag);
}

/// Rows of a portal into the socket, until it is finished, suspended, or failed.
asio::awaitable<Status> PgConnection::Stream(std::shared_ptr<Portal> portal, bool fresh,
                                             bool describe, std::uint64_t rows_max,
                                             bool& suspended) {
  std::uint64_t left = rows_max;
  for (bool first = fresh;; first = false) {
    const bool with_description = describe && first;
    std::move_only_function<Portal::Part()> step = [portal, left, with_description] {
      return portal->Fill(left, with_description);
    };
    Portal::Part part = co_await Step(portal, first, std::move(step));
    out_ += part.bytes;
    if (part.failure) co_return Explain(std::move(*part.failure));
    if (part.finished) {
      Complete(part);
      co_return Status();
    }
    if (part.suspended) {
      suspended = true;
      PgWriter(out_).PortalSuspended();
      co_return Status();
    }
    if (rows_max > 0) left -= part.rows;
    if (out_.size() > kFlushBytes && !co_await Flush()) {
      portal->run().Cancel();
      co_return neuralake::Fail(ErrorKind::kCancelled, "the client went away");
    }
  }
}

asio::awaitable<PgConnection::Next> PgConnection::Query(std::string_view text) {
  const Status encoded = CheckEncoding(text);
  const auto pieces = encoded ? query::SplitStatements(text) : std::unexpected(encoded.error());
  // A simple query ends the unnamed portal; named ones live as long as their transaction.
  if (transaction_ == 'I') DropPortals();
  if (const auto unnamed = portals_.find(""); unnamed != portals_.end()) {
    Discard(std::move(unnamed->second));
    portals_.erase(unnamed);
  }
  if (!pieces) {
    Fail(pieces.error());
  } else if (pieces->empty()) {
    PgWriter(out_).EmptyQuery();
  } else {
    co_await RunSimple(*pieces);
  }
  PgWriter(out_).ReadyForQuery(transaction_);
  co_return co_await Flush() ? Next::kGoOn : Next::kEnd;
}

/// Several statements of one message are one transaction, as far as there are any.
asio::awaitable<void> PgConnection::RunSimple(const std::vector<query::Piece>& pieces) {
  bool done = true;
  for (std::size_t i = 0; done && i < pieces.size(); ++i) {
    if (pieces.size() > 1 && transaction_ == 'I') settings_.BeginTransaction();
    may_write_ = i + 1 == pieces.size();
    done = co_await RunSimple(pieces[i]);
  }
  may_write_ = true;
  if (transaction_ == 'I') Announce(settings_.EndTransaction(/*commit=*/done));
}

/// \returns whether the next statement of the same message may run
asio::awaitable<bool> PgConnection::RunSimple(const query::Piece& piece) {
  const UnderWay under_way(*this);
  auto statement = ReadStatement(piece, {});
  Status status;
  if (!statement) {
    status = std::unexpected(statement.error());
  } else if (const Status allowed = CheckTransaction(*statement); !allowed) {
    Fail(allowed.error());
    co_return false;
  } else if (IsAboutCursor(*statement)) {
    Bound bound;
    if (statement->query) bound.query.text = statement->query->text;
    status = co_await ApplyToCursor(*statement, std::move(bound), /*describe=*/true);
  } else if (statement->word) {
    status = Apply(*statement->word, /*describe=*/true);
  } else if (statement->target == PgTarget::kCatalog && parts_.catalog == nullptr) {
    status = neuralake::Fail(ErrorKind::kUnsupported, "there is no system catalog here");
  } else {
    bool suspended = false;
    const auto portal = Open(*statement, PgBound{statement->text, {}}, {});
    status = co_await Stream(portal, true, true, 0, suspended);
  }
  if (!status) Fail(status.error());
  co_return status.has_value();
}

Status PgConnection::Parse(const PgParse& message) {
  TRY(CheckEncoding(message.sql));
  auto statement = TRY(ReadSingleStatement(message.sql, message.types));
  TRY(CheckTransaction(statement));
  if (statement.target == PgTarget::kCatalog && parts_.catalog == nullptr) {
    return neuralake::Fail(ErrorKind::kUnsupported, "there is no system catalog here");
  }
  const auto there = statements_.find(message.name);
  if (!message.name.empty() && there != statements_.end()) {
    return Coded(
        neuralake::Fail(ErrorKind::kAlreadyExists,
                        fmt::format("prepared statement \"{}\" already exists", message.name)),
        "42P05");
  }
  if (statements_.size() >= kPreparedMax && there == statements_.end()) {
    return KeepsNoMore(kPreparedMax, "prepared statements");
  }
  TRY(CheckKept(statement.bytes()));
  statements_[std::string(message.name)] = std::make_shared<PgStatement>(std::move(statement));
  PgWriter(out_).ParseComplete();
  return {};
}

/// Ask the engine of what its lists are, unless it is known.
asio::awaitable<Status> PgConnection::FillLists(PgStatement& statement) {
  if (statement.lists.empty()) co_return Status();
  auto elements = co_await AskTypes(statement, [&] { return ElementText(statement); });
  if (!elements && MayPass(elements.error().kind)) co_return Explain(std::move(elements.error()));
  co_return TypeLists(statement, elements ? &*elements : nullptr);
}

/// Ask the engine what the statement returns and takes, unless it is known.
asio::awaitable<Status> PgConnection::FillStatementTypes(PgStatement& statement) {
  if (statement.description) co_return Status();
  auto described = co_await AskTypes(statement, [&] { return statement.text.sql(); });
  if (!described) {
    Error error = std::move(described.error());
    error.position = statement.text.Original(error.position);
    co_return Explain(std::move(error));
  }
  statement.description = *std::move(described);
  co_return Status();
}

/// Ask anew, since tables may have changed, and with the types of its parameters: with them it has
/// the columns that it will have with their values.
asio::awaitable<Status> PgConnection::FillColumns(PgStatement& statement) {
  statement.description.reset();
  statement.described_exactly = statement.types.empty();
  const Status filled = co_await FillStatementTypes(statement);
  if (statement.types.empty() || statement.target != PgTarget::kEngine) co_return filled;
  std::optional<engine::Description>& known = statement.description;
  auto typed =
      co_await AskTypes(statement, [&] { return TypedText(statement, known ? &*known : nullptr); });
  if (!typed) co_return filled;
  ForgetCasts(statement, *typed);
  if (known) typed->parameters = std::move(known->parameters);
  known = *std::move(typed);
  statement.described_exactly = true;
  co_return Status();
}

/// \param text  run on a lane
asio::awaitable<Result<engine::Description>> PgConnection::AskTypes(
    const PgStatement& statement, std::move_only_function<Result<std::string>()> text) {
  engine::Executor* executor = statement.target == PgTarget::kCatalog ? parts_.catalog : nullptr;
  const engine::Grants grants{.read = true, .write = transaction_ == 'I'};
  const Deadline deadline = Deadline::After(kDescribeTimeMax, {}, exchange_.clock);
  std::move_only_function<Result<engine::Description>()> work = [&] -> Result<engine::Description> {
    // What waited too long runs on the network thread: it must end at once.
    TRY(deadline.Check("the description"));
    return exchange_.queries.Describe({TRY(text()), {}, {}}, grants, deadline, executor);
  };
  const auto enqueue = [this, &deadline](query::Step step) {
    return exchange_.queries.lanes().Begin(query::Lane::kShort, deadline, std::move(step));
  };
  auto described = co_await OnThreads<Result<engine::Description>>(enqueue, std::move(work));
  if (!described) co_return std::unexpected(described.error());
  co_return *std::move(described);
}

/// Remember what the client was told of a statement's columns.
void PgConnection::Tell(PgStatement& statement, std::vector<PgColumn> columns) {
  // How many digits a number has may hang on the parameters.
  for (PgColumn& column : columns) {
    if (!statement.types.empty()) column.type_modifier = -1;
  }
  statement.told = std::move(columns);
}

asio::awaitable<Status> PgConnection::DescribeStatement(PgStatement& statement) {
  PgStatement& query = statement.query ? *statement.query : statement;
  if (const Status listed = co_await FillLists(query); !listed) co_return listed;
  PgWriter writer(out_);
  if (statement.target == PgTarget::kEngine || statement.target == PgTarget::kCatalog) {
    const Status described = co_await FillColumns(statement);
    if (!described) co_return described;
  }
  std::vector<std::uint32_t> types = query.types;
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (types[i] != 0) continue;
    const bool inferred = statement.description && i < statement.description->parameters.size() &&
                          statement.description->parameters[i].id != columnar::TypeId::kVoid;
    types[i] = inferred ? OidOf(statement.description->parameters[i]) : kOidText;
  }
  writer.ParameterDescription(types);
  const auto* show = statement.word ? std::get_if<ShowWord>(&*statement.word) : nullptr;
  if (show != nullptr) {
    writer.RowDescription(ShowColumns(*show));
  } else if (statement.description && ReturnsRows(statement.description->command_tag)) {
    std::vector<PgColumn> columns = ColumnsOf(*statement.description);
    writer.RowDescription(columns);
    if (statement.described_exactly) Tell(statement, std::move(columns));
  } else {
    writer.NoData();
  }
  co_return Status();
}

asio::awaitable<Status> PgConnection::Describe(const PgDescribe& message) {
  const UnderWay under_way(*this);
  if (message.what == 'S') {
    const auto found = statements_.find(message.name);
    if (found == statements_.end()) {
      co_return NoSuch("prepared statement", message.name, kNoPreparedStatement);
    }
    const std::shared_ptr<PgStatement> statement = found->second;
    co_return co_await DescribeStatement(*statement);
  }
  const auto found = portals_.find(message.name);
  if (found == portals_.end()) co_return NoSuch("portal", message.name, kNoCursor);
  Bound& bound = found->second;
  PgStatement& statement = *bound.statement;
  PgWriter writer(out_);
  if (statement.target == PgTarget::kSession || statement.target == PgTarget::kNobody) {
    const auto* show = statement.word ? std::get_if<ShowWord>(&*statement.word) : nullptr;
    const auto* fetch = statement.word ? std::get_if<FetchWord>(&*statement.word) : nullptr;
    if (fetch != nullptr && !fetch->move) {
      co_return co_await DescribeCursor(fetch->name, bound.formats);
    }
    if (show != nullptr) {
      writer.RowDescription(ShowColumns(*show));
    } else {
      writer.NoData();
    }
    co_return Status();
  }
  if (const Status runs = CheckRuns(bound, message.name); !runs) co_return runs;
  if (!statement.may_start_early && bound.portal == nullptr) {
    const Status described = co_await FillStatementTypes(statement);
    if (!described) co_return described;
    if (!ReturnsRows(statement.description->command_tag)) {
      writer.NoData();
      co_return Status();
    }
  }
  const bool first = bound.portal == nullptr;
  if (first) bound.portal = Open(statement, bound.query, bound.formats);
  const std::shared_ptr<Portal> portal = bound.portal;
  std::move_only_function<Portal::Part()> step = [portal] { return portal->Describe(); };
  Portal::Part part = co_await Step(portal, first, std::move(step));
  bound.failed = part.failure.has_value();
  if (part.failure) co_return Explain(std::move(*part.failure));
  out_ += part.bytes;
  Tell(statement, portal->columns());
  co_return Status();
}

asio::awaitable<Status> PgConnection::Execute(const PgExecute& message) {
  const UnderWay under_way(*this);
  const auto found = portals_.find(message.portal);
  if (found == portals_.end()) co_return NoSuch("portal", message.portal, kNoCursor);
  Bound& bound = found->second;
  PgStatement& statement = *bound.statement;
  if (const Status allowed = CheckTransaction(statement); !allowed) co_return allowed;
  if (statement.target == PgTarget::kNobody) {
    PgWriter(out_).EmptyQuery();
    co_return Status();
  }
  if (IsAboutCursor(statement)) {
    const std::shared_ptr<PgStatement> kept = bound.statement;
    co_return co_await ApplyToCursor(*kept, bound, /*describe=*/false);
  }
  if (statement.word) {
    // Applying it may end the transaction, and this portal with it.
    const std::shared_ptr<PgStatement> kept = bound.statement;
    co_return Apply(*kept->word, /*describe=*/false);
  }
  if (const Status runs = CheckRuns(bound, message.portal); !runs) co_return runs;
  if (bound.finished) {
    PgWriter(out_).CommandComplete("SELECT 0");
    co_return Status();
  }
  const bool first = bound.portal == nullptr;
  if (first) bound.portal = Open(statement, bound.query, bound.formats);
  const std::shared_ptr<Portal> portal = bound.portal;
  bool suspended = false;
  const auto rows_max = static_cast<std::uint64_t>(std::max(message.rows_max, 0));
  const Status status = co_await Stream(portal, first, false, rows_max, suspended);
  bound.finished = status && !suspended;
  bound.failed = !status;
  co_return status;
}

}  // namespace neuralake::serve
