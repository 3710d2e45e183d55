#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "neuralake/base/error.h"

namespace neuralake::serve {

/// What came of setting a parameter.
struct SettingChange {
  std::string name;     ///< As PostgreSQL spells it.
  std::string value;    ///< Now in force.
  bool report = false;  ///< To be told to the client (ParameterStatus).
  std::string warning;  ///< When the value was taken but changes nothing; may be empty.
};

/// The parameters of one Postgres session: what SET, SHOW and RESET speak of.
///
/// Those that clients set by habit are kept and shown. Where only one behaviour exists here, its
/// value is accepted, and another is refused or, if nothing hangs on it, answered with a warning.
///
/// They follow transactions: what SET changed is gone after ROLLBACK, and what SET LOCAL changed
/// after any end.
class SessionSettings {
 private:
  using Values = std::map<std::string, std::string, std::less<>>;  // by lower-case name

 public:
  /// The parameters at a moment.
  class Moment {
   private:
    friend class SessionSettings;
    std::shared_ptr<const Values> values_;  // in force
    std::shared_ptr<const Values> kept_;    // what COMMIT would leave
  };

  explicit SessionSettings(std::uint64_t rows_max);

  /// \param value  as text; nothing for DEFAULT
  /// \param local  until the transaction ends; only within one
  /// \errors kInvalid      a value that the parameter cannot have
  ///         kUnsupported  a behaviour that is not there
  ///         kNotFound     no such parameter
  Result<SettingChange> Set(std::string_view name, const std::optional<std::string>& value,
                            bool local = false);

  bool in_transaction() const { return before_ != nullptr; }
  /// Nothing happens within a transaction.
  void BeginTransaction();
  /// Gives those to be told. Nothing happens outside of a transaction.
  std::vector<SettingChange> EndTransaction(bool commit);

  /// For savepoints, within one transaction.
  Moment Now() const { return now_; }
  std::vector<SettingChange> GoBack(const Moment& moment);

  /// \errors kNotFound
  Result<std::string> Show(std::string_view name) const;
  bool Has(std::string_view name) const;

  /// Name, value and description of all, in order of their names.
  std::vector<std::array<std::string, 3>> All() const;

  /// All names, in lower case, and all values in their order, with `kSettingSeparator` behind each:
  /// for the system catalog.
  std::pair<std::string, std::string> Joined() const;

  /// What a client is told when its session begins.
  std::vector<std::pair<std::string, std::string>> Reported() const;

  /// All back to their values at the start of the session; gives those to be told.
  std::vector<SettingChange> ResetAll();
  /// From now on RESET gives the values of this moment.
  void MarkStart();

  std::chrono::milliseconds statement_timeout() const;  ///< 0: the server's.
  std::optional<std::uint64_t> rows_max() const;        ///< Nothing: all rows.
  bool read_only() const;  ///< Whether the transaction, or a statement outside, may change nothing.

 private:
  /// Put `values` in force; gives those to be told.
  std::vector<SettingChange> Use(std::shared_ptr<const Values> values);
  void Put(const std::string& key, std::string value, bool local);

  Moment now_;                            // both of one value outside of a transaction
  std::shared_ptr<const Values> before_;  // in a transaction: what ROLLBACK leaves
  std::shared_ptr<const Values> start_;
};

/// Behind each text that `SessionSettings::Joined` joins; a value's own are question marks there.
inline constexpr char kSettingSeparator = '\x1e';

}  // namespace neuralake::serve
