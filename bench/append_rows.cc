// Appends to a Delta table with a warm writer and prints what one append takes, as a line of JSON.
//
//   append_rows make DIR VERSIONS          a table of so many versions, its log written directly
//   append_rows ours DIR ROWS APPENDS      appends of ROWS rows by the library
//   append_rows bare DIR DATA LOG APPENDS  files of so many bytes, written and synced as a careful
//                                          program does it and nothing else

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "neuralake/base/uri.h"
#include "neuralake/delta/table.h"
#include "neuralake/delta/write.h"

namespace neuralake::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

[[noreturn]] void Stop(const std::string& why) {
  fmt::print(stderr, "append_rows: {}\n", why);
  std::exit(1);
}

template <class T>
T OrStop(Result<T> result) {
  if (!result) Stop(Describe(result.error()));
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

std::shared_ptr<delta::Table> OpenTable(const std::string& folder) {
  return delta::Table::Open(OrStop(storage::OpenStore(OrStop(Uri::Parse(folder)))));
}

delta::Metadata Flights() {
  delta::Metadata metadata;
  metadata.schema = OrStop(columnar::ParseDdl(
      "id long, at timestamp, carrier string, flight int, origin string, dest string, "
      "dep_delay double, arr_delay double, distance double, cancelled boolean"));
  return metadata;
}

/// A log of `versions` commits of a file each, without the files: an append never looks at them.
void Make(const std::string& folder, int versions) {
  const auto table = OpenTable(folder);
  OrStop(table->Create(Flights(), {}, {}, Deadline::Never()));
  for (int version = 1; version < versions; ++version) {
    std::ofstream out(fmt::format("{}/_delta_log/{:020}.json", folder, version));
    out << fmt::format(
        R"({{"commitInfo":{{"timestamp":{0},"operation":"WRITE","operationParameters":{{"mode":"Append"}},"isBlindAppend":true}}}}
{{"add":{{"path":"part-{1:05}-made.parquet","partitionValues":{{}},"size":40000,"modificationTime":{0},"dataChange":true,"stats":"{{\"numRecords\":1000,\"minValues\":{{\"id\":{2}}},\"maxValues\":{{\"id\":{3}}},\"nullCount\":{{\"id\":0}}}}"}}}}
)",
        1'700'000'000'000 + version, version, version * 1000, version * 1000 + 999);
  }
  const auto latest = OrStop(table->Latest(Deadline::Never()));
  OrStop(table->Checkpoint(*latest, Deadline::Never()));
}

template <class Builder, class Value>
std::shared_ptr<arrow::Array> Column(Builder builder, std::int64_t rows, Value value) {
  for (std::int64_t row = 0; row < rows; ++row) {
    if (!builder.Append(value(row)).ok()) Stop("out of memory");
  }
  return builder.Finish().ValueOrDie();
}

std::shared_ptr<arrow::RecordBatch> Rows(std::int64_t rows, std::int64_t first) {
  static constexpr const char* kNames[] = {"AA", "UA", "DL", "B6", "EV", "MQ", "US"};
  const auto name = [first](std::int64_t row) { return kNames[(first + row * 31) % 7]; };
  const auto number = [first](std::int64_t row) {
    return std::sin(static_cast<double>(first + row)) * 100;
  };
  const auto time = arrow::timestamp(arrow::TimeUnit::MICRO, "UTC");
  const auto* pool = arrow::default_memory_pool();
  auto* memory = const_cast<arrow::MemoryPool*>(pool);
  std::vector<std::shared_ptr<arrow::Array>> columns = {
      Column(arrow::Int64Builder(), rows, [&](auto row) { return first + row; }),
      Column(arrow::TimestampBuilder(time, memory), rows,
             [&](auto row) { return 1'700'000'000'000'000 + (first + row) * 1'250'000; }),
      Column(arrow::StringBuilder(), rows, name),
      Column(arrow::Int32Builder(), rows,
             [&](auto row) { return static_cast<std::int32_t>((first + row) * 7919 % 9000); }),
      Column(arrow::StringBuilder(), rows, name),
      Column(arrow::StringBuilder(), rows, name),
      Column(arrow::DoubleBuilder(), rows, number),
      Column(arrow::DoubleBuilder(), rows, number),
      Column(arrow::DoubleBuilder(), rows, number),
      Column(arrow::BooleanBuilder(), rows, [](auto row) { return row % 50 == 0; })};
  arrow::FieldVector fields;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    fields.push_back(arrow::field(Flights().schema.fields[i].name, columns[i]->type()));
  }
  return arrow::RecordBatch::Make(arrow::schema(fields), rows, columns);
}

void Print(std::vector<double> seconds, const std::string& more) {
  std::ranges::sort(seconds);
  fmt::print(R"({{"value":{:.6f},"unit":"s","p99_ms":{:.2f}{}}})"
             "\n",
             seconds[seconds.size() / 2], seconds[seconds.size() * 99 / 100] * 1000, more);
}

void Ours(const std::string& folder, std::int64_t rows, int appends) {
  const auto table = OpenTable(folder);
  auto snapshot = OrStop(table->Latest(Deadline::Never()));
  std::vector<double> seconds;
  std::int64_t data_bytes = 0;
  constexpr int kWarm = 5;
  for (int i = 0; i < appends + kWarm; ++i) {
    const auto batch = Rows(rows, i * rows);
    const auto started = SteadyClock::now();
    const auto writer = OrStop(
        delta::DataWriter::Open(table->store(), snapshot->protocol(), snapshot->metadata(), {}));
    OrStop(writer->Write(*batch, Deadline::Never()));
    delta::CommitRequest request;
    for (auto& file : OrStop(writer->Finish(Deadline::Never()))) {
      data_bytes = file.size;
      request.actions.emplace_back(std::move(file));
    }
    request.info.operation = "WRITE";
    request.info.operation_parameters = {{"mode", "Append"}};
    snapshot = OrStop(table->Commit(snapshot, std::move(request), Deadline::Never())).snapshot;
    const std::chrono::duration<double> took = SteadyClock::now() - started;
    if (i >= kWarm) seconds.push_back(took.count());
  }
  const auto log = std::filesystem::file_size(
      fmt::format("{}/_delta_log/{:020}.json", folder, snapshot->version()));
  Print(std::move(seconds), fmt::format(R"(,"data_bytes":{},"log_bytes":{},"version":{})",
                                        data_bytes, log, snapshot->version()));
}

/// Write a file that appears whole, and make it and its name durable.
void WriteDurably(const std::string& folder, const std::string& name, const std::string& bytes) {
  const int dir = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const int file = ::openat(dir, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
  if (dir < 0 || file < 0) Stop("cannot write in " + folder);
  const auto source = fmt::format("/proc/self/fd/{}", file);
  const bool done =
      ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
      ::fdatasync(file) == 0 &&
      ::linkat(AT_FDCWD, source.c_str(), dir, name.c_str(), AT_SYMLINK_FOLLOW) == 0 &&
      ::fsync(dir) == 0;
  if (!done) Stop("cannot write " + name);
  ::close(file);
  ::close(dir);
}

void Bare(const std::string& folder, std::size_t data_bytes, std::size_t log_bytes, int appends) {
  std::filesystem::create_directories(folder + "/log");
  std::vector<double> seconds;
  std::string data(data_bytes, '\0');
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<char>(i * 2654435761U >> 13);
  const std::string log(log_bytes, 'x');
  for (int i = 0; i < appends; ++i) {
    const auto started = SteadyClock::now();
    WriteDurably(folder, fmt::format("{:08}.data", i), data);
    WriteDurably(folder + "/log", fmt::format("{:08}.log", i), log);
    const std::chrono::duration<double> took = SteadyClock::now() - started;
    seconds.push_back(took.count());
  }
  Print(std::move(seconds), "");
}

int Run(const std::vector<std::string>& words) {
  if (words.size() == 3 && words[0] == "make") {
    Make(words[1], std::stoi(words[2]));
  } else if (words.size() == 4 && words[0] == "ours") {
    Ours(words[1], std::stoi(words[2]), std::stoi(words[3]));
  } else if (words.size() == 5 && words[0] == "bare") {
    Bare(words[1], std::stoul(words[2]), std::stoul(words[3]), std::stoi(words[4]));
  } else {
    Stop("make DIR VERSIONS | ours DIR ROWS APPENDS | bare DIR DATA LOG APPENDS");
  }
  return 0;
}

}  // namespace
}  // namespace neuralake::bench

int main(int argc, char** argv) { return neuralake::bench::Run({argv + 1, argv + argc}); }
