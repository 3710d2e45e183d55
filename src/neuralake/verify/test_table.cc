#include "neuralake/verify/test_table.h"

#include <algorithm>

#include <arrow/io/memory.h>
#include <arrow/json/from_string.h>
#include <arrow/table.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include "neuralake/verify/json.h"
#include "neuralake/verify/log/log_files.h"

namespace neuralake::verify {

TestTable::TestTable() {
  const Uri root = *Uri::Parse("memory://lake/table");
  store_ = *storage::MemoryStore::Open(root, registry_);
}

TestTable& TestTable::Commit(const std::vector<std::string>& lines) {
  PutLines(CommitKey(next_++), lines);
  return *this;
}

void TestTable::Put(const std::string& key, const std::string& bytes) {
  const auto put = store_->Put(key, bytes, storage::PutMode::kOverwrite, {});
  ASSERT_TRUE(put) << Describe(put.error());
}

void TestTable::PutLines(const std::string& key, const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  Put(key, text);
}

void TestTable::Delete(const std::string& key) { ASSERT_TRUE(store_->Delete(key, {})); }

std::string TestTable::Read(const std::string& key) { return store_->Read(key, {}).value(); }

std::size_t TestTable::PutParquet(const std::string& key,
                                  const std::shared_ptr<arrow::Schema>& schema,
                                  const std::string& json) {
  const auto rows =
      arrow::json::ArrayFromJSONString(arrow::struct_(schema->fields()), json).ValueOrDie();
  const auto batch = arrow::RecordBatch::FromStructArray(rows).ValueOrDie();
  const auto table = arrow::Table::FromRecordBatches(schema, {batch}).ValueOrDie();
  const auto sink = arrow::io::BufferOutputStream::Create().ValueOrDie();
  EXPECT_TRUE(
      parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), sink, /*chunk_size=*/2)
          .ok());
  const std::string bytes = sink->Finish().ValueOrDie()->ToString();
  Put(key, bytes);
  return bytes.size();
}

Result<Report> TestTable::Run(const VerifyOptions& options) {
  auto report = Verify(store_, options, {});
  if (!report) return report;
  for (const Finding& finding : report->findings) {
    Seen().insert(std::string(Row(finding.rule).name));
  }
  return report;
}

std::set<std::string> TestTable::Rules(const VerifyOptions& options) {
  const auto report = Run(options);
  EXPECT_TRUE(report) << Describe(report.error());
  std::set<std::string> rules;
  if (!report) return rules;
  for (const Finding& finding : report->findings) {
    rules.insert(std::string(Row(finding.rule).name));
    SCOPED_TRACE(Text(finding));
  }
  return rules;
}

std::set<std::string>& TestTable::Seen() {
  static std::set<std::string> seen;
  return seen;
}

std::string LogKey(std::int64_t version, const std::string& suffix) {
  return fmt::format("{}{:020}.{}", kLogFolder, version, suffix);
}

std::string CommitKey(std::int64_t version) { return LogKey(version, "json"); }

std::string Protocol(int reader, int writer, const std::string& lists) {
  return fmt::format(R"({{"protocol":{{"minReaderVersion":{},"minWriterVersion":{}{}{}}}}})",
                     reader, writer, lists.empty() ? "" : ",", lists);
}

std::string Column(const std::string& name, const std::string& type, bool nullable,
                   const std::string& metadata) {
  const std::string written = type.starts_with("{") ? type : "\"" + type + "\"";
  return fmt::format(R"({{"name":"{}","type":{},"nullable":{},"metadata":{{{}}}}})", name, written,
                     nullable, metadata);
}

std::string Metadata(const std::string& fields, const std::string& partition,
                     const std::string& configuration) {
  const std::string columns =
      fields.empty() ? Column("id", "long") + "," + Column("name", "string") : fields;
  const Json schema = fmt::format(R"({{"type":"struct","fields":[{}]}})", columns);
  return fmt::format(
      R"({{"metaData":{{"id":"t","format":{{"provider":"parquet","options":{{}}}},"schemaString":{},)"
      R"("partitionColumns":[{}],"configuration":{{{}}},"createdTime":1}}}})",
      Dump(schema), partition, configuration);
}

std::string AddLine(const std::string& path, std::size_t size, const std::string& more) {
  std::string members = more;
  if (members.find("partitionValues") == std::string::npos) {
    members = "\"partitionValues\":{}" + (more.empty() ? "" : "," + more);
  }
  if (members.find("dataChange") == std::string::npos) members += ",\"dataChange\":true";
  return fmt::format(R"({{"add":{{"path":"{}","size":{},"modificationTime":1,{}}}}})", path, size,
                     members);
}

std::string RemoveLine(const std::string& path, const std::string& more) {
  const std::string change =
      more.find("dataChange") == std::string::npos ? "\"dataChange\":true" : "";
  const std::string comma = change.empty() || more.empty() ? "" : ",";
  return fmt::format(R"({{"remove":{{"path":"{}","deletionTimestamp":1,{}{}{}}}}})", path, change,
                     comma, more);
}

std::string Stats(const std::string& text) { return "\"stats\":" + Dump(Json(text)); }

std::shared_ptr<arrow::Schema> IdAndName() {
  return arrow::schema({arrow::field("id", arrow::int64()), arrow::field("name", arrow::utf8())});
}

void MakeSmall(TestTable& table, const std::string& more) {
  const std::size_t size =
      table.PutParquet("a.parquet", IdAndName(), R"([[1, "x"], [2, null], [3, "z"]])");
  table.Commit({Protocol(), Metadata(), AddLine("a.parquet", size, more)});
}

}  // namespace neuralake::verify
