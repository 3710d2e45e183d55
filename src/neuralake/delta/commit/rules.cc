#include "neuralake/delta/commit/rules.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>

#include <fmt/format.h>

#include "neuralake/delta/column_mapping.h"
#include "neuralake/delta/features.h"

namespace neuralake::delta {
namespace {

std::unexpected<Error> Invalid(std::string message) {
  return Fail(ErrorKind::kInvalid, std::move(message));
}

std::string LogicalFile(const std::string& path,
                        const std::optional<DeletionVectorDescriptor>& vector) {
  return vector ? path + '\n' + vector->UniqueId() : path;
}

class ActionChecker {
 public:
  ActionChecker(const Protocol& protocol, std::vector<std::string> partitions)
      : protocol_(protocol), partitions_(std::move(partitions)) {}

  Status operator()(const AddFile& add) {
    if (add.path.empty()) return Invalid("an added file has no path");
    if (add.size < 0) return Invalid(fmt::format("file {}: size {}", add.path, add.size));
    TRY(CheckPartitions(add.path, add.partition_values));
    return CheckOnce(add.path, add.deletion_vector);
  }
  Status operator()(const RemoveFile& remove) {
    if (remove.path.empty()) return Invalid("a removed file has no path");
    return CheckOnce(remove.path, remove.deletion_vector);
  }
  Status operator()(const AddCdcFile& cdc) {
    return CheckPartitions(cdc.path, cdc.partition_values);
  }
  Status operator()(const Metadata&) {
    return ++metadata_ > 1 ? Invalid("a commit holds one metaData at most") : Status{};
  }
  Status operator()(const Protocol&) {
    return ++protocols_ > 1 ? Invalid("a commit holds one protocol at most") : Status{};
  }
  Status operator()(const SetTransaction& transaction) {
    if (applications_.insert(transaction.app_id).second) return {};
    return Invalid(fmt::format("application {} comes twice in a commit", transaction.app_id));
  }
  Status operator()(const DomainMetadata& domain) {
    if (!SupportsFeature(protocol_, "domainMetadata")) {
      return Invalid(fmt::format("domain {}: the table's protocol does not name domainMetadata",
                                 domain.domain));
    }
    if (domains_.insert(domain.domain).second) return {};
    return Invalid(fmt::format("domain {} comes twice in a commit", domain.domain));
  }
  Status operator()(const CommitInfo&) {
    return Invalid("a commit's info is not one of its actions");
  }

 private:
  Status CheckPartitions(const std::string& path, const PartitionValues& values) const {
    const bool same =
        values.size() == partitions_.size() &&
        std::ranges::all_of(partitions_, [&](const auto& n) { return values.contains(n); });
    if (same) return {};
    return Invalid(fmt::format("file {} does not have a value for each of the {} partition columns",
                               path, partitions_.size()));
  }
  Status CheckOnce(const std::string& path, const std::optional<DeletionVectorDescriptor>& vector) {
    if (files_.insert(LogicalFile(path, vector)).second) return {};
    return Invalid(fmt::format("file {} comes twice in a commit", path));
  }

  const Protocol& protocol_;
  const std::vector<std::string> partitions_;
  std::unordered_set<std::string> files_;
  std::set<std::string_view> applications_;
  std::set<std::string_view> domains_;
  int metadata_ = 0;
  int protocols_ = 0;
};

struct Changes {
  std::size_t adds = 0;  // of rows, as are removes
  std::size_t removes = 0;
  std::size_t all_removes = 0;
  std::string_view first_removed;
  bool has_feed = false;
  const Metadata* metadata = nullptr;
};

Changes Count(std::span<const Action> actions) {
  Changes changes;
  for (const Action& action : actions) {
    if (const auto* add = std::get_if<AddFile>(&action)) {
      changes.adds += add->data_change ? 1 : 0;
    } else if (const auto* remove = std::get_if<RemoveFile>(&action)) {
      ++changes.all_removes;
      if (!remove->data_change) continue;
      if (changes.removes++ == 0) changes.first_removed = remove->path;
    } else if (std::holds_alternative<AddCdcFile>(action)) {
      changes.has_feed = true;
    } else if (const auto* metadata = std::get_if<Metadata>(&action)) {
      changes.metadata = metadata;
    }
  }
  return changes;
}

}  // namespace

Status CheckActions(std::span<const Action> actions, const Protocol& protocol,
                    const Metadata& metadata) {
  const MappingMode mode = TRY(MappingModeOf(protocol, metadata));
  ActionChecker checker(protocol, PhysicalPartitionColumns(metadata, mode));
  for (const Action& action : actions) TRY(std::visit(checker, action));
  return {};
}

Status CheckTableRules(std::span<const Action> actions, const Snapshot& base) {
  const Changes changes = Count(actions);
  const Metadata& metadata = base.metadata();
  if (IsOn(metadata, "delta.appendOnly") && changes.removes > 0) {
    return Invalid(
        fmt::format("the table is append-only; file {} cannot be removed", changes.first_removed));
  }
  // Without feed files, readers take all rows of removed files as deleted and all rows of added
  // files as inserted: true only when nothing, or everything, is removed.
  const bool rewrites =
      changes.removes > 0 && changes.adds > 0 && changes.all_removes < base.files().count();
  if (IsOn(metadata, "delta.enableChangeDataFeed") && rewrites && !changes.has_feed) {
    return Fail(
        ErrorKind::kUnsupported,
        "the table keeps a change data feed, which this build cannot write for changed rows");
  }
  if (changes.metadata == nullptr) return {};
  if (changes.metadata->id != metadata.id) {
    return Invalid(fmt::format("the table's id is {}, not {}", metadata.id, changes.metadata->id));
  }
  const bool empties = changes.all_removes == base.files().count();
  if (changes.metadata->partition_columns != metadata.partition_columns && !empties) {
    return Invalid("the partition columns change only when all files are replaced");
  }
  return {};
}

Status CheckMetadata(const Protocol& protocol, const Metadata& metadata) {
  for (const std::string& name : metadata.partition_columns) {
    const columnar::Field* field = metadata.schema.Find(name);
    if (field == nullptr) return Invalid(fmt::format("there is no partition column {}", name));
    if (field->type.is_nested()) {
      return Invalid(fmt::format("column {} of type {} cannot partition a table", name,
                                 columnar::FormatType(field->type)));
    }
  }
  if (!metadata.schema.fields.empty() &&
      metadata.partition_columns.size() >= metadata.schema.fields.size()) {
    return Invalid("a table needs a column that does not partition it");
  }
  for (const FeatureRow& row : FeatureRows()) {
    if (!NeedsFeature(metadata, row) || SupportsFeature(protocol, row.name)) continue;
    return Invalid(
        fmt::format("the schema or a property needs the feature {}, which the table's "
                    "protocol does not name",
                    row.name));
  }
  return {};
}

}  // namespace neuralake::delta
