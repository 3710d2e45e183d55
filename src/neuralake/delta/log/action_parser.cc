#include "neuralake/delta/log/action_parser.h"

#include <array>
#include <cmath>
#include <cstring>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "neuralake/delta/limits.h"
#include "neuralake/delta/log/file_line.h"

namespace neuralake::delta {
namespace {

namespace json = boost::json;

std::unexpected<Error> Broken(std::string what) {
  return Fail(ErrorKind::kCorruption, std::move(what));
}

std::string_view ViewOf(const json::string& text) { return {text.data(), text.size()}; }
std::string_view ViewOf(json::string_view text) { return {text.data(), text.size()}; }

Result<std::string_view> Text(const json::value& value, std::string_view name) {
  const json::string* text = value.if_string();
  if (text == nullptr) return Broken(fmt::format("{} is not a string", name));
  return ViewOf(*text);
}

Result<std::int64_t> Integer(const json::value& value, std::string_view name) {
  if (const auto* number = value.if_int64()) return *number;
  // Some writers put whole numbers as 1.0e3.
  if (const auto* real = value.if_double()) {
    if (*real >= -0x1p53 && *real <= 0x1p53 && *real == std::trunc(*real)) {
      return static_cast<std::int64_t>(*real);
    }
  }
  return Broken(fmt::format("{} is not an integer of 64 bits", name));
}

Result<std::int32_t> Integer32(const json::value& value, std::string_view name) {
  const auto number = TRY(Integer(value, name));
  if (number < INT32_MIN || number > INT32_MAX) {
    return Broken(fmt::format("{} {} is out of range", name, number));
  }
  return static_cast<std::int32_t>(number);
}

Result<bool> Bool(const json::value& value, std::string_view name) {
  const bool* truth = value.if_bool();
  if (truth == nullptr) return Broken(fmt::format("{} is not a boolean", name));
  return *truth;
}

Result<const json::object*> Object(const json::value& value, std::string_view name) {
  const json::object* object = value.if_object();
  if (object == nullptr) return Broken(fmt::format("{} is not an object", name));
  return object;
}

Result<std::vector<std::string>> Texts(const json::value& value, std::string_view name) {
  const json::array* array = value.if_array();
  if (array == nullptr) return Broken(fmt::format("{} is not a list", name));
  std::vector<std::string> texts;
  for (const auto& item : *array) texts.emplace_back(TRY(Text(item, name)));
  return texts;
}

/// Strings as they are, anything else as JSON.
std::string TextOrJson(const json::value& value) {
  if (const json::string* text = value.if_string()) return std::string(ViewOf(*text));
  return json::serialize(value);
}

Result<StringMap> TextMap(const json::value& value, std::string_view name) {
  StringMap map;
  for (const auto& [key, item] : *TRY(Object(value, name))) {
    if (!item.is_null()) map.emplace(std::string(ViewOf(key)), TextOrJson(item));
  }
  return map;
}

Result<DeletionVectorDescriptor> ParseDeletionVector(const json::value& value) {
  DeletionVectorDescriptor vector;
  bool has_type = false;
  bool has_path = false;
  for (const auto& [name, item] : *TRY(Object(value, "deletionVector"))) {
    const auto key = ViewOf(name);
    if (item.is_null()) continue;
    if (key == "storageType") {
      const auto text = TRY(Text(item, key));
      if (text.size() != 1) return Broken(fmt::format("storageType '{}' is unknown", text));
      vector.storage_type = text[0];
      has_type = true;
    } else if (key == "pathOrInlineDv") {
      vector.path_or_inline = TRY(Text(item, key));
      has_path = true;
    } else if (key == "offset") {
      vector.offset = TRY(Integer32(item, key));
    } else if (key == "sizeInBytes") {
      vector.size_bytes = TRY(Integer32(item, key));
    } else if (key == "cardinality") {
      vector.cardinality = TRY(Integer(item, key));
    }
  }
  if (!has_type || !has_path) return Broken("deletionVector has no storageType or pathOrInlineDv");
  return vector;
}

class LineParser {
 public:
  explicit LineParser(ActionSink& sink) : sink_(sink) {}

  /// \param room  readable bytes behind the line
  Status Line(std::string_view line, std::size_t room) {
    if (room >= FileLineParser::padding() && files_.Parse(line, file_)) return sink_.OnFile(file_);
    // The values of a line live in this buffer; the next line reuses it.
    json::monotonic_resource memory(buffer_.data(), buffer_.size());
    parser_.reset(&memory);
    boost::system::error_code failure;
    parser_.write(line.data(), line.size(), failure);
    if (failure) return Broken(fmt::format("not JSON ({})", failure.message()));
    const json::value root = parser_.release();
    line_ = line;
    const json::object& members = *TRY(Object(root, "the line"));
    has_one_member_ = members.size() == 1;
    for (const auto& [kind, value] : members) {
      if (!value.is_null()) TRY(OneAction(ViewOf(kind), value));
    }
    return {};
  }

 private:
  Status OneAction(std::string_view kind, const json::value& value) {
    if (kind == "add") return File(value, /*is_remove=*/false);
    if (kind == "remove") return File(value, /*is_remove=*/true);
    if (kind == "commitInfo") return sink_.WantsCommitInfo() ? OnCommitInfo(value) : Status{};
    if (kind == "txn") return OnTransaction(value);
    if (kind == "metaData") return OnMetadata(value);
    if (kind == "protocol") return OnProtocol(value);
    if (kind == "domainMetadata") return OnDomain(value);
    if (kind == "cdc") return OnCdc(value);
    if (kind == "sidecar") return OnSidecar(value);
    return {};
  }

  Status File(const json::value& value, bool is_remove) {
    file_.Clear();
    file_.is_remove = is_remove;
    for (const auto& [name, item] : *TRY(Object(value, is_remove ? "remove" : "add"))) {
      const auto key = ViewOf(name);
      if (!item.is_null()) TRY(FileMember(key, item));
    }
    if (file_.path.empty()) return Broken(is_remove ? "remove has no path" : "add has no path");
    if (!is_remove && !file_.size) return Broken(fmt::format("add of {} has no size", file_.path));
    if (file_.size && *file_.size < 0) {
      return Broken(fmt::format("size {} of {} is negative", *file_.size, file_.path));
    }
    return sink_.OnFile(file_);
  }

  Status FileMember(std::string_view key, const json::value& item) {
    if (key == "path") {
      file_.path = TRY(Text(item, key));
    } else if (key == "partitionValues") {
      for (const auto& [column, text] : *TRY(Object(item, key))) {
        auto& slot = file_.partition_values.emplace_back(ViewOf(column), std::nullopt);
        if (!text.is_null()) slot.value = TRY(Text(text, key));
      }
    } else if (key == "size") {
      file_.size = TRY(Integer(item, key));
    } else if (key == (file_.is_remove ? "deletionTimestamp" : "modificationTime")) {
      file_.time = TRY(Integer(item, key));
    } else if (key == "dataChange") {
      file_.data_change = TRY(Bool(item, key));
    } else if (key == "stats") {
      file_.stats = TRY(Text(item, key));
    } else {
      return RareFileMember(key, item);
    }
    return {};
  }

  Status RareFileMember(std::string_view key, const json::value& item) {
    if (key == "tags") {
      for (const auto& [tag, text] : *TRY(Object(item, key))) {
        if (!text.is_null()) file_.tags.push_back({ViewOf(tag), TRY(Text(text, key))});
      }
    } else if (key == "deletionVector") {
      file_.deletion_vector = TRY(ParseDeletionVector(item));
    } else if (key == "baseRowId") {
      file_.base_row_id = TRY(Integer(item, key));
    } else if (key == "defaultRowCommitVersion") {
      file_.default_row_commit_version = TRY(Integer(item, key));
    } else if (key == "clusteringProvider") {
      file_.clustering_provider = TRY(Text(item, key));
    } else if (key == "extendedFileMetadata") {
      file_.extended_file_metadata = TRY(Bool(item, key));
    }
    return {};
  }

  Status OnMetadata(const json::value& value) {
    Metadata metadata;
    bool has_schema = false;
    for (const auto& [name, item] : *TRY(Object(value, "metaData"))) {
      const auto key = ViewOf(name);
      if (item.is_null()) continue;
      if (key == "id") {
        metadata.id = TRY(Text(item, key));
      } else if (key == "name") {
        metadata.name = TRY(Text(item, key));
      } else if (key == "description") {
        metadata.description = TRY(Text(item, key));
      } else if (key == "schemaString") {
        metadata.schema_text = TRY(Text(item, key));
        has_schema = true;
      } else if (key == "partitionColumns") {
        metadata.partition_columns = TRY(Texts(item, key));
      } else if (key == "configuration") {
        metadata.configuration = TRY(TextMap(item, key));
      } else if (key == "createdTime") {
        metadata.created_time = TRY(Integer(item, key));
      } else if (key == "format") {
        TRY(Format(item, metadata));
      }
    }
    if (!has_schema) return Broken("metaData has no schemaString");
    return sink_.OnMetadata(std::move(metadata));
  }

  Status Format(const json::value& value, Metadata& metadata) {
    for (const auto& [name, item] : *TRY(Object(value, "format"))) {
      const auto key = ViewOf(name);
      if (item.is_null()) continue;
      if (key == "provider") {
        const auto provider = TRY(Text(item, key));
        if (provider != "parquet") {
          return Fail(ErrorKind::kUnsupported,
                      fmt::format("data files of format {} are not supported", provider));
        }
      } else if (key == "options") {
        metadata.format_options = TRY(TextMap(item, key));
      }
    }
    return {};
  }

  Status OnProtocol(const json::value& value) {
    Protocol protocol;
    std::optional<std::int32_t> reader;
    std::optional<std::int32_t> writer;
    for (const auto& [name, item] : *TRY(Object(value, "protocol"))) {
      const auto key = ViewOf(name);
      if (item.is_null()) continue;
      if (key == "minReaderVersion") {
        reader = TRY(Integer32(item, key));
      } else if (key == "minWriterVersion") {
        writer = TRY(Integer32(item, key));
      } else if (key == "readerFeatures") {
        protocol.reader_features = TRY(Texts(item, key));
      } else if (key == "writerFeatures") {
        protocol.writer_features = TRY(Texts(item, key));
      }
    }
    if (!reader || !writer) return Broken("protocol has no minReaderVersion or minWriterVersion");
    protocol.min_reader_version = *reader;
    protocol.min_writer_version = *writer;
    return sink_.OnProtocol(std::move(protocol));
  }

  Status OnTransaction(const json::value& value) {
    SetTransaction transaction;
    std::optional<std::int64_t> version;
    for (const auto& [name, item] : *TRY(Object(value, "txn"))) {
      const auto key = ViewOf(name);
      if (item.is_null()) continue;
      if (key == "appId") {
        transaction.app_id = TRY(Text(item, key));
      } else if (key == "version") {
        version = TRY(Integer(item, key));
      } else if (key == "lastUpdated") {
        transaction.last_updated = TRY(Integer(item, key));
      }
    }
    if (!version) return Broken("txn has no version");
    transaction.version = *version;
    return sink_.OnTransaction(std::move(transaction));
  }

  Status OnDomain(const json::value& value) {
    DomainMetadata domain;
    for (const auto& [name, item] : *TRY(Object(value, "domainMetadata"))) {
      const auto key = ViewOf(name);
      if (item.is_null()) continue;
      if (key == "domain") {
        domain.domain = TRY(Text(item, key));
      } else if (key == "configuration") {
        domain.configuration = TRY(Text(item, key));
      } else if (key == "removed") {
        domain.removed = TRY(Bool(item, key));
      }
    }
    if (domain.domain.empty()) return Broken("domainMetadata has no domain");
    return sink_.OnDomain(std::move(domain));
  }

  Status OnCdc(const json::value& value) {
    AddCdcFile cdc;
    for (const auto& [name, item] : *TRY(Object(value, "cdc"))) {
      const auto key = ViewOf(name);
      if (item.is_null()) continue;
      if (key == "path") {
        cdc.path = TRY(Text(item, key));
      } else if (key == "partitionValues") {
        for (const auto& [column, text] : *TRY(Object(item, key))) {
          auto& slot = cdc.partition_values[std::string(ViewOf(column))];
          if (!text.is_null()) slot = TRY(Text(text, key));
        }
      } else if (key == "size") {
        cdc.size = TRY(Integer(item, key));
      } else if (key == "tags") {
        cdc.tags = TRY(TextMap(item, key));
      }
    }
    if (cdc.path.empty()) return Broken("cdc has no path");
    return sink_.OnCdc(std::move(cdc));
  }

  Status OnSidecar(const json::value& value) {
    SidecarRef sidecar;
    for (const auto& [name, item] : *TRY(Object(value, "sidecar"))) {
      const auto key = ViewOf(name);
      if (item.is_null()) continue;
      if (key == "path") sidecar.path = TRY(Text(item, key));
      if (key == "sizeInBytes") sidecar.size_bytes = TRY(Integer(item, key));
    }
    if (sidecar.path.empty()) return Broken("sidecar has no path");
    return sink_.OnSidecar(std::move(sidecar));
  }

  /// A member of the wrong type is left out: only an in-commit timestamp binds readers.
  Status OnCommitInfo(const json::value& value) {
    CommitInfo info;
    info.raw = has_one_member_ ? OnlyMember() : json::serialize(value);
    for (const auto& [name, item] : *TRY(Object(value, "commitInfo"))) {
      const auto key = ViewOf(name);
      if (item.is_null()) continue;
      if (key == "inCommitTimestamp") {
        info.in_commit_timestamp = TRY(Integer(item, key));
      } else if (key == "operationParameters" && item.is_object()) {
        info.operation_parameters = TRY(TextMap(item, key));
      } else if (key == "operationMetrics" && item.is_object()) {
        info.operation_metrics = TRY(TextMap(item, key));
      } else if (item.is_string()) {
        CommitInfoText(key, TRY(Text(item, key)), info);
      } else if (item.is_int64()) {
        if (key == "timestamp") info.timestamp = TRY(Integer(item, key));
        if (key == "readVersion") info.read_version = TRY(Integer(item, key));
      } else if (key == "isBlindAppend" && item.is_bool()) {
        info.is_blind_append = TRY(Bool(item, key));
      }
    }
    return sink_.OnCommitInfo(std::move(info));
  }

  static void CommitInfoText(std::string_view key, std::string_view text, CommitInfo& info) {
    if (key == "operation") info.operation = text;
    if (key == "isolationLevel") info.isolation_level = text;
    if (key == "engineInfo") info.engine_info = text;
    if (key == "txnId") info.txn_id = text;
  }

  /// The text of the line's only member, byte for byte.
  std::string OnlyMember() const {
    const auto key = line_.find('"');
    const auto begin = line_.find('{', line_.find(':', line_.find('"', key + 1)));
    const auto end = line_.rfind('}', line_.rfind('}') - 1);
    return std::string(line_.substr(begin, end + 1 - begin));
  }

  static json::parse_options Options() {
    json::parse_options options;
    options.max_depth = kActionDepthMax;
    return options;
  }

  ActionSink& sink_;
  std::array<unsigned char, kActionBufferBytes> buffer_;
  std::array<unsigned char, kParserStackBytes> stack_;
  json::parser parser_{json::storage_ptr(), Options(), stack_.data(), stack_.size()};
  std::string_view line_;
  bool has_one_member_ = false;
  FileLineParser files_;
  FileView file_;
};

/// Keeps all actions.
class Collector final : public ActionSink {
 public:
  Status OnFile(const FileView& file) override {
    if (file.is_remove) {
      actions.emplace_back(ToRemove(file));
    } else {
      actions.emplace_back(ToAdd(file));
    }
    return {};
  }
  Status OnMetadata(Metadata metadata) override {
    TRY(ResolveSchema(metadata));
    return Keep(std::move(metadata));
  }
  Status OnCdc(AddCdcFile cdc) override { return Keep(std::move(cdc)); }
  Status OnProtocol(Protocol protocol) override { return Keep(std::move(protocol)); }
  Status OnTransaction(SetTransaction txn) override { return Keep(std::move(txn)); }
  Status OnDomain(DomainMetadata domain) override { return Keep(std::move(domain)); }
  Status OnCommitInfo(CommitInfo info) override { return Keep(std::move(info)); }
  bool WantsCommitInfo() const override { return true; }

  std::vector<Action> actions;

 private:
  template <class T>
  Status Keep(T action) {
    actions.emplace_back(std::move(action));
    return {};
  }
};

bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

Status ParseActions(std::string_view bytes, ActionSink& sink, std::size_t lines_before) {
  LineParser parser(sink);
  std::size_t number = lines_before;
  while (!bytes.empty()) {
    ++number;
    const auto* newline = static_cast<const char*>(std::memchr(bytes.data(), '\n', bytes.size()));
    const std::size_t length =
        newline ? static_cast<std::size_t>(newline - bytes.data()) : bytes.size();
    const auto line = bytes.substr(0, length);
    if (!IsBlank(line)) {
      if (auto done = parser.Line(line, bytes.size() - length); !done) {
        return Annotate(std::move(done).error(), fmt::format("line {}", number));
      }
    }
    bytes.remove_prefix(std::min(length + 1, bytes.size()));
  }
  return {};
}

Result<std::vector<Action>> ParseCommit(std::string_view bytes) {
  Collector collector;
  TRY(ParseActions(bytes, collector));
  return std::move(collector.actions);
}

}  // namespace neuralake::delta
