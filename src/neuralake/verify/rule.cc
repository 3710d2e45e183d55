#include "neuralake/verify/rule.h"

#include <iterator>

#include <fmt/format.h>

namespace neuralake::verify {
namespace {

constexpr auto kError = Severity::kError;
constexpr auto kWarning = Severity::kWarning;

// One a line.
// clang-format off
constexpr RuleRow kRows[] = {
    {Rule::kLogStart, "log.start", kError, "The log holds version 0, or a complete checkpoint that can be read, to start from"},
    {Rule::kLogGap, "log.gap", kError, "Every commit from the start to the version is there"},
    {Rule::kLogCompacted, "log.compacted", kError, "A compacted log file holds what its commits come to"},
    {Rule::kCommitLine, "commit.line", kError, "Each line is one JSON object with one action"},
    {Rule::kCommitAction, "commit.action", kError, "An action has its required fields, and every field its type"},
    {Rule::kCommitMisplaced, "commit.misplaced", kError, "Actions of checkpoints are in no commit"},
    {Rule::kCommitRepeated, "commit.repeated", kError, "One commit has at most one metaData, protocol, commitInfo, and one txn or domainMetadata a name"},
    {Rule::kCommitEmpty, "commit.empty", kError, "A commit holds at least one action"},
    {Rule::kCommitFirst, "commit.first", kError, "Version 0 has a protocol and a metaData"},
    {Rule::kCommitFileTwice, "commit.file-twice", kError, "No path is added twice or removed twice in one commit"},
    {Rule::kCommitAddAndRemove, "commit.add-and-remove", kError, "No path is added and removed in one commit with the same deletion vector"},
    {Rule::kCommitVectorReplaced, "commit.vector-replaced", kError, "A path that gets another deletion vector is removed with the one it had"},
    {Rule::kCommitRemoveUnknown, "commit.remove-unknown", kWarning, "What is removed was in the table"},
    {Rule::kCommitRearranged, "commit.rearranged", kError, "A commit that only rearranges rows adds as many as it removes"},
    {Rule::kCommitAppendOnly, "commit.append-only", kError, "Nothing is removed from an append-only table"},
    {Rule::kCommitTimestamp, "commit.timestamp", kError, "Where in-commit timestamps are on, commitInfo comes first and has one that is greater than the last"},
    {Rule::kCommitMetrics, "commit.metrics", kError, "A commit whose commitInfo counts added files with rows holds more than it"},
    {Rule::kProtocolVersions, "protocol.versions", kError, "Reader version 1 to 3, writer version 1 to 7, reader 3 only with writer 7"},
    {Rule::kProtocolLists, "protocol.lists", kError, "readerFeatures are there with reader version 3 alone, writerFeatures with writer version 7 alone"},
    {Rule::kProtocolFeature, "protocol.feature", kError, "A feature of readers is in both lists, one of writers in writerFeatures alone"},
    {Rule::kProtocolUnknown, "protocol.unknown", kWarning, "The checker knows every listed feature"},
    {Rule::kProtocolDependency, "protocol.dependency", kError, "A feature comes with those that it needs"},
    {Rule::kProtocolMissing, "protocol.missing", kError, "What the table makes use of is in its protocol"},
    {Rule::kMetadataFormat, "metadata.format", kError, "The format of data files is parquet"},
    {Rule::kMetadataSchema, "metadata.schema", kError, "schemaString is a struct of known types"},
    {Rule::kMetadataNames, "metadata.names", kError, "Column names are unique on their level, whatever their case"},
    {Rule::kMetadataPartition, "metadata.partition", kError, "Partition columns are columns of a primitive type, each once"},
    {Rule::kMetadataMapping, "metadata.mapping", kError, "With column mapping every field has an id and a physical name of its own, and the greatest id is kept"},
    {Rule::kMetadataTypeChange, "metadata.type-change", kError, "Recorded type changes are legal and lead to the column's type"},
    {Rule::kCheckpointRead, "checkpoint.read", kError, "A checkpoint can be read"},
    {Rule::kCheckpointAction, "checkpoint.action", kError, "Its actions have their required fields, and every field its type"},
    {Rule::kCheckpointShape, "checkpoint.shape", kError, "One protocol, one metaData, nothing twice; checkpointMetadata and sidecars as its kind has them"},
    {Rule::kCheckpointParts, "checkpoint.parts", kWarning, "A multi-part checkpoint is complete, and not there together with v2Checkpoint"},
    {Rule::kCheckpointSidecar, "checkpoint.sidecar", kError, "Sidecars are there with the size that is told, and hold files alone"},
    {Rule::kCheckpointFiles, "checkpoint.files", kError, "The files are those of the replay"},
    {Rule::kCheckpointFields, "checkpoint.fields", kError, "Files have the fields of the replay: size, partition values, statistics, tags, deletion vector, row ids"},
    {Rule::kCheckpointTombstones, "checkpoint.tombstones", kError, "Removed files are those of the replay, apart from expired ones"},
    {Rule::kCheckpointOther, "checkpoint.other", kError, "Protocol, metaData, transactions and domains are those of the replay"},
    {Rule::kCheckpointParsed, "checkpoint.parsed", kError, "Parsed statistics and partition values say what the text says"},
    {Rule::kLastCheckpoint, "last-checkpoint.names", kError, "_last_checkpoint is JSON and names a checkpoint that is there"},
    {Rule::kLastCheckpointSize, "last-checkpoint.size", kWarning, "Its counts and sizes are those of the checkpoint"},
    {Rule::kLastCheckpointChecksum, "last-checkpoint.checksum", kError, "Its checksum is that of its text"},
    {Rule::kCrcRead, "crc.read", kWarning, "A version checksum is a JSON object with its required fields"},
    {Rule::kCrcTotals, "crc.totals", kError, "Its counts and sizes are those of the version"},
    {Rule::kCrcActions, "crc.actions", kError, "Its protocol, metadata, transactions, domains and timestamp are those of the version"},
    {Rule::kCrcHistogram, "crc.histogram", kError, "Its histograms are those of the files"},
    {Rule::kCrcFiles, "crc.files", kError, "Its list of files, when there, is that of the version"},
    {Rule::kFilePath, "file.path", kError, "A path is a relative or absolute URI, and names one file of the table"},
    {Rule::kFileMissing, "file.missing", kError, "Every file of the table is there"},
    {Rule::kFileSize, "file.size", kError, "A file has the size that its add tells"},
    {Rule::kFileRead, "file.read", kError, "Every page of a file can be read"},
    {Rule::kFileType, "file.type", kError, "Columns have the schema's type, or one that widens to it"},
    {Rule::kFileNull, "file.null", kError, "Columns that are not nullable hold no null"},
    {Rule::kPartitionColumns, "partition.columns", kError, "A file has a value for each partition column and no other"},
    {Rule::kPartitionValue, "partition.value", kError, "A partition value is one of its column's type"},
    {Rule::kStatsJson, "stats.json", kError, "Statistics are a JSON object of the protocol's form"},
    {Rule::kStatsRecords, "stats.records", kError, "numRecords is the number of rows in the file"},
    {Rule::kStatsNullCount, "stats.null-count", kError, "nullCount is the number of nulls"},
    {Rule::kStatsBound, "stats.bound", kError, "No value is below minValues or above maxValues"},
    {Rule::kStatsTight, "stats.tight", kWarning, "Tight bounds are values of the file, apart from cut texts"},
    {Rule::kStatsNan, "stats.nan", kWarning, "A column with NaN has NaN, or nothing, as its maximum"},
    {Rule::kVectorDescriptor, "vector.descriptor", kError, "A deletion vector's place can be understood"},
    {Rule::kVectorRead, "vector.read", kError, "Its file is there and long enough"},
    {Rule::kVectorChecksum, "vector.checksum", kError, "Its bytes have the checksum and the size that the file tells"},
    {Rule::kVectorFormat, "vector.format", kError, "Its bytes are a bitmap of the protocol's form"},
    {Rule::kVectorCardinality, "vector.cardinality", kError, "It holds as many rows as the add tells"},
    {Rule::kVectorPosition, "vector.position", kError, "Its rows are rows of the file"},
    {Rule::kVectorRecords, "vector.records", kError, "A file with one has numRecords"},
    {Rule::kRowIds, "row-tracking.ids", kError, "With row tracking every file has row ids of its own below the high-water mark, and a commit version"},
    {Rule::kClustering, "clustering.columns", kError, "A clustered table names columns that it has, and is not partitioned"},
};
// clang-format on

constexpr bool InOrder() {
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    if (static_cast<std::size_t>(kRows[i].rule) != i) return false;
  }
  return std::size(kRows) == static_cast<std::size_t>(Rule::kClustering) + 1;
}
static_assert(InOrder());

}  // namespace

std::string_view Name(Severity severity) {
  return severity == Severity::kError ? "error" : "warning";
}

std::span<const RuleRow> RuleRows() { return kRows; }

const RuleRow& Row(Rule rule) { return kRows[static_cast<std::size_t>(rule)]; }

std::string RulesPage() {
  std::string page =
      "# Rules of `neuralake table verify`\n\n"
      "An error may make a reader fail or give wrong rows; a warning does not.\n\n"
      "| rule | | what holds |\n|---|---|---|\n";
  for (const RuleRow& row : kRows) {
    page += fmt::format("| `{}` | {} | {} |\n", row.name, Name(row.severity), row.asks);
  }
  return page;
}

}  // namespace neuralake::verify
