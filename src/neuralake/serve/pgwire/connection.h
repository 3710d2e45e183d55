#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "neuralake/serve/net/asio.h"
#include "neuralake/serve/net/exchange.h"
#include "neuralake/serve/net/session.h"
#include "neuralake/serve/pgwire/cancel_keys.h"
#include "neuralake/serve/pgwire/messages.h"
#include "neuralake/serve/pgwire/portal.h"
#include "neuralake/serve/pgwire/session/settings.h"
#include "neuralake/serve/pgwire/statement.h"
#include "neuralake/serve/pgwire/writer.h"

namespace neuralake::serve {

/// What the sessions of the Postgres protocol share.
struct PgParts {
  /// Answers statements that look into the system catalog; null: they are refused.
  engine::Executor* catalog = nullptr;
  std::uint64_t rows_max = query::kRowsDefault;
  CancelKeys cancel_keys;
};

/// The columns of what SHOW answers.
std::vector<PgColumn> ShowColumns(const ShowWord& word);

/// One session of the Postgres protocol.
///
/// \threads the network thread only; statements run on the lanes
/// \source PostgreSQL manual, "Frontend/Backend Protocol"
class PgConnection final : public Session, public std::enable_shared_from_this<PgConnection> {
 public:
  PgConnection(tcp::socket socket, PgParts& parts, Exchange& exchange);

  /// Serve until the client goes, breaks the protocol, or the server drains.
  asio::awaitable<void> Run();

  void Sweep() override;
  void Drain() override;
  void Abort() override;

 private:
  /// Whether to go on with the connection.
  enum class Next { kGoOn, kEnd };

  // Start-up.
  asio::awaitable<Next> StartUp();
  asio::awaitable<Next> Greet(const PgStartup& startup);
  Status ApplyStartup(const PgStartup& startup);

  // Messages.
  asio::awaitable<std::optional<std::string>> ReadBytes(std::size_t count);
  asio::awaitable<void> ReadToEnd();
  asio::awaitable<Next> ReadAndHandle();
  asio::awaitable<Next> Handle(char type, const PgMessage& message);
  asio::awaitable<Next> Sync();

  // The simple protocol.
  asio::awaitable<Next> Query(std::string_view text);
  asio::awaitable<void> RunSimple(const std::vector<query::Piece>& pieces);
  asio::awaitable<bool> RunSimple(const query::Piece& piece);

  // The extended protocol; each answers or fails.
  Status Parse(const PgParse& message);
  asio::awaitable<Status> Bind(const PgBind& message);
  asio::awaitable<Result<PgBound>> BindAside(const PgStatement& query, const PgBind& message);
  asio::awaitable<Status> Describe(const PgDescribe& message);
  asio::awaitable<Status> DescribeStatement(PgStatement& statement);
  asio::awaitable<Status> Execute(const PgExecute& message);
  void Close(const PgClose& message);

  // Statements.

  /// Around the answer to one statement: until its end a cancel finds what runs, also while rows
  /// wait for the client.
  class UnderWay {
   public:
    explicit UnderWay(PgConnection& connection) : connection_(connection) {}
    ~UnderWay() { connection_.running_ = nullptr; }
    UnderWay(const UnderWay&) = delete;
    UnderWay& operator=(const UnderWay&) = delete;

   private:
    PgConnection& connection_;
  };
  struct Bound {
    std::shared_ptr<PgStatement> statement;
    PgBound query;  ///< With its parameters; of DECLARE, its cursor's.
    std::vector<std::int16_t> formats;
    std::shared_ptr<Portal> portal{};  ///< Once it was started.
    bool finished = false;
    bool failed = false;  ///< It has no end, and nothing of it may run again.
    bool cursor = false;  ///< Made by DECLARE.
    bool hold = false;    ///< Outlives its transaction.
  };
  Status CheckTransaction(const PgStatement& statement);
  static std::unexpected<Error> KeepsNoMore(std::size_t count, std::string_view of);
  Status CheckKept(std::size_t more) const;
  static Status CheckRuns(const Bound& bound, std::string_view name);
  std::shared_ptr<Portal> Open(const PgStatement& statement, PgBound query,
                               std::vector<std::int16_t> formats);
  asio::awaitable<Status> FillLists(PgStatement& statement);
  asio::awaitable<Status> FillStatementTypes(PgStatement& statement);
  asio::awaitable<Status> FillColumns(PgStatement& statement);
  asio::awaitable<Result<engine::Description>> AskTypes(
      const PgStatement& statement, std::move_only_function<Result<std::string>()> text);
  static void Tell(PgStatement& statement, std::vector<PgColumn> columns);
  asio::awaitable<Portal::Part> Step(std::shared_ptr<Portal> portal, bool first,
                                     std::move_only_function<Portal::Part()> step);
  asio::awaitable<Status> Stream(std::shared_ptr<Portal> portal, bool fresh, bool describe,
                                 std::uint64_t rows_max, bool& suspended);
  void Complete(const Portal::Part& part);
  Status Explain(Error error) const;
  Status CheckEncoding(std::string_view text);

  /// \param sqlstate  PostgreSQL's own for this; our kinds are fewer
  std::unexpected<Error> NoSuch(std::string_view what, std::string_view name,
                                std::string_view sqlstate);
  static constexpr std::string_view kNoPreparedStatement = "26000";
  static constexpr std::string_view kNoCursor = "34000";

  // Cursors of SQL: portals that DECLARE makes and FETCH asks.
  asio::awaitable<Status> ApplyToCursor(const PgStatement& statement, Bound bound, bool describe);
  Status Declare(const PgStatement& statement, PgBound query);
  asio::awaitable<Status> Fetch(FetchWord word, std::vector<std::int16_t> formats, bool describe);
  asio::awaitable<Status> DescribeCursor(std::string name, std::vector<std::int16_t> formats);
  Status CloseCursor(const CloseWord& word);
  Status FailWithoutPlace(Error error);

  struct Savepoint {
    std::string name;
    SessionSettings::Moment settings;
  };

  // The session's own words. `describe`: put the description of SHOW's column before its row.
  Status Apply(const SessionWord& word, bool describe);
  Status ApplySet(const SetWord& word);
  Status ApplyShow(const ShowWord& word, bool describe);
  Status ApplyReset(const ResetWord& word);
  Status ApplyDiscard(const DiscardWord& word);
  Status ApplyDeallocate(const DeallocateWord& word);
  Status ApplySavepoint(const SavepointWord& word);
  void Announce(const SettingChange& change);
  void EndTransaction(bool commit);
  void Announce(const std::vector<SettingChange>& changes);

  void Fail(const Error& error);
  void DropPortals(bool held = false);
  void WarnOfCut(const Portal::Part& part);
  void Discard(Bound bound);
  asio::awaitable<bool> Flush();

  PgParts& parts_;
  Exchange& exchange_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::string client_;
  std::string out_;
  SessionSettings settings_;
  std::int32_t process_ = 0;
  char transaction_ = 'I';  // `I` idle, `T` in a transaction, `E` in a failed one
  bool may_write_ = true;   // no other statement of the message comes behind
  std::vector<Savepoint> savepoints_;
  bool skip_until_sync_ = false;
  bool idle_ = false;
  bool draining_ = false;
  std::map<std::string, std::shared_ptr<PgStatement>, std::less<>> statements_;
  std::map<std::string, Bound, std::less<>> portals_;
  std::shared_ptr<query::Run> running_;  // within UnderWay
};

}  // namespace neuralake::serve
