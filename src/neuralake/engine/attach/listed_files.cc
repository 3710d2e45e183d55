#include "neuralake/engine/attach/listed_files.h"

#include "neuralake/engine/attach/csv_header.h"
#include "neuralake/engine/limits.h"
#include "neuralake/engine/scan/required_columns.h"
#include "neuralake/engine/store/store_registry.h"
#include "neuralake/engine/types/duck_error.h"

namespace neuralake::engine {
namespace {

std::string FileOf(const ListedFiles& files, const duckdb::OpenFileInfo& file) {
  return "file " + std::string(StoreRegistry::KeyOf(file.path)) + " of table " + files.table;
}

std::string ReadHeader(duckdb::ClientContext& context, const duckdb::OpenFileInfo& file,
                       char delimiter) {
  auto& system = duckdb::FileSystem::GetFileSystem(context);
  const auto handle = system.OpenFile(file, duckdb::FileFlags::FILE_FLAGS_READ);
  std::string head;
  while (true) {
    const auto before = head.size();
    head.resize(before + kCsvHeaderPiece);
    const auto got = handle->Read(head.data() + before, kCsvHeaderPiece);
    head.resize(before + static_cast<std::size_t>(got));
    const auto end = CsvHeaderBytes(head, delimiter);
    if (end > 0) return head.substr(0, end);
    if (got == 0 || head.size() > kCsvHeaderBytesMax) return head;
  }
}

void CheckHeader(duckdb::ClientContext& context, const ListedFiles& files,
                 const duckdb::OpenFileInfo& file) {
  if (files.header.empty()) return;
  const auto line = ReadHeader(context, file, files.delimiter);
  if (line.empty()) return;  // no line is no row either
  const auto checked = CheckCsvHeader(ParseCsvHeader(line, files.delimiter), files.header);
  if (!checked.has_value()) ThrowError(Annotate(checked.error(), FileOf(files, file)).error());
}

class ListedReader final : public duckdb::MultiFileReader {
 public:
  explicit ListedReader(duckdb::shared_ptr<ListedFiles> files) : files_(std::move(files)) {}

  const ListedFiles& files() const { return *files_; }

  duckdb::shared_ptr<duckdb::MultiFileList> CreateFileList(duckdb::ClientContext&,
                                                           const duckdb::vector<duckdb::string>&,
                                                           const duckdb::FileGlobInput&) override {
    return duckdb::make_shared_ptr<duckdb::SimpleMultiFileList>(files_->files);
  }

  duckdb::shared_ptr<duckdb::BaseFileReader> CreateReader(
      duckdb::ClientContext& context, duckdb::GlobalTableFunctionState& gstate,
      const duckdb::OpenFileInfo& file, duckdb::idx_t file_idx,
      const duckdb::MultiFileBindData& bind_data) override {
    CheckHeader(context, *files_, file);
    return MultiFileReader::CreateReader(context, gstate, file, file_idx, bind_data);
  }

  duckdb::unique_ptr<duckdb::MultiFileReader> Copy() const override {
    return duckdb::make_uniq<ListedReader>(files_);
  }

 private:
  duckdb::shared_ptr<ListedFiles> files_;
};

/// What DuckDB says of a line of a CSV file, without the advice that nobody here can follow: `CSV
/// Error on Line: 3`, `Original Line: …`, what is wrong, advice. Empty when it is something else.
std::string AboutLine(std::string_view message) {
  constexpr std::string_view kStart = "CSV Error on Line: ";
  if (!message.starts_with(kStart)) return "";
  const auto take_line = [&message] {
    const auto line = message.substr(0, message.find('\n'));
    message.remove_prefix(std::min(line.size() + 1, message.size()));
    return line;
  };
  std::string about = "line " + std::string(take_line().substr(kStart.size())) + ": ";
  auto wrong = take_line();
  if (wrong.starts_with("Original Line:")) wrong = take_line();
  while (wrong.ends_with('.')) wrong.remove_suffix(1);
  return about.append(wrong);
}

}  // namespace

duckdb::unique_ptr<duckdb::MultiFileReader> MakeListedReader(
    const duckdb::TableFunction& function) {
  return duckdb::make_uniq<ListedReader>(
      duckdb::shared_ptr_cast<duckdb::TableFunctionInfo, ListedFiles>(function.function_info));
}

void ScanListed(duckdb::ClientContext& context, duckdb::TableFunctionInput& input,
                duckdb::DataChunk& output) {
  const auto& bound = input.bind_data->Cast<duckdb::MultiFileBindData>();
  const auto& files = bound.multi_file_reader->Cast<ListedReader>().files();
  // None when there is nothing to scan.
  if (!input.local_state) return;
  const auto& reader = input.local_state->Cast<duckdb::MultiFileLocalState>().reader;
  try {
    files.scan(context, input, output);
  } catch (const std::exception& thrown) {
    const duckdb::ErrorData error(thrown);
    const auto about = AboutLine(error.RawMessage());
    if (about.empty() || !reader || IsOfFunction(error)) throw;
    ThrowError({ErrorKind::kInvalid, FileOf(files, reader->file) + ", " + about, {}, -1});
  }
  const auto found =
      FirstForbiddenNull(input.global_state->Cast<duckdb::MultiFileGlobalState>(), output,
                         [&](std::size_t column) { return files.required.at(column); });
  if (!found) return;
  ThrowError({ErrorKind::kInvalid,
              FileOf(files, reader->file) + ": column " + bound.names[*found] +
                  " is declared nullable=False, and there is a null in it",
              {},
              -1});
}

}  // namespace neuralake::engine
