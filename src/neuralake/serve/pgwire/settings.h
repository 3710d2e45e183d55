#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
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
class SessionSettings {
 public:
  explicit SessionSettings(std::uint64_t rows_max);

  /// \param value  as text; nothing for DEFAULT
  /// \errors kInvalid      a value that the parameter cannot have
  ///         kUnsupported  a behaviour that is not there
  ///         kNotFound     no such parameter
  Result<SettingChange> Set(std::string_view name, const std::optional<std::string>& value);

  /// \errors kNotFound
  Result<std::string> Show(std::string_view name) const;
  bool Has(std::string_view name) const;

  /// Name, value and description of all, in order of their names.
  std::vector<std::array<std::string, 3>> All() const;

  /// What a client is told when its session begins.
  std::vector<std::pair<std::string, std::string>> Reported() const;

  /// All back to their values at the start of the session; gives those to be told.
  std::vector<SettingChange> ResetAll();
  /// From now on RESET gives the values of this moment.
  void MarkStart();

  std::chrono::milliseconds statement_timeout() const;  ///< 0: the server's.
  std::optional<std::uint64_t> rows_max() const;        ///< Nothing: all rows.

 private:
  std::map<std::string, std::string, std::less<>> values_;  // by lower-case name
  std::map<std::string, std::string, std::less<>> start_;
};

}  // namespace neuralake::serve
