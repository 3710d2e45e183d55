#include "neuralake/serve/pgwire/session/settings.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "neuralake/serve/limits.h"

namespace neuralake::serve {
namespace {

/// What may be done with a parameter.
enum class Rule : std::uint8_t {
  kAny,        ///< Every text is kept.
  kFixed,      ///< Only the values listed; others are refused.
  kFixedSoft,  ///< Only the values listed have an effect; others warn and change nothing.
  kBoolean,
  kCount,     ///< A whole number from 0.
  kDuration,  ///< `1500`, `1500ms`, `15s`, `2min`.
  kReadOnly,
};

struct Known {
  std::string_view name;
  std::string_view value;  ///< At first.
  Rule rule;
  bool report;
  std::string_view accepted;  ///< For kFixed: lower case, separated by `|`.
  std::string_view about;
};

constexpr const char* kReadOnlyByDefault = "default_transaction_read_only";
constexpr const char* kReadOnlyNow = "transaction_read_only";

constexpr std::string_view kServerVersion = "15.0 (Neuralake)";

constexpr std::array kKnown = {
    Known{"application_name", "", Rule::kAny, true, "", "What the client calls itself."},
    Known{"backslash_quote", "safe_encoding", Rule::kFixed, false, "safe_encoding", ""},
    Known{"bytea_output", "hex", Rule::kFixed, false, "hex", "How bytea is written."},
    Known{"client_encoding", "UTF8", Rule::kFixed, true, "utf8|utf-8|unicode", "Of all text."},
    Known{"client_min_messages", "notice", Rule::kAny, false, "", ""},
    Known{"DateStyle", "ISO, MDY", Rule::kFixed, true, "iso|iso, mdy|iso, dmy|iso, ymd",
          "How dates are written."},
    Known{"default_transaction_isolation", "read committed", Rule::kAny, false, "", ""},
    Known{kReadOnlyByDefault, "off", Rule::kBoolean, true, "",
          "Whether transactions, and statements outside of them, may change nothing."},
    Known{"default_transaction_deferrable", "off", Rule::kBoolean, false, "", ""},
    Known{"enable_seqscan", "on", Rule::kBoolean, false, "", ""},
    Known{"extra_float_digits", "1", Rule::kAny, false, "", "Floats are always exact."},
    Known{"geqo", "on", Rule::kBoolean, false, "", ""},
    Known{"idle_in_transaction_session_timeout", "0", Rule::kDuration, false, "", ""},
    Known{"in_hot_standby", "off", Rule::kReadOnly, true, "", ""},
    Known{"integer_datetimes", "on", Rule::kReadOnly, true, "", ""},
    Known{"intervalstyle", "postgres", Rule::kFixed, true, "postgres", ""},
    Known{"is_superuser", "off", Rule::kReadOnly, true, "", ""},
    Known{"jit", "off", Rule::kBoolean, false, "", ""},
    Known{"lc_collate", "C", Rule::kReadOnly, false, "", ""},
    Known{"lc_ctype", "C", Rule::kReadOnly, false, "", ""},
    Known{"lc_messages", "C", Rule::kAny, false, "", ""},
    Known{"lc_monetary", "C", Rule::kAny, false, "", ""},
    Known{"lc_numeric", "C", Rule::kAny, false, "", ""},
    Known{"lc_time", "C", Rule::kAny, false, "", ""},
    Known{"lock_timeout", "0", Rule::kDuration, false, "", ""},
    Known{"max_identifier_length", "63", Rule::kReadOnly, false, "", ""},
    Known{"max_index_keys", "32", Rule::kReadOnly, false, "", ""},
    Known{"quote_all_identifiers", "off", Rule::kBoolean, false, "", ""},
    Known{"row_limit", "10000", Rule::kCount, false, "",
          "Rows after which an answer is cut, with a warning; 0 for never."},
    Known{"row_security", "on", Rule::kBoolean, false, "", ""},
    Known{"search_path", "\"$user\", public", Rule::kFixed, false,
          "\"$user\", public|\"$user\",public|public|pg_catalog|public, pg_catalog|",
          "Names are written with their database."},
    Known{"server_encoding", "UTF8", Rule::kReadOnly, true, "", ""},
    Known{"server_version", kServerVersion, Rule::kReadOnly, true, "", ""},
    Known{"server_version_num", "150000", Rule::kReadOnly, false, "", ""},
    Known{"session_authorization", "neuralake", Rule::kReadOnly, true, "", ""},
    Known{"standard_conforming_strings", "on", Rule::kFixed, true, "on|true|1|yes", ""},
    Known{"statement_timeout", "0", Rule::kDuration, false, "",
          "Time after which a statement is cancelled; 0 for the server's limit."},
    Known{"synchronize_seqscans", "on", Rule::kBoolean, false, "", ""},
    Known{"TimeZone", "UTC", Rule::kFixedSoft, true,
          "utc|etc/utc|gmt|etc/gmt|z|zulu|universal|00:00|+00:00|0",
          "Instants are written in UTC."},
    Known{"transaction_deferrable", "off", Rule::kBoolean, false, "", ""},
    Known{"transaction_isolation", "read committed", Rule::kAny, false, "", ""},
    Known{kReadOnlyNow, "off", Rule::kBoolean, false, "",
          "Whether this transaction may change nothing."},
    Known{"xmloption", "content", Rule::kAny, false, "", ""},
};

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string Lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), Lower);
  return out;
}

const Known* Find(std::string_view name) {
  const auto found = std::ranges::find_if(kKnown, [&](const Known& known) {
    return std::ranges::equal(known.name, name, {}, Lower, Lower);
  });
  return found == kKnown.end() ? nullptr : found;
}

bool IsAccepted(std::string_view accepted, std::string_view value) {
  const std::string lower = Lowered(value);
  while (true) {
    const auto bar = accepted.find('|');
    if (accepted.substr(0, bar) == lower) return true;
    if (bar == std::string_view::npos) return false;
    accepted.remove_prefix(bar + 1);
  }
}

constexpr std::string_view kBadValue = "22023";
constexpr std::int64_t kDurationMsMax = std::numeric_limits<std::int32_t>::max();

std::unexpected<Error> Wrong(std::string_view name, std::string_view value) {
  return Coded(Fail(ErrorKind::kInvalid,
                    fmt::format("invalid value for parameter \"{}\": \"{}\"", name, value)),
               kBadValue);
}

Result<std::string> Boolean(std::string_view name, std::string_view value) {
  const std::string lower = Lowered(value);
  for (const std::string_view on : {"on", "true", "1", "yes", "t"}) {
    if (lower == on) return "on";
  }
  for (const std::string_view off : {"off", "false", "0", "no", "f"}) {
    if (lower == off) return "off";
  }
  return Wrong(name, value);
}

/// Milliseconds of `1500`, `15s`, `2min`.
std::optional<std::int64_t> Milliseconds(std::string_view value) {
  std::int64_t number = 0;
  const char* const end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc{}) return std::nullopt;
  std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
  if (unit.empty() || unit == "ms") return number;
  // Then it is out of range in any unit.
  if (std::abs(number) > kDurationMsMax) return number;
  if (unit == "s") return number * 1000;
  if (unit == "min") return number * 60'000;
  if (unit == "h") return number * 3'600'000;
  return std::nullopt;
}

/// The value to keep, and whether it was taken without effect.
Result<SettingChange> Check(const Known& known, const std::string& value) {
  SettingChange change{std::string(known.name), value, known.report, ""};
  switch (known.rule) {
    case Rule::kAny:
      return change;
    case Rule::kFixed:
      if (!IsAccepted(known.accepted, value)) {
        return Fail(ErrorKind::kUnsupported,
                    fmt::format("\"{}\" cannot be \"{}\" here; it is \"{}\"", known.name, value,
                                known.value));
      }
      change.value = known.value;
      return change;
    case Rule::kFixedSoft:
      if (!IsAccepted(known.accepted, value)) {
        change.warning =
            fmt::format("\"{}\" stays \"{}\": {}", known.name, known.value, known.about);
      }
      change.value = known.value;
      return change;
    case Rule::kBoolean:
      change.value = TRY(Boolean(known.name, value));
      return change;
    case Rule::kCount:
      if (value.empty() || value.size() > 18 ||
          value.find_first_not_of("0123456789") != std::string::npos) {
        return Wrong(known.name, value);
      }
      return change;
    case Rule::kDuration: {
      const auto milliseconds = Milliseconds(value);
      if (!milliseconds) return Wrong(known.name, value);
      if (*milliseconds < 0 || *milliseconds > kDurationMsMax) {
        return Coded(Fail(ErrorKind::kInvalid,
                          fmt::format("{} ms is outside the valid range for parameter \"{}\" (0 ms "
                                      ".. {} ms)",
                                      *milliseconds, known.name, kDurationMsMax)),
                     kBadValue);
      }
      change.value = std::to_string(*milliseconds);
      return change;
    }
    case Rule::kReadOnly:
      break;
  }
  return Fail(ErrorKind::kInvalid, fmt::format("parameter \"{}\" cannot be changed", known.name));
}

}  // namespace

SessionSettings::SessionSettings(std::uint64_t rows_max) {
  Values values;
  for (const Known& known : kKnown) values[Lowered(known.name)] = known.value;
  values["row_limit"] = std::to_string(rows_max);
  now_.values_ = std::make_shared<const Values>(std::move(values));
  now_.kept_ = now_.values_;
  MarkStart();
}

void SessionSettings::MarkStart() { start_ = now_.values_; }

// Values are copied when one changes, so that savepoints cost nothing.
void SessionSettings::Put(const std::string& key, std::string value, bool local) {
  const auto with = [&](const Values& values) {
    Values changed = values;
    changed[key] = value;
    return std::make_shared<const Values>(std::move(changed));
  };
  const bool same = now_.kept_ == now_.values_;
  now_.values_ = with(*now_.values_);
  if (!local) now_.kept_ = same ? now_.values_ : with(*now_.kept_);
}

Result<SettingChange> SessionSettings::Set(std::string_view name,
                                           const std::optional<std::string>& value, bool local) {
  if (name == "neuralake.row_limit") name = "row_limit";
  const std::string key = Lowered(name);
  const Known* known = Find(name);
  if (known == nullptr) {
    // PostgreSQL lets a client invent parameters with a point in their names.
    if (!key.contains('.')) {
      return Fail(ErrorKind::kNotFound,
                  fmt::format("unrecognized configuration parameter \"{}\"", name));
    }
    const Values& values = *now_.values_;
    if (!values.contains(key) && values.size() >= kKnown.size() + kSessionSettingsMax) {
      return Fail(
          ErrorKind::kResourceExhausted,
          fmt::format("a session keeps at most {} parameters of its own", kSessionSettingsMax));
    }
    Put(key, value.value_or(""), local);
    return SettingChange{key, value.value_or(""), false, ""};
  }
  SettingChange change{std::string(known->name), start_->at(key), known->report, ""};
  if (value) change = TRY(Check(*known, *value));
  if (key == kReadOnlyNow) {
    // Of one transaction; outside, each statement is one.
    if (in_transaction()) Put(key, change.value, /*local=*/true);
    return change;
  }
  Put(key, change.value, local);
  if (key == kReadOnlyByDefault && !in_transaction()) Put(kReadOnlyNow, change.value, false);
  return change;
}

void SessionSettings::BeginTransaction() {
  if (!in_transaction()) before_ = now_.values_;
}

bool SessionSettings::read_only() const { return now_.values_->at(kReadOnlyNow) == "on"; }

std::vector<SettingChange> SessionSettings::EndTransaction(bool commit) {
  if (!in_transaction()) return {};
  const auto before = std::exchange(before_, nullptr);
  auto changes = Use(commit ? now_.kept_ : before);
  Put(kReadOnlyNow, now_.values_->at(kReadOnlyByDefault), /*local=*/false);
  return changes;
}

std::vector<SettingChange> SessionSettings::GoBack(const Moment& moment) {
  auto changes = Use(moment.values_);
  now_ = moment;
  return changes;
}

std::vector<SettingChange> SessionSettings::ResetAll() { return Use(start_); }

std::vector<SettingChange> SessionSettings::Use(std::shared_ptr<const Values> values) {
  std::vector<SettingChange> changes;
  for (const Known& known : kKnown) {
    const std::string key = Lowered(known.name);
    if (known.report && now_.values_->at(key) != values->at(key)) {
      changes.push_back({std::string(known.name), values->at(key), true, ""});
    }
  }
  now_.values_ = std::move(values);
  now_.kept_ = now_.values_;
  return changes;
}

bool SessionSettings::Has(std::string_view name) const {
  return now_.values_->contains(Lowered(name));
}

Result<std::string> SessionSettings::Show(std::string_view name) const {
  const auto found = now_.values_->find(Lowered(name));
  if (found != now_.values_->end()) return found->second;
  return Fail(ErrorKind::kNotFound,
              fmt::format("unrecognized configuration parameter \"{}\"", name));
}

std::vector<std::array<std::string, 3>> SessionSettings::All() const {
  std::vector<std::array<std::string, 3>> rows;
  for (const auto& [key, value] : *now_.values_) {
    const Known* known = Find(key);
    rows.push_back({known == nullptr ? key : std::string(known->name), value,
                    known == nullptr ? "" : std::string(known->about)});
  }
  return rows;
}

std::pair<std::string, std::string> SessionSettings::Joined() const {
  std::pair<std::string, std::string> joined;
  const auto append = [](std::string& to, std::string_view text) {
    std::ranges::replace_copy(text, std::back_inserter(to), kSettingSeparator, '?');
    to.push_back(kSettingSeparator);
  };
  for (const auto& [key, value] : *now_.values_) {
    append(joined.first, key);
    append(joined.second, value);
  }
  return joined;
}

std::vector<std::pair<std::string, std::string>> SessionSettings::Reported() const {
  std::vector<std::pair<std::string, std::string>> reported;
  for (const Known& known : kKnown) {
    if (known.report) reported.emplace_back(known.name, now_.values_->at(Lowered(known.name)));
  }
  return reported;
}

std::chrono::milliseconds SessionSettings::statement_timeout() const {
  return std::chrono::milliseconds(std::stoll(now_.values_->at("statement_timeout")));
}

std::optional<std::uint64_t> SessionSettings::rows_max() const {
  const std::uint64_t rows = std::stoull(now_.values_->at("row_limit"));
  return rows == 0 ? std::nullopt : std::optional(rows);
}

}  // namespace neuralake::serve
