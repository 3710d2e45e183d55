#include "neuralake/serve/pgwire/session/session_words.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "neuralake/base/characters.h"

namespace neuralake::serve {
namespace {

using query::Piece;
using query::Token;
using query::TokenKind;
using Parsed = Result<std::optional<SessionWord>>;

/// Walks over the tokens of one statement.
class Walk {
 public:
  explicit Walk(const Piece& piece) : piece_(piece) {}

  bool AtEnd() const { return at_ >= piece_.tokens.size(); }

  /// Step over `word` if it is next.
  bool Take(std::string_view word) {
    if (AtEnd() || !query::IsWord(piece_.sql, piece_.tokens[at_], word)) return false;
    ++at_;
    return true;
  }
  bool TakeMark(std::string_view mark) {
    if (AtEnd() || piece_.tokens[at_].In(piece_.sql) != mark) return false;
    ++at_;
    return true;
  }

  std::size_t at() const { return at_; }

  /// A whole number from 0.
  std::optional<std::uint64_t> TakeCount() {
    if (AtEnd() || piece_.tokens[at_].kind != TokenKind::kNumber) return std::nullopt;
    const std::string_view text = piece_.tokens[at_].In(piece_.sql);
    std::uint64_t count = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc{} || stop != text.data() + text.size()) return std::nullopt;
    ++at_;
    return count;
  }

  /// A name, with points in it.
  Result<std::string> Name() {
    std::string name;
    do {
      if (AtEnd()) return Wrong();
      const Token& token = piece_.tokens[at_];
      if (token.kind != TokenKind::kWord && token.kind != TokenKind::kQuoted) return Wrong();
      if (!name.empty()) name += '.';
      name += query::Identifier(piece_.sql, token);
      ++at_;
    } while (TakeMark("."));
    return name;
  }

  /// The rest as the value of a parameter: texts without quotes, lists with `, `.
  Result<std::string> Value() {
    std::string value;
    while (!AtEnd()) {
      const Token& token = piece_.tokens[at_++];
      const std::string_view text = token.In(piece_.sql);
      if (text == ",") {
        value += ", ";
      } else if (token.kind == TokenKind::kString) {
        value += query::StringValue(piece_.sql, token);
      } else if (token.kind == TokenKind::kQuoted) {
        const std::string name = query::Identifier(piece_.sql, token);
        value += name.starts_with('$') ? "\"" + name + "\"" : name;
      } else if (token.kind == TokenKind::kParameter) {
        return Fail(ErrorKind::kUnsupported, "SET does not take parameters; use set_config");
      } else {
        value += text;
      }
    }
    if (value.empty()) return Wrong();
    return value;
  }

  std::unexpected<Error> Wrong() const {
    const std::size_t byte = AtEnd() ? piece_.sql.size() : piece_.tokens[at_].begin;
    auto failure = Fail(
        ErrorKind::kInvalid,
        AtEnd() ? "syntax error at end of input"
                : fmt::format("syntax error at or near \"{}\"", piece_.tokens[at_].In(piece_.sql)));
    failure.error().position = CharacterOffset(piece_.sql, byte);
    return failure;
  }

  /// `word` when nothing follows.
  Parsed Done(SessionWord word) const {
    if (!AtEnd()) return Wrong();
    return std::optional(std::move(word));
  }

 private:
  const Piece& piece_;
  std::size_t at_ = 0;
};

/// The rest as modes of a transaction, of which only the access mode has an effect: each statement
/// sees one snapshot, whatever isolation is asked for.
/// \returns whether it is to be read only, when that is said
Result<std::optional<bool>> ParseModes(Walk walk) {
  std::optional<bool> read_only;
  while (!walk.AtEnd()) {
    if (walk.Take("read")) {
      read_only = walk.Take("only");
      if (!*read_only && !walk.Take("write")) return walk.Wrong();
    } else if (walk.Take("isolation")) {
      if (!walk.Take("level")) return walk.Wrong();
      const bool known =
          walk.Take("serializable") || (walk.Take("repeatable") && walk.Take("read")) ||
          (walk.Take("read") && (walk.Take("committed") || walk.Take("uncommitted")));
      if (!known) return walk.Wrong();
    } else if (walk.Take("not") || !walk.Take("deferrable")) {
      if (!walk.Take("deferrable")) return walk.Wrong();
    }
    if (walk.TakeMark(",") && walk.AtEnd()) return walk.Wrong();
  }
  return read_only;
}

Parsed ParseSetModes(Walk walk, const char* parameter, bool local) {
  if (walk.Take("snapshot")) {
    return Fail(ErrorKind::kUnsupported, "there are no snapshots of other sessions");
  }
  if (walk.AtEnd()) return walk.Wrong();
  const auto read_only = TRY(ParseModes(walk));
  if (!read_only) return SessionWord(NothingWord{"SET"});
  return SessionWord(SetWord{parameter, *read_only ? "on" : "off", local});
}

Parsed ParseBegin(Walk walk, std::string tag) {
  return SessionWord(BeginWord{std::move(tag), TRY(ParseModes(walk))});
}

Parsed ParseSet(Walk walk) {
  const bool session = walk.Take("session");
  const bool local = !session && walk.Take("local");
  if (session && walk.Take("characteristics")) {
    if (!walk.Take("as") || !walk.Take("transaction")) return walk.Wrong();
    return ParseSetModes(walk, "default_transaction_read_only", false);
  }
  if (walk.Take("transaction")) return ParseSetModes(walk, "transaction_read_only", true);
  if (walk.Take("constraints")) return std::optional<SessionWord>(NothingWord{"SET CONSTRAINTS"});
  if (walk.Take("time")) {
    if (!walk.Take("zone")) return walk.Wrong();
    if (walk.Take("local") || walk.Take("default")) {
      return walk.Done(SetWord{"timezone", std::nullopt, local});
    }
    return SessionWord(SetWord{"timezone", TRY(walk.Value()), local});
  }
  if (walk.Take("names")) {
    return SessionWord(SetWord{"client_encoding", TRY(walk.Value()), local});
  }
  if (walk.Take("role") || walk.Take("authorization")) {
    return Fail(ErrorKind::kUnsupported, "there are no roles yet");
  }
  const std::string name = TRY(walk.Name());
  if (!walk.TakeMark("=") && !walk.Take("to")) return walk.Wrong();
  if (walk.Take("default")) return walk.Done(SetWord{name, std::nullopt, local});
  return SessionWord(SetWord{name, TRY(walk.Value()), local});
}

// `SHOW TABLES` and its like are the engine's.
Parsed ParseShow(Walk walk) {
  if (walk.Take("transaction")) {
    if (!walk.Take("isolation") || !walk.Take("level")) return walk.Wrong();
    return walk.Done(ShowWord{"transaction_isolation"});
  }
  if (walk.Take("time")) {
    if (!walk.Take("zone")) return walk.Wrong();
    return walk.Done(ShowWord{"timezone"});
  }
  if (walk.Take("session")) {
    if (!walk.Take("authorization")) return walk.Wrong();
    return walk.Done(ShowWord{"session_authorization"});
  }
  for (const char* engines : {"tables", "databases", "schemas", "columns"}) {
    if (walk.Take(engines)) return std::nullopt;
  }
  const std::string name = TRY(walk.Name());
  if (!walk.AtEnd()) return std::nullopt;
  if (name == "all" && walk.AtEnd()) return SessionWord(ShowWord{"all"});
  return SessionWord(ShowWord{name});
}

Parsed ParseReset(Walk walk) {
  if (walk.Take("session") && walk.Take("authorization")) return walk.Done(NothingWord{"RESET"});
  return walk.Done(ResetWord{TRY(walk.Name())});
}

Parsed ParseSavepoint(Walk walk, SavepointWord::What what) {
  if (what != SavepointWord::What::kSet) walk.Take("savepoint");
  return walk.Done(SavepointWord{what, TRY(walk.Name())});
}

// What follows COMMIT changes nothing but `PREPARED`.
Parsed ParseRollback(Walk walk) {
  if (walk.Take("prepared")) return Fail(ErrorKind::kUnsupported, "there is no two-phase commit");
  if (!walk.Take("work")) walk.Take("transaction");
  if (walk.Take("to")) return ParseSavepoint(walk, SavepointWord::What::kRollback);
  return SessionWord(RollbackWord{});
}

Parsed ParseCommit(Walk walk) {
  if (walk.Take("prepared")) return Fail(ErrorKind::kUnsupported, "there is no two-phase commit");
  return SessionWord(CommitWord{});
}

Parsed ParseDeallocate(Walk walk) {
  walk.Take("prepare");
  return walk.Done(DeallocateWord{TRY(walk.Name())});
}

Parsed ParseDeclare(Walk walk) {
  DeclareWord word{TRY(walk.Name()), 0, false};
  while (!walk.Take("cursor")) {
    if (walk.Take("no")) {
      if (!walk.Take("scroll")) return walk.Wrong();
    } else if (walk.Take("scroll")) {
      return Fail(ErrorKind::kUnsupported, "cursors go forward only: DECLARE without SCROLL");
    } else if (walk.Take("binary")) {
      return Fail(ErrorKind::kUnsupported,
                  "DECLARE BINARY is not there: ask for binary results when fetching");
    } else if (!walk.Take("insensitive") && !walk.Take("asensitive")) {
      return walk.Wrong();
    }
  }
  word.hold = walk.Take("with");
  if (word.hold || walk.Take("without")) {
    if (!walk.Take("hold")) return walk.Wrong();
  }
  if (!walk.Take("for") || walk.AtEnd()) return walk.Wrong();
  word.query_token = walk.at();
  return SessionWord(word);
}

Parsed ParseFetch(Walk walk, bool move) {
  FetchWord word;
  word.move = move;
  for (const char* backward : {"prior", "first", "last", "absolute", "relative", "backward"}) {
    if (walk.Take(backward)) {
      return Fail(ErrorKind::kUnsupported, "cursors go forward only: FETCH FORWARD");
    }
  }
  if (!walk.Take("next")) {
    walk.Take("forward");
    if (walk.Take("all")) {
      word.rows = 0;
    } else if (const auto count = walk.TakeCount()) {
      if (*count == 0) return Fail(ErrorKind::kUnsupported, "FETCH 0 is not there");
      word.rows = *count;
    }
  }
  if (!walk.Take("from")) walk.Take("in");
  word.name = TRY(walk.Name());
  return walk.Done(word);
}

}  // namespace

Parsed ParseSessionWord(const Piece& piece) {
  Walk walk(piece);
  if (walk.Take("set")) return ParseSet(walk);
  if (walk.Take("show")) return ParseShow(walk);
  if (walk.Take("reset")) return ParseReset(walk);
  if (walk.Take("begin")) {
    if (!walk.Take("work")) walk.Take("transaction");
    return ParseBegin(walk, "BEGIN");
  }
  if (walk.Take("start")) {
    if (!walk.Take("transaction")) return walk.Wrong();
    return ParseBegin(walk, "START TRANSACTION");
  }
  if (walk.Take("commit") || walk.Take("end")) return ParseCommit(walk);
  if (walk.Take("rollback") || walk.Take("abort")) return ParseRollback(walk);
  if (walk.Take("savepoint")) return ParseSavepoint(walk, SavepointWord::What::kSet);
  if (walk.Take("release")) return ParseSavepoint(walk, SavepointWord::What::kRelease);
  if (walk.Take("discard")) return walk.Done(DiscardWord{TRY(walk.Name())});
  if (walk.Take("deallocate")) return ParseDeallocate(walk);
  if (walk.Take("unlisten")) return SessionWord(NothingWord{"UNLISTEN"});
  if (walk.Take("declare")) return ParseDeclare(walk);
  if (walk.Take("fetch")) return ParseFetch(walk, /*move=*/false);
  if (walk.Take("move")) return ParseFetch(walk, /*move=*/true);
  if (walk.Take("close")) return walk.Done(CloseWord{TRY(walk.Name())});
  for (const char* word : {"listen", "notify", "lock", "prepare", "execute"}) {
    if (!walk.Take(word)) continue;
    std::string name(word);
    std::ranges::transform(name, name.begin(), [](char c) { return static_cast<char>(c - 32); });
    return Fail(ErrorKind::kUnsupported, name + " is not there yet");
  }
  // COPY of files is for the engine to refuse; what needs the protocol is refused here.
  const auto is_stream = [&](const Token& token) {
    return query::IsWord(piece.sql, token, "stdout") || query::IsWord(piece.sql, token, "stdin");
  };
  if (walk.Take("copy") && std::ranges::any_of(piece.tokens, is_stream)) {
    return Fail(ErrorKind::kUnsupported, "COPY from and to the client is not there yet");
  }
  return std::nullopt;
}

}  // namespace neuralake::serve
