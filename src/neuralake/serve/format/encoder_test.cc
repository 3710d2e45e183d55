#include "neuralake/serve/format/encoder.h"

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/json/from_string.h>
#include <gtest/gtest.h>
#include <parquet/arrow/reader.h>

namespace neuralake::serve {
namespace {

using columnar::TypeId;

columnar::Field Column(std::string name, TypeId id) {
  return {std::move(name), columnar::DataType{id, 0, 0, {}}, true, {}};
}

struct Sample {
  AnswerHead head{
      {{Column("id", TypeId::kLong), Column("name", TypeId::kString)}},
      arrow::schema({arrow::field("id", arrow::int64()), arrow::field("name", arrow::utf8())}),
      "q-1"};

  std::shared_ptr<arrow::RecordBatch> Batch(const std::string& json) const {
    const auto rows =
        arrow::json::ArrayFromJSONString(arrow::struct_(head.arrow_schema->fields()), json)
            .ValueOrDie();
    return arrow::RecordBatch::FromStructArray(rows).ValueOrDie();
  }

  std::string Encode(Format format, const std::vector<std::string>& batches,
                     const AnswerTail& tail = {}) const {
    const auto encoder = MakeEncoder(format);
    std::string out;
    EXPECT_TRUE(encoder->Begin(head, out));
    for (const std::string& json : batches) EXPECT_TRUE(encoder->Add(*Batch(json), out));
    EXPECT_TRUE(encoder->End(tail, out));
    return out;
  }
};

const std::vector<std::string> kTwoBatches = {R"([{"id": 1, "name": "a"}])",
                                              R"([{"id": null, "name": "b,\"c\""}])"};

TEST(JsonEncoder, WritesTheWholeAnswer) {
  AnswerTail tail{true, "abc", {{"aviation.flights", 7}}, std::nullopt};
  EXPECT_EQ(Sample().Encode(Format::kJson, kTwoBatches, tail),
            R"({"columns":[{"name":"id","type":"BIGINT"},{"name":"name","type":"VARCHAR"}],)"
            R"("rows":[{"id":1,"name":"a"},{"id":null,"name":"b,\"c\""}],"truncated":true,)"
            R"("next":"abc","query_id":"q-1","versions":{"aviation.flights":7}})");
}

TEST(JsonEncoder, WritesAnEmptyAnswer) {
  EXPECT_EQ(Sample().Encode(Format::kJson, {}),
            R"({"columns":[{"name":"id","type":"BIGINT"},{"name":"name","type":"VARCHAR"}],)"
            R"("rows":[],"truncated":false,"next":null,"query_id":"q-1","versions":{}})");
}

TEST(JsonEncoder, KeepsColumnsOfTheSameNameApart) {
  Sample sample;
  sample.head.columns = {
      {Column("id", TypeId::kLong), Column("id", TypeId::kLong), Column("id_2", TypeId::kLong)}};
  std::string out;
  ASSERT_TRUE(MakeEncoder(Format::kJson)->Begin(sample.head, out));
  EXPECT_EQ(out, R"({"columns":[{"name":"id","type":"BIGINT"},{"name":"id_3","type":"BIGINT"},)"
                 R"({"name":"id_2","type":"BIGINT"}],"rows":[)");
}

TEST(JsonEncoder, EndsAFailedAnswerWithTheError) {
  const auto encoder = MakeEncoder(Format::kJson);
  std::string out;
  ASSERT_TRUE(encoder->Begin(Sample().head, out));
  ASSERT_TRUE(encoder->Add(*Sample().Batch(kTwoBatches[0]), out));
  out.clear();
  EXPECT_TRUE(encoder->Fail({ErrorKind::kCorruption, "part-7 is cut", {}, -1}, "r-9", out));
  EXPECT_EQ(out, R"(],"query_id":"q-1","error":{"kind":"corruption","message":"part-7 is cut",)"
                 R"("detail":null,"position":null,"request_id":"r-9"}})");
}

TEST(NdjsonEncoder, WritesALineARow) {
  EXPECT_EQ(Sample().Encode(Format::kNdjson, kTwoBatches),
            "{\"id\":1,\"name\":\"a\"}\n{\"id\":null,\"name\":\"b,\\\"c\\\"\"}\n");
  EXPECT_EQ(Sample().Encode(Format::kNdjson, {}), "");
}

TEST(CsvEncoder, QuotesWhatRfc4180Wants) {
  EXPECT_EQ(Sample().Encode(Format::kCsv, {R"([{"id": 1, "name": ""}, {"id": 2, "name": null}])",
                                           kTwoBatches[1]}),
            "id,name\r\n1,\"\"\r\n2,\r\n,\"b,\"\"c\"\"\"\r\n");
}

TEST(ArrowEncoder, IsReadBackByArrow) {
  const std::string bytes = Sample().Encode(Format::kArrow, kTwoBatches);
  const auto reader =
      arrow::ipc::RecordBatchStreamReader::Open(arrow::io::BufferReader::FromString(bytes))
          .ValueOrDie();
  const auto table = reader->ToTable().ValueOrDie();
  EXPECT_EQ(table->num_rows(), 2);
  EXPECT_TRUE(table->schema()->Equals(Sample().head.arrow_schema));
}

TEST(ParquetEncoder, IsReadBackByArrow) {
  const std::string bytes = Sample().Encode(Format::kParquet, kTwoBatches);
  const auto reader = parquet::arrow::OpenFile(arrow::io::BufferReader::FromString(bytes),
                                               arrow::default_memory_pool())
                          .ValueOrDie();
  const auto table = reader->ReadTable().ValueOrDie();
  ASSERT_EQ(table->num_rows(), 2);
  EXPECT_EQ(table->column(1)->GetScalar(1).ValueOrDie()->ToString(), "b,\"c\"");
}

TEST(BinaryEncoders, CannotSayInTheirBodyThatTheyFailed) {
  for (const Format format : {Format::kNdjson, Format::kCsv, Format::kArrow, Format::kParquet}) {
    const auto encoder = MakeEncoder(format);
    std::string out;
    ASSERT_TRUE(encoder->Begin(Sample().head, out));
    EXPECT_FALSE(encoder->Fail({ErrorKind::kInternal, "x", {}, -1}, "r", out));
  }
}

TEST(ErrorJson, HasEveryMember) {
  EXPECT_EQ(ErrorJson({ErrorKind::kInvalid, "syntax error at \"x\"", {}, 7}, "r-1", "look there"),
            R"({"kind":"invalid","message":"syntax error at \"x\"","detail":"look there",)"
            R"("position":7,"request_id":"r-1"})");
}

}  // namespace
}  // namespace neuralake::serve
