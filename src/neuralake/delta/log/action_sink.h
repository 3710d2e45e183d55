#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/delta/actions.h"

namespace neuralake::delta {

/// An add or a remove as the log tells it, borrowed: views live until the sink returns. One object
/// is reused for all, so that no memory is asked for per file.
struct FileView {
  struct PartitionValue {
    std::string_view column;
    std::optional<std::string_view> value;
  };
  struct Tag {
    std::string_view key;
    std::string_view value;
  };

  bool is_remove = false;
  std::string_view path;
  std::vector<PartitionValue> partition_values;
  std::optional<std::int64_t> size;
  /// Of an add: modification time. Of a remove: deletion time. Milliseconds since 1970 UTC.
  std::optional<std::int64_t> time;
  bool data_change = true;
  bool extended_file_metadata = false;
  std::string_view stats;
  std::vector<Tag> tags;
  std::optional<DeletionVectorDescriptor> deletion_vector;
  std::optional<std::int64_t> base_row_id;
  std::optional<std::int64_t> default_row_commit_version;
  std::optional<std::string_view> clustering_provider;

  void Clear();
};

AddFile ToAdd(const FileView& view);
RemoveFile ToRemove(const FileView& view);
/// Views into `action`, which must stay.
void ViewOf(const AddFile& action, FileView& view);
void ViewOf(const RemoveFile& action, FileView& view);

/// A file of a checkpoint of the second kind that holds part of its actions.
struct SidecarRef {
  std::string path;  ///< As in the log, percent-encoded.
  std::int64_t size_bytes = 0;
};

/// Takes the actions of a commit or checkpoint, one by one, in order. Kinds that a sink does not
/// override are ignored.
class ActionSink {
 public:
  virtual ~ActionSink() = default;

  // NOLINTBEGIN(performance-unnecessary-value-param): who overrides one keeps what it is given.
  virtual Status OnFile(const FileView&) { return {}; }
  virtual Status OnCdc(AddCdcFile) { return {}; }
  /// The schema is still text: an old one that is replaced later need not be readable.
  virtual Status OnMetadata(Metadata) { return {}; }
  virtual Status OnProtocol(Protocol) { return {}; }
  virtual Status OnTransaction(SetTransaction) { return {}; }
  virtual Status OnDomain(DomainMetadata) { return {}; }
  virtual Status OnCommitInfo(CommitInfo) { return {}; }
  virtual Status OnSidecar(SidecarRef) { return {}; }
  // NOLINTEND(performance-unnecessary-value-param)
  /// Whether `OnCommitInfo` is wanted: it is the dearest action to parse.
  virtual bool WantsCommitInfo() const { return false; }
};

/// Fill `metadata.schema` from its text.
/// \errors kCorruption, kUnsupported  as `ParseSchemaJson`; kCorruption also when a partition
///         column is not in the schema
Status ResolveSchema(Metadata& metadata);

}  // namespace neuralake::delta
