#include "neuralake/verify/data/parquet_file.h"

#include <exception>

#include <arrow/table.h>
#include <parquet/file_reader.h>
#include <parquet/properties.h>

#include "neuralake/verify/data/store_file.h"

namespace neuralake::verify {
namespace {

std::unexpected<Error> Broken(std::string message) {
  const auto line = message.find('\n');
  return Fail(ErrorKind::kCorruption, message.substr(0, line));
}

}  // namespace

Result<std::unique_ptr<parquet::arrow::FileReader>> OpenParquet(storage::ObjectStore& store,
                                                                const std::string& key,
                                                                std::uint64_t size,
                                                                const Deadline& deadline) try {
  auto file = std::make_shared<StoreFile>(store, key, static_cast<std::int64_t>(size), deadline);
  parquet::ReaderProperties properties;
  properties.set_page_checksum_verification(true);
  parquet::ArrowReaderProperties arrow_properties;
  // Nanoseconds of INT96 would overflow outside of 1677 to 2262.
  arrow_properties.set_coerce_int96_timestamp_unit(arrow::TimeUnit::MICRO);
  arrow_properties.set_use_threads(false);
  arrow_properties.set_pre_buffer(false);
  auto reader = parquet::arrow::FileReader::Make(arrow::default_memory_pool(),
                                                 parquet::ParquetFileReader::Open(file, properties),
                                                 arrow_properties);
  if (!reader.ok()) return Broken(reader.status().message());
  return std::move(reader).ValueUnsafe();
} catch (const std::exception& failure) {
  return Broken(failure.what());
}

Result<std::shared_ptr<arrow::Table>> ReadLeaves(parquet::arrow::FileReader& reader, int group,
                                                 const std::vector<int>& leaves) try {
  auto table = reader.ReadRowGroup(group, leaves);
  if (!table.ok()) return Broken(table.status().message());
  return std::move(table).ValueUnsafe();
} catch (const std::exception& failure) {
  return Broken(failure.what());
}

}  // namespace neuralake::verify
