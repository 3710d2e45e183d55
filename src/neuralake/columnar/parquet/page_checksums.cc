#include "neuralake/columnar/parquet/page_checksums.h"

#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <fmt/format.h>
#include <parquet/column_page.h>
#include <parquet/column_reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>
#include <parquet/schema.h>

#include "neuralake/columnar/io/object_file.h"

namespace neuralake::columnar {
namespace {

/// Below this a file is fetched whole: one request instead of one for each column.
constexpr std::uint64_t kWholeFileBytesMax = 16 << 20;

Result<std::shared_ptr<arrow::io::RandomAccessFile>> Open(storage::ObjectStore& store,
                                                          const std::string& key,
                                                          const Deadline& deadline) {
  if (TRY(store.Head(key, deadline)).size > kWholeFileBytesMax) {
    return TRY(ObjectFile::Open(store, key, deadline));
  }
  return std::make_shared<arrow::io::BufferReader>(
      arrow::Buffer::FromString(TRY(store.Read(key, deadline))));
}

/// Read all pages of a column chunk. The footer has no checksum: what it says of the pages is
/// compared with them, for without a dictionary that it lost codes would be read as any values.
/// \returns what is wrong; empty when nothing is
std::string FaultOfChunk(parquet::RowGroupReader& group, int column) {
  const auto pages = group.GetColumnPageReader(column);
  bool has_dictionary = false;
  std::int64_t values = 0;
  while (const auto page = pages->NextPage()) {
    if (page->type() == parquet::PageType::DICTIONARY_PAGE) {
      has_dictionary = true;
      continue;
    }
    const auto* data = dynamic_cast<const parquet::DataPage*>(page.get());
    if (data == nullptr) continue;
    const bool has_codes = data->encoding() == parquet::Encoding::RLE_DICTIONARY ||
                           data->encoding() == parquet::Encoding::PLAIN_DICTIONARY;
    if (has_codes && !has_dictionary) return "a page of codes without a dictionary";
    values += data->num_values();
  }
  const auto chunk = group.metadata()->ColumnChunk(column);
  if (chunk->type() != group.metadata()->schema()->Column(column)->physical_type()) {
    return "its type is not the one of the schema";
  }
  const auto wanted = chunk->num_values();
  if (values == wanted) return "";
  return fmt::format("its pages have {} values, where the footer says {}", values, wanted);
}

Status CheckColumn(parquet::RowGroupReader& group, int number, int column) {
  std::string fault;
  try {
    fault = FaultOfChunk(group, column);
  } catch (const std::exception& failure) {
    fault = failure.what();
  }
  if (fault.empty()) return {};
  return Fail(ErrorKind::kCorruption,
              fmt::format("column {} of row group {}: {}", column, number, fault));
}

}  // namespace

Status CheckPageChecksums(storage::ObjectStore& store, std::string_view key,
                          const Deadline& deadline) {
  const auto file = TRY(Open(store, std::string(key), deadline));
  parquet::ReaderProperties properties;
  properties.set_page_checksum_verification(true);
  std::unique_ptr<parquet::ParquetFileReader> reader;
  try {
    reader = parquet::ParquetFileReader::Open(file, properties);
  } catch (const std::exception& failure) {
    return Fail(ErrorKind::kCorruption, failure.what());
  }
  for (int number = 0; number < reader->metadata()->num_row_groups(); ++number) {
    const auto group = reader->RowGroup(number);
    for (int column = 0; column < reader->metadata()->num_columns(); ++column) {
      TRY(deadline.Check("comparing checksums"));
      TRY(CheckColumn(*group, number, column));
    }
  }
  return {};
}

}  // namespace neuralake::columnar
