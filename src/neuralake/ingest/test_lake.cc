#include "neuralake/ingest/test_lake.h"

#include <algorithm>

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>

namespace neuralake::ingest {

namespace {

catalog::CatalogPtr OneTable() {
  catalog::TableModel events;
  events.name = "events";
  events.uri = "memory://lake/events";
  const auto schema = columnar::ParseDdl("id long, name string").value();
  for (const auto& field : schema.fields) {
    catalog::Column column;
    column.name = field.name;
    column.type = field.type;
    events.columns.push_back(std::move(column));
  }
  auto model = std::make_shared<catalog::CatalogModel>();
  auto& database = model->databases.emplace_back();
  database.name = "lake";
  database.tables = {events};
  return model;
}

void AppendTexts(const std::string& bytes, const std::string& column,
                 std::vector<std::string>& texts) {
  auto source = std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes));
  auto reader = parquet::arrow::OpenFile(source, arrow::default_memory_pool()).ValueOrDie();
  const auto table = reader->ReadTable().ValueOrDie();
  const auto values = table->GetColumnByName(column);
  for (std::int64_t i = 0; i < table->num_rows(); ++i) {
    texts.push_back(values == nullptr ? "absent" : values->GetScalar(i).ValueOrDie()->ToString());
  }
}

}  // namespace

Deadline Long() { return Deadline::After(std::chrono::minutes(5)); }

TestLake::TestLake(std::uint64_t seed) : rng(seed), catalog(OneTable()) {}

IngestTable& TestLake::Process::table() const { return **tables->Get("lake.events"); }

Status TestLake::Process::Flush() const { return pipeline().Flush(Long()); }

std::shared_ptr<storage::FaultyStore> TestLake::StoreOf(const std::string& uri) {
  std::lock_guard lock(mutex_);
  auto& store = stores_[uri];
  if (store == nullptr) {
    store = std::make_shared<storage::FaultyStore>(
        *storage::MemoryStore::Open(*Uri::Parse(uri), registry_));
  }
  return store;
}

storage::FaultyStore& TestLake::store(const std::string& table) {
  return *StoreOf("memory://lake/" + table);
}

void TestLake::DenyCommit() {
  for (const auto operation : {storage::Operation::kStartUpload, storage::Operation::kPut}) {
    ASSERT_TRUE(
        store().Inject({.operation = operation, .fault = storage::Fault::kDeny}).has_value());
  }
}

std::shared_ptr<delta::Table> TestLake::Open(const std::string& table) {
  return delta::Table::Open(StoreOf("memory://lake/" + table));
}

std::unique_ptr<TestLake::Process> TestLake::Start(const Options& options) {
  auto process = std::make_unique<Process>();
  process->budget = std::make_unique<PendingBudget>(options.pending_bytes_max);
  process->tables = std::make_unique<TableDirectory>(
      catalog, TableDirectory::Parts{
                   .open = [this](const std::string& uri) -> Result<std::shared_ptr<delta::Table>> {
                     return delta::Table::Open(StoreOf(uri));
                   },
                   .on_commit = [](const SinkCommit&) {},
                   .wake = [raw = process.get()] { ++raw->woken; },
                   .write = {},
                   .unknown = {.policy = UnknownMembers::Policy::kReject},
                   .flush = options.flush,
                   .budget = *process->budget,
                   .kills = KillSwitch::Off(),
                   .clock = clock});
  auto log = PushLog::Open(std::make_shared<TestFolder>(disk), options.push,
                           {.tables = *process->tables,
                            .budget = *process->budget,
                            .kills = *options.kills,
                            .clock = clock,
                            .rng = rng});
  EXPECT_TRUE(log.has_value()) << Describe(log.error());
  process->log = *std::move(log);
  return process;
}

std::unique_ptr<TestLake::Process> TestLake::Restart(std::unique_ptr<Process> process,
                                                     const Options& options) {
  // First the copy: an orderly end would still write.
  const auto left = TestFolder::AfterPowerCut(*disk, rng);
  process.reset();
  disk = left;
  return Start(options);
}

Result<PushAnswer> TestLake::Push(Process& process, const std::vector<int>& ids,
                                  const std::string& key) {
  std::string body;
  for (const int id : ids) body += fmt::format("{{\"id\":{0},\"name\":\"n{0}\"}}\n", id);
  return PushText(process, body, key);
}

Result<PushAnswer> TestLake::PushText(Process& process, std::string_view ndjson,
                                      const std::string& key, const std::string& table) {
  return process.log->Push({.database = "lake",
                            .table = table,
                            .content_type = "application/x-ndjson",
                            .idempotency_key = key,
                            .body = ndjson},
                           Long());
}

void TestLake::AddName(const std::string& name) {
  auto model = std::make_shared<catalog::CatalogModel>(*catalog);
  auto& tables = model->databases.front().tables;
  tables.push_back(tables.front());
  tables.back().name = name;
  catalog = std::move(model);
}

std::vector<std::string> TestLake::Values(const std::string& column, const std::string& table) {
  std::vector<std::string> texts;
  const auto store = StoreOf("memory://lake/" + table);
  const auto latest = delta::Table::Open(store)->Latest(Long());
  if (!latest.has_value()) return texts;
  const auto& files = (*latest)->files();
  for (std::size_t i = 0; i < files.count(); ++i) {
    AppendTexts(store->Read(files.path(i), Long()).value(), column, texts);
  }
  std::ranges::sort(texts, [](const auto& a, const auto& b) {
    return std::pair(a.size(), a) < std::pair(b.size(), b);
  });
  return texts;
}

}  // namespace neuralake::ingest
