#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/columnar/value.h"
#include "neuralake/engine/executor.h"
#include "neuralake/query/tokens.h"
#include "neuralake/serve/pgwire/messages.h"
#include "neuralake/serve/pgwire/rewritten_text.h"
#include "neuralake/serve/pgwire/session/session_words.h"
#include "neuralake/serve/pgwire/writer.h"

namespace neuralake::serve {

/// Who answers a statement.
enum class PgTarget : std::uint8_t {
  kNobody,   ///< There is nothing in it.
  kSession,  ///< A session word.
  kEngine,   ///< The tables of the lake.
  kCatalog,  ///< The system catalog that tools look into.
};

/// A statement as Parse or a simple query brings it.
struct PgStatement {
  /// A piece of a text that waits for what is learned of a parameter later.
  struct Waiting {
    std::size_t parameter = 0;
    std::size_t piece = 0;
  };
  PgTarget target = PgTarget::kNobody;
  RewrittenText text;                   ///< For whoever answers.
  std::vector<std::size_t> lists{};     ///< Of lists of texts, unless their other sides tell more.
  std::string sql{};                    ///< As it was sent, of one with `lists`.
  std::int64_t characters_before = 0;   ///< In what was sent, before `sql`.
  std::vector<Waiting> numeric_arrays;  ///< Their types: the values say how many digits they need.
  bool asks_settings = false;           ///< As `CatalogText`.
  std::optional<SessionWord> word;      ///< Of kSession.
  std::shared_ptr<PgStatement> query;   ///< Of DECLARE: what its cursor runs.
  std::vector<std::uint32_t> types;  ///< Of the parameters, as the client gave them; 0: not given.
  bool may_start_early = false;      ///< It only reads, so a Describe may already start it.
  bool changes = false;              ///< Its first word is one that changes tables.
  std::optional<engine::Description> description;
  bool described_exactly = false;  ///< It has the columns that there will be, whatever the values.
  std::optional<std::vector<PgColumn>> told;  ///< The columns that a Describe told the client of.

  /// About what it holds in memory.
  std::size_t bytes() const;
};

/// A statement with its parameters.
struct PgBound {
  RewrittenText text;
  std::vector<columnar::Value> parameters;

  /// What it holds in memory.
  std::size_t bytes() const;
};

/// Read one statement of a client.
/// \errors kInvalid, kUnsupported  as `ParseSessionWord`
///         kResourceExhausted      with the casts that its parameters need it is too long
Result<PgStatement> ReadStatement(const query::Piece& piece, std::vector<std::uint32_t> types);

/// Read the text of a Parse message.
/// \errors kInvalid  more than one statement in it
Result<PgStatement> ReadSingleStatement(std::string_view sql, std::vector<std::uint32_t> types);

/// The number of parameters `$n` that a statement names.
std::size_t CountParameters(const query::Piece& piece);

/// The text by which the engine describes a `statement` of kEngine with a cast around each of its
/// parameters, once it told of those without a type what it infers: what it cannot infer is a text.
/// \errors kResourceExhausted  as `ReadStatement`
Result<std::string> TypedText(const PgStatement& statement, const engine::Description* inferred);

/// The text in which elements stand in the place of the `lists` of a statement, for the engine to
/// tell their types.
Result<std::string> ElementText(const PgStatement& statement);

/// Give the `lists` of a statement the types of their elements.
/// \param elements  of `ElementText`; null when the engine could not tell: they stay lists of texts
/// \errors kResourceExhausted  as `ReadStatement`
Status TypeLists(PgStatement& statement, const engine::Description* elements);

/// Take the casts of `TypedText` out of the names of columns.
void ForgetCasts(const PgStatement& statement, engine::Description& description);

/// Bind the parameters of a message to a statement.
/// \errors kInvalid            too few, or values that are not of their types
///         kResourceExhausted  as `ReadStatement`
Result<PgBound> BindParameters(const PgStatement& statement, const PgBind& bind);

}  // namespace neuralake::serve
