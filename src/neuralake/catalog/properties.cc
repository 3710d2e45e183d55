#include "neuralake/catalog/properties.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <initializer_list>

#include <fmt/format.h>

#include "neuralake/base/interval.h"
#include "neuralake/base/words.h"

namespace neuralake::catalog {
namespace {

// Delta PROTOCOL.md and the table properties page of Delta Lake.
constexpr std::array<std::string_view, 36> kKnown = {
    "delta.appendOnly",
    "delta.autoOptimize.autoCompact",
    "delta.autoOptimize.optimizeWrite",
    "delta.checkpoint.writeStatsAsJson",
    "delta.checkpoint.writeStatsAsStruct",
    "delta.checkpointInterval",
    "delta.checkpointPolicy",
    "delta.checkpointRetentionDuration",
    "delta.columnMapping.maxColumnId",
    "delta.columnMapping.mode",
    "delta.compatibility.symlinkFormatManifest.enabled",
    "delta.dataSkippingNumIndexedCols",
    "delta.dataSkippingStatsColumns",
    "delta.deletedFileRetentionDuration",
    "delta.enableChangeDataFeed",
    "delta.enableDeletionVectors",
    "delta.enableExpiredLogCleanup",
    "delta.enableFullRetentionRollback",
    "delta.enableIcebergCompatV1",
    "delta.enableIcebergCompatV2",
    "delta.enableInCommitTimestamps",
    "delta.enableRowTracking",
    "delta.enableTypeWidening",
    "delta.enableVariantShredding",
    "delta.isolationLevel",
    "delta.logRetentionDuration",
    "delta.minReaderVersion",
    "delta.minWriterVersion",
    "delta.parquet.compression.codec",
    "delta.randomizeFilePrefixes",
    "delta.randomPrefixLength",
    "delta.setTransactionRetentionDuration",
    "delta.targetFileSize",
    "delta.tuneFileSizesForRewrites",
    "delta.universalFormat.enabledFormats",
    "delta.writePartitionColumnsToParquet",
};

// Prefixes with a free rest.
constexpr std::array<std::string_view, 3> kKnownPrefixes = {"delta.constraints.", "delta.feature.",
                                                            "neuralake."};

constexpr std::array<std::string_view, 7> kSecretWords = {
    "password", "passwd", "secret", "token", "credential", "access_key", "access.key"};

enum class Takes : std::uint8_t { kTruth, kCount, kIndexedColumns, kSpan, kMapping, kIsolation };

struct ValueRule {
  std::string_view key;
  Takes takes;
};

constexpr std::array kValueRules = {
    ValueRule{"delta.appendOnly", Takes::kTruth},
    ValueRule{"delta.checkpoint.writeStatsAsJson", Takes::kTruth},
    ValueRule{"delta.checkpoint.writeStatsAsStruct", Takes::kTruth},
    ValueRule{"delta.checkpointInterval", Takes::kCount},
    ValueRule{"delta.checkpointRetentionDuration", Takes::kSpan},
    ValueRule{"delta.columnMapping.mode", Takes::kMapping},
    ValueRule{"delta.dataSkippingNumIndexedCols", Takes::kIndexedColumns},
    ValueRule{"delta.deletedFileRetentionDuration", Takes::kSpan},
    ValueRule{"delta.enableChangeDataFeed", Takes::kTruth},
    ValueRule{"delta.enableDeletionVectors", Takes::kTruth},
    ValueRule{"delta.enableExpiredLogCleanup", Takes::kTruth},
    ValueRule{"delta.enableInCommitTimestamps", Takes::kTruth},
    ValueRule{"delta.enableRowTracking", Takes::kTruth},
    ValueRule{"delta.enableTypeWidening", Takes::kTruth},
    ValueRule{"delta.isolationLevel", Takes::kIsolation},
    ValueRule{"delta.logRetentionDuration", Takes::kSpan},
    ValueRule{"delta.setTransactionRetentionDuration", Takes::kSpan},
};

std::optional<std::int64_t> NumberIn(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// What values there are, when `value` is none of them.
std::string_view Wanted(Takes takes, std::string_view value) {
  const std::string folded = Folded(value);
  const auto is_one_of = [&](std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, folded) != words.end();
  };
  switch (takes) {
    case Takes::kTruth:
      return is_one_of({"true", "false"}) ? "" : "true or false";
    case Takes::kCount:
      return NumberIn(value).value_or(0) > 0 ? "" : "a number above 0";
    case Takes::kIndexedColumns:
      return NumberIn(value).value_or(-2) >= -1 ? "" : "a number from 0, or -1 for all";
    case Takes::kSpan:
      return ParseInterval(value) ? "" : "a time span such as 'interval 7 days'";
    case Takes::kMapping:
      return is_one_of({"none", "name", "id"}) ? "" : "none, name or id";
    case Takes::kIsolation:
      return is_one_of({"serializable", "writeserializable", "snapshotisolation"})
                 ? ""
                 : "Serializable or WriteSerializable";
  }
  return "";
}

}  // namespace

std::optional<PropertyRemark> PropertyNote(std::string_view key) {
  const std::string folded = Folded(key);
  for (const auto word : kSecretWords) {
    if (folded.find(word) != std::string::npos) {
      return PropertyRemark{
          fmt::format("property {} looks like a secret, which does not belong into definitions; "
                      "set it in the environment",
                      key),
          Severity::kError};
    }
  }
  if (std::ranges::find(kKnown, key) != kKnown.end()) return std::nullopt;
  const auto has_prefix = [&](std::string_view prefix) { return key.starts_with(prefix); };
  if (std::ranges::any_of(kKnownPrefixes, has_prefix)) return std::nullopt;
  // Properties without Delta's prefix are free; only a wrong word of Delta's is suspicious.
  if (const auto nearest = Nearest(key, kKnown)) {
    return PropertyRemark{fmt::format("unknown property {}; did you mean {}?", key, *nearest),
                          Severity::kWarning};
  }
  if (!key.starts_with("delta.")) return std::nullopt;
  return PropertyRemark{fmt::format("unknown property {}", key), Severity::kWarning};
}

std::optional<std::string> PropertyValueProblem(std::string_view key, std::string_view value) {
  const auto rule = std::ranges::find(kValueRules, key, &ValueRule::key);
  if (rule == kValueRules.end()) return std::nullopt;
  const auto wanted = Wanted(rule->takes, value);
  if (wanted.empty()) return std::nullopt;
  return fmt::format("property {} takes {}, not '{}'", key, wanted, value);
}

}  // namespace neuralake::catalog
