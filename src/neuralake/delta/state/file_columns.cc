#include "neuralake/delta/state/file_columns.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <nlohmann/json.hpp>

#include "neuralake/base/check.h"
#include "neuralake/delta/limits.h"

namespace neuralake::delta {
namespace {

// Tags are kept as texts one behind the other, each with its length in front.
void PutText(std::string_view text, std::string& out) {
  const auto length = static_cast<std::uint32_t>(text.size());
  char bytes[sizeof(length)];
  std::memcpy(bytes, &length, sizeof(length));
  out.append(bytes, sizeof(length));
  out.append(text);
}

std::string_view TakeText(std::string_view& texts) {
  std::uint32_t length = 0;
  std::memcpy(&length, texts.data(), sizeof(length));
  const auto text = texts.substr(sizeof(length), length);
  texts.remove_prefix(sizeof(length) + length);
  return text;
}

}  // namespace

std::optional<DeletionVectorDescriptor> FileColumns::deletion_vector(std::size_t row) const {
  const Extra* more = extra(row);
  if (more == nullptr || more->vector_type == 0) return std::nullopt;
  DeletionVectorDescriptor vector;
  vector.storage_type = more->vector_type;
  vector.path_or_inline = arena_.Get(more->vector_path);
  if (more->vector_has_offset) vector.offset = more->vector_offset;
  vector.size_bytes = more->vector_size;
  vector.cardinality = more->vector_cardinality;
  return vector;
}

std::int64_t FileColumns::deleted_records(std::size_t row) const {
  const Extra* more = extra(row);
  return more == nullptr || more->vector_type == 0 ? 0 : more->vector_cardinality;
}

bool FileColumns::SameVector(std::size_t row, const FileColumns& other,
                             std::size_t other_row) const {
  const Extra* mine = extra(row);
  const Extra* theirs = other.extra(other_row);
  const bool have = mine != nullptr && mine->vector_type != 0;
  const bool they_have = theirs != nullptr && theirs->vector_type != 0;
  if (!have || !they_have) return have == they_have;
  return mine->vector_type == theirs->vector_type &&
         mine->vector_has_offset == theirs->vector_has_offset &&
         mine->vector_offset == theirs->vector_offset &&
         arena_.Get(mine->vector_path) == other.arena_.Get(theirs->vector_path);
}

std::optional<std::size_t> FileColumns::FindPartitionColumn(std::string_view name) const {
  for (std::size_t i = 0; i < partition_names_.size(); ++i) {
    if (partition_names_[i] == name) return i;
  }
  return std::nullopt;
}

std::optional<std::string_view> FileColumns::partition_value(std::size_t row,
                                                             std::size_t column) const {
  const auto ref = partition_values_[column][row];
  if (ref == kNull) return std::nullopt;
  return arena_.Get(ref);
}

void FileColumns::View(std::size_t row, FileView& view) const {
  view.Clear();
  view.is_remove = is_remove(row);
  view.path = path(row);
  view.stats = stats(row);
  view.size = size(row);
  view.time = time(row);
  view.data_change = (flags_[row] & kDataChange) != 0;
  view.extended_file_metadata = (flags_[row] & kExtended) != 0;
  if (!view.is_remove || view.extended_file_metadata) {
    for (std::size_t i = 0; i < partition_names_.size(); ++i) {
      view.partition_values.push_back({partition_names_[i], partition_value(row, i)});
    }
  }
  const Extra* more = extra(row);
  if (more == nullptr) return;
  view.deletion_vector = deletion_vector(row);
  view.base_row_id = Known(more->base_row_id);
  view.default_row_commit_version = Known(more->row_commit_version);
  if (more->clustering != kNull) view.clustering_provider = arena_.Get(more->clustering);
  std::string_view tags = arena_.Get(more->tags);
  while (!tags.empty()) {
    const auto key = TakeText(tags);
    view.tags.push_back({key, TakeText(tags)});
  }
}

AddFile FileColumns::Add(std::size_t row) const {
  FileView view;
  View(row, view);
  return ToAdd(view);
}

RemoveFile FileColumns::Remove(std::size_t row) const {
  FileView view;
  View(row, view);
  return ToRemove(view);
}

const PathIndex& FileColumns::index() const {
  std::call_once(index_once_, [this] { index_ = std::make_unique<const PathIndex>(hashes_); });
  return *index_;
}

std::size_t FileColumns::bytes() const {
  std::size_t per_row = sizeof(std::uint64_t) + 2 * sizeof(Arena::Ref) + 3 * sizeof(std::int64_t) +
                        sizeof(std::uint8_t) + partition_names_.size() * sizeof(Arena::Ref);
  if (!extra_of_row_.empty()) per_row += sizeof(std::uint32_t);
  return arena_.bytes() + per_row * rows() + extras_.size() * sizeof(Extra);
}

FileColumnsBuilder::FileColumnsBuilder() : columns_(std::make_shared<FileColumns>()) {}
FileColumnsBuilder::~FileColumnsBuilder() = default;

bool FileColumnsBuilder::HasRoom() const {
  return rows() < kSegmentRowsMax && columns_->arena_.HasRoom();
}

void FileColumnsBuilder::Append(const FileView& file) {
  FileColumns& to = *columns_;
  const std::size_t row = to.paths_.size();
  std::uint8_t flags = 0;
  if (file.is_remove) flags |= FileColumns::kRemove;
  if (file.data_change) flags |= FileColumns::kDataChange;
  if (file.extended_file_metadata) flags |= FileColumns::kExtended;
  to.hashes_.push_back(HashPath(file.path));
  to.paths_.push_back(to.arena_.Put(file.path));
  to.stats_.push_back(to.arena_.Put(file.stats));
  to.sizes_.push_back(file.size.value_or(FileColumns::kUnknown));
  to.times_.push_back(file.time.value_or(FileColumns::kUnknown));
  const auto records = file.is_remove ? std::nullopt : NumRecordsOf(file.stats);
  to.records_.push_back(records.value_or(FileColumns::kUnknown));
  to.flags_.push_back(flags);
  if (file.is_remove) {
    ++to.removes_;
    to.last_removal_ = std::max(to.last_removal_, file.time.value_or(0));
  }
  AppendPartitionValues(file, row);
  AppendExtra(file, row);
}

std::size_t FileColumnsBuilder::PartitionColumn(std::string_view name, std::size_t hint,
                                                std::size_t row) {
  FileColumns& to = *columns_;
  if (hint < to.partition_names_.size() && to.partition_names_[hint] == name) return hint;
  if (const auto found = to.FindPartitionColumn(name)) return *found;
  to.partition_names_.emplace_back(name);
  to.partition_values_.emplace_back(row, FileColumns::kNull);
  return to.partition_names_.size() - 1;
}

Arena::Ref FileColumnsBuilder::PutPartitionValue(std::string_view value) {
  if (const auto found = dictionary_.find(value); found != dictionary_.end()) return found->second;
  const auto ref = columns_->arena_.Put(value);
  if (dictionary_.size() < kPartitionDictionaryMax) {
    dictionary_.emplace(columns_->arena_.Get(ref), ref);
  }
  return ref;
}

void FileColumnsBuilder::AppendPartitionValues(const FileView& file, std::size_t row) {
  std::size_t hint = 0;
  for (const auto& [name, value] : file.partition_values) {
    auto& column = columns_->partition_values_[PartitionColumn(name, hint++, row)];
    if (column.size() > row) continue;  // the log names a column twice: the first counts
    column.push_back(value ? PutPartitionValue(*value) : FileColumns::kNull);
  }
  for (auto& column : columns_->partition_values_) column.resize(row + 1, FileColumns::kNull);
}

void FileColumnsBuilder::AppendExtra(const FileView& file, std::size_t row) {
  FileColumns& to = *columns_;
  const bool needed = file.deletion_vector || !file.tags.empty() || file.base_row_id ||
                      file.default_row_commit_version || file.clustering_provider;
  if (!needed && to.extra_of_row_.empty()) return;
  to.extra_of_row_.resize(row + 1, 0);
  if (!needed) return;
  FileColumns::Extra more;
  if (const auto& vector = file.deletion_vector) {
    more.vector_type = vector->storage_type;
    more.vector_has_offset = vector->offset.has_value();
    more.vector_offset = vector->offset.value_or(0);
    more.vector_size = vector->size_bytes;
    more.vector_path = to.arena_.Put(vector->path_or_inline);
    more.vector_cardinality = vector->cardinality;
  }
  std::string tags;
  for (const auto& [key, value] : file.tags) {
    PutText(key, tags);
    PutText(value, tags);
  }
  more.tags = to.arena_.Put(tags);
  more.base_row_id = file.base_row_id.value_or(FileColumns::kUnknown);
  more.row_commit_version = file.default_row_commit_version.value_or(FileColumns::kUnknown);
  if (file.clustering_provider) more.clustering = to.arena_.Put(*file.clustering_provider);
  to.flags_[row] |= FileColumns::kHasExtra;
  to.extra_of_row_[row] = static_cast<std::uint32_t>(to.extras_.size());
  to.extras_.push_back(more);
}

std::shared_ptr<const FileColumns> FileColumnsBuilder::Finish() {
  dictionary_.clear();
  auto done = std::move(columns_);
  columns_ = std::make_shared<FileColumns>();
  if (!done->extra_of_row_.empty()) done->extra_of_row_.resize(done->rows(), 0);
  const auto shrink = [](auto&... columns) { (columns.shrink_to_fit(), ...); };
  shrink(done->hashes_, done->paths_, done->stats_, done->sizes_, done->times_, done->records_,
         done->flags_, done->extra_of_row_, done->extras_);
  for (auto& column : done->partition_values_) column.shrink_to_fit();
  return done;
}

std::optional<std::int64_t> NumRecordsOf(std::string_view stats) {
  constexpr std::string_view kUsualStart = R"({"numRecords":)";
  std::int64_t number = 0;
  if (stats.starts_with(kUsualStart)) {
    const char* begin = stats.data() + kUsualStart.size();
    const char* end = stats.data() + stats.size();
    const auto [stop, failure] = std::from_chars(begin, end, number);
    if (failure == std::errc{} && stop != end && (*stop == ',' || *stop == '}') && number >= 0) {
      return number;
    }
  }
  if (stats.empty()) return std::nullopt;
  const auto json = nlohmann::json::parse(stats, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return std::nullopt;
  const auto found = json.find("numRecords");
  if (found == json.end() || !found->is_number_unsigned()) return std::nullopt;
  number = found->get<std::int64_t>();
  if (number < 0) return std::nullopt;
  return number;
}

}  // namespace neuralake::delta
