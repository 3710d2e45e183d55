#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace neuralake::verify {

/// What breaking a rule means.
enum class Severity : std::uint8_t {
  kWarning,  ///< Against the protocol or its advice; readers still get the right rows.
  kError,    ///< A reader that follows the protocol may fail or get wrong rows.
};

std::string_view Name(Severity severity);

/// Every rule that the checker knows. What each asks is in `RuleRows`.
enum class Rule : std::uint8_t {
  kLogStart,
  kLogGap,
  kLogCompacted,
  kCommitLine,
  kCommitAction,
  kCommitMisplaced,
  kCommitRepeated,
  kCommitEmpty,
  kCommitFirst,
  kCommitFileTwice,
  kCommitAddAndRemove,
  kCommitVectorReplaced,
  kCommitRemoveUnknown,
  kCommitRearranged,
  kCommitAppendOnly,
  kCommitTimestamp,
  kCommitMetrics,
  kProtocolVersions,
  kProtocolLists,
  kProtocolFeature,
  kProtocolUnknown,
  kProtocolDependency,
  kProtocolMissing,
  kMetadataFormat,
  kMetadataSchema,
  kMetadataNames,
  kMetadataPartition,
  kMetadataMapping,
  kMetadataTypeChange,
  kCheckpointRead,
  kCheckpointAction,
  kCheckpointShape,
  kCheckpointParts,
  kCheckpointSidecar,
  kCheckpointFiles,
  kCheckpointFields,
  kCheckpointTombstones,
  kCheckpointOther,
  kCheckpointParsed,
  kLastCheckpoint,
  kLastCheckpointSize,
  kLastCheckpointChecksum,
  kCrcRead,
  kCrcTotals,
  kCrcActions,
  kCrcHistogram,
  kCrcFiles,
  kFilePath,
  kFileMissing,
  kFileSize,
  kFileRead,
  kFileType,
  kFileNull,
  kPartitionColumns,
  kPartitionValue,
  kStatsJson,
  kStatsRecords,
  kStatsNullCount,
  kStatsBound,
  kStatsTight,
  kStatsNan,
  kVectorDescriptor,
  kVectorRead,
  kVectorChecksum,
  kVectorFormat,
  kVectorCardinality,
  kVectorPosition,
  kVectorRecords,
  kRowIds,
  kClustering,
};

struct RuleRow {
  Rule rule;
  std::string_view name;  ///< As findings carry it: `checkpoint.files`.
  Severity severity;
  std::string_view asks;  ///< What holds in a table without fault.
};

/// All rules, in the order of `Rule`.
std::span<const RuleRow> RuleRows();

const RuleRow& Row(Rule rule);

/// The rules as a page of Markdown.
std::string RulesPage();

}  // namespace neuralake::verify
