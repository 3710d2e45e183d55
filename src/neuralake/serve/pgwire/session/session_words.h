#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "neuralake/base/error.h"
#include "neuralake/query/tokens.h"

namespace neuralake::serve {

// Statements that change or show the session and never reach the engine.

struct SetWord {
  std::string name;
  std::optional<std::string> value;  ///< Nothing for DEFAULT.
  bool local = false;                ///< For the transaction alone.
};
struct ShowWord {
  std::string name;  ///< `all` for all.
};
struct ResetWord {
  std::string name;  ///< `all` for all.
};
struct BeginWord {
  std::string tag;                  ///< `BEGIN` or `START TRANSACTION`.
  std::optional<bool> read_only{};  ///< Nothing: as transactions are by default.
};
struct CommitWord {};
struct RollbackWord {};
struct SavepointWord {
  enum class What : std::uint8_t { kSet, kRelease, kRollback };
  What what = What::kSet;
  std::string name;
};
struct DiscardWord {
  std::string what;  ///< `all`, `plans`, `temp`, `sequences`.
};
struct DeallocateWord {
  std::string name;  ///< `all` for all.
};
struct DeclareWord {
  std::string name;
  std::size_t query_token = 0;  ///< Where, among the tokens, the query after FOR begins.
  bool hold = false;            ///< Outlives its transaction.
};
struct FetchWord {
  std::string name;
  std::uint64_t rows = 1;  ///< 0: all that are left.
  bool move = false;       ///< MOVE: the rows are not sent.
};
struct CloseWord {
  std::string name;  ///< `all` for all.
};
struct NothingWord {
  std::string tag;  ///< Accepted without effect: `LISTEN`, `UNLISTEN`, …
};

using SessionWord =
    std::variant<SetWord, ShowWord, ResetWord, BeginWord, CommitWord, RollbackWord, SavepointWord,
                 DiscardWord, DeallocateWord, DeclareWord, FetchWord, CloseWord, NothingWord>;

/// Read a statement as one of the session's own.
///
/// \returns nothing when it is the engine's
/// \errors kInvalid      the session's, but wrongly written
///         kUnsupported  the session's, but not something it can do
Result<std::optional<SessionWord>> ParseSessionWord(const query::Piece& piece);

}  // namespace neuralake::serve
