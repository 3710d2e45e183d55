#include "neuralake/delta/log/action_sink.h"

namespace neuralake::delta {
namespace {

template <class Action>
void CopyCommon(const FileView& view, Action& action) {
  action.path = view.path;
  action.data_change = view.data_change;
  action.stats = view.stats;
  for (const auto& [column, value] : view.partition_values) {
    action.partition_values.emplace(column, value);
  }
  for (const auto& [key, value] : view.tags) action.tags.emplace(key, value);
  action.deletion_vector = view.deletion_vector;
  action.base_row_id = view.base_row_id;
  action.default_row_commit_version = view.default_row_commit_version;
}

template <class Action>
void ViewCommon(const Action& action, FileView& view) {
  view.Clear();
  view.path = action.path;
  view.size = action.size;
  view.data_change = action.data_change;
  view.stats = action.stats;
  for (const auto& [column, value] : action.partition_values) {
    view.partition_values.push_back({column, value});
  }
  for (const auto& [key, value] : action.tags) view.tags.push_back({key, value});
  view.deletion_vector = action.deletion_vector;
  view.base_row_id = action.base_row_id;
  view.default_row_commit_version = action.default_row_commit_version;
}

}  // namespace

void FileView::Clear() {
  auto values = std::move(partition_values);
  auto old_tags = std::move(tags);
  values.clear();
  old_tags.clear();
  *this = FileView{};
  partition_values = std::move(values);
  tags = std::move(old_tags);
}

AddFile ToAdd(const FileView& view) {
  AddFile add;
  CopyCommon(view, add);
  add.size = view.size.value_or(0);
  add.modification_time = view.time.value_or(0);
  if (view.clustering_provider) add.clustering_provider = std::string(*view.clustering_provider);
  return add;
}

RemoveFile ToRemove(const FileView& view) {
  RemoveFile remove;
  CopyCommon(view, remove);
  remove.size = view.size;
  remove.deletion_timestamp = view.time;
  remove.extended_file_metadata = view.extended_file_metadata;
  return remove;
}

void ViewOf(const AddFile& action, FileView& view) {
  ViewCommon(action, view);
  view.time = action.modification_time;
  if (action.clustering_provider) view.clustering_provider = *action.clustering_provider;
}

void ViewOf(const RemoveFile& action, FileView& view) {
  ViewCommon(action, view);
  view.is_remove = true;
  view.time = action.deletion_timestamp;
  view.extended_file_metadata = action.extended_file_metadata;
}

Status ResolveSchema(Metadata& metadata) {
  metadata.schema = TRY(columnar::ParseSchemaJson(metadata.schema_text));
  for (const auto& column : metadata.partition_columns) {
    if (metadata.schema.Find(column) == nullptr) {
      return Fail(ErrorKind::kCorruption,
                  "partition column " + column + " is not a column of the schema");
    }
  }
  return {};
}

}  // namespace neuralake::delta
