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

/// What values a property takes.
enum class Takes : std::uint8_t {
  kAny,
  kTruth,
  kCount,
  kIndexedColumns,
  kSpan,
  kMapping,
  kIsolation,
};

struct Known {
  std::string_view key;
  Takes takes = Takes::kAny;
};

// Delta PROTOCOL.md and the table properties page of Delta Lake.
constexpr std::array kKnown = {
    Known{"delta.appendOnly", Takes::kTruth},
    Known{"delta.autoOptimize.autoCompact"},
    Known{"delta.autoOptimize.optimizeWrite"},
    Known{"delta.checkpoint.writeStatsAsJson", Takes::kTruth},
    Known{"delta.checkpoint.writeStatsAsStruct", Takes::kTruth},
    Known{"delta.checkpointInterval", Takes::kCount},
    Known{"delta.checkpointPolicy"},
    Known{"delta.checkpointRetentionDuration", Takes::kSpan},
    Known{"delta.columnMapping.maxColumnId"},
    Known{"delta.columnMapping.mode", Takes::kMapping},
    Known{"delta.compatibility.symlinkFormatManifest.enabled"},
    Known{"delta.dataSkippingNumIndexedCols", Takes::kIndexedColumns},
    Known{"delta.dataSkippingStatsColumns"},
    Known{"delta.deletedFileRetentionDuration", Takes::kSpan},
    Known{"delta.enableChangeDataFeed", Takes::kTruth},
    Known{"delta.enableDeletionVectors", Takes::kTruth},
    Known{"delta.enableExpiredLogCleanup", Takes::kTruth},
    Known{"delta.enableFullRetentionRollback"},
    Known{"delta.enableIcebergCompatV1"},
    Known{"delta.enableIcebergCompatV2"},
    Known{"delta.enableInCommitTimestamps", Takes::kTruth},
    Known{"delta.enableRowTracking", Takes::kTruth},
    Known{"delta.enableTypeWidening", Takes::kTruth},
    Known{"delta.enableVariantShredding"},
    Known{"delta.isolationLevel", Takes::kIsolation},
    Known{"delta.logRetentionDuration", Takes::kSpan},
    Known{"delta.minReaderVersion"},
    Known{"delta.minWriterVersion"},
    Known{"delta.parquet.compression.codec"},
    Known{"delta.randomizeFilePrefixes"},
    Known{"delta.randomPrefixLength"},
    Known{"delta.setTransactionRetentionDuration", Takes::kSpan},
    Known{"delta.targetFileSize"},
    Known{"delta.tuneFileSizesForRewrites"},
    Known{"delta.universalFormat.enabledFormats"},
    Known{"delta.writePartitionColumnsToParquet"},
};

// Prefixes with a free rest.
constexpr std::array<std::string_view, 3> kKnownPrefixes = {"delta.constraints.", "delta.feature.",
                                                            "neuralake."};

constexpr std::array<std::string_view, 7> kSecretWords = {
    "password", "passwd", "secret", "token", "credential", "access_key", "access.key"};

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
    case Takes::kAny:
      return "";
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
  if (std::ranges::find(kKnown, key, &Known::key) != kKnown.end()) return std::nullopt;
  const auto has_prefix = [&](std::string_view prefix) { return key.starts_with(prefix); };
  if (std::ranges::any_of(kKnownPrefixes, has_prefix)) return std::nullopt;
  // Properties without Delta's prefix are free; only a wrong word of Delta's is suspicious.
  std::array<std::string_view, kKnown.size()> keys;
  std::ranges::transform(kKnown, keys.begin(), &Known::key);
  if (const auto nearest = Nearest(key, keys)) {
    return PropertyRemark{fmt::format("unknown property {}; did you mean {}?", key, *nearest),
                          Severity::kWarning};
  }
  if (!key.starts_with("delta.")) return std::nullopt;
  return PropertyRemark{fmt::format("unknown property {}", key), Severity::kWarning};
}

std::optional<std::string> PropertyValueProblem(std::string_view key, std::string_view value) {
  const auto known = std::ranges::find(kKnown, key, &Known::key);
  if (known == kKnown.end()) return std::nullopt;
  const auto wanted = Wanted(known->takes, value);
  if (wanted.empty()) return std::nullopt;
  return fmt::format("property {} takes {}, not '{}'", key, wanted, value);
}

}  // namespace neuralake::catalog
