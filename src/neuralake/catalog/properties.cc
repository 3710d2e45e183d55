#include "neuralake/catalog/properties.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "neuralake/catalog/names.h"

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

}  // namespace neuralake::catalog
