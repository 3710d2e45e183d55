#include "neuralake/ingest/decode/decoder.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/writer.h>
#include <arrow/pretty_print.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "neuralake/columnar/batch_testing.h"

namespace neuralake::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Policy = UnknownMembers::Policy;

std::unique_ptr<Decoder> For(std::string_view ddl, const UnknownMembers& unknown = {}) {
  return Decoder::Make(columnar::ParseDdl(ddl).value(), unknown).value();
}

/// All values of the first column as text; `null` for nulls.
std::vector<std::string> Column(const Decoded& decoded, int column = 0) {
  std::vector<std::string> values;
  for (const auto& batch : decoded.batches) {
    EXPECT_TRUE(batch->ValidateFull().ok()) << batch->ValidateFull().ToString();
    for (std::int64_t i = 0; i < batch->num_rows(); ++i) {
      values.push_back(batch->column(column)->GetScalar(i).ValueOrDie()->ToString());
    }
  }
  return values;
}

/// What one JSON value becomes in a column of `type`; or the reason why it does not fit.
std::string As(std::string_view type, std::string_view value) {
  auto decoder = For("c " + std::string(type));
  const auto added = decoder->Add(ContentType::kNdjson, "{\"c\": " + std::string(value) + "}");
  EXPECT_TRUE(added.has_value());
  const auto decoded = decoder->Finish();
  if (!decoded.rejected.empty()) {
    EXPECT_TRUE(decoded.batches.empty());
    return "rejected: " + decoded.rejected[0].reason;
  }
  return Column(decoded).at(0);
}

TEST(Decoder, ReadsEveryTypeFromJson) {
  EXPECT_EQ(As("boolean", "true"), "true");
  EXPECT_EQ(As("tinyint", "-128"), "-128");
  EXPECT_EQ(As("smallint", "32767"), "32767");
  EXPECT_EQ(As("int", "5.0"), "5");
  EXPECT_EQ(As("bigint", "9007199254740993"), "9007199254740993");
  EXPECT_EQ(As("bigint", "\"9007199254740993\""), "9007199254740993");
  EXPECT_EQ(As("float", "1.5"), "1.5");
  EXPECT_EQ(As("double", "0.1"), "0.1");
  EXPECT_EQ(As("double", "\"NaN\""), "nan");
  EXPECT_EQ(As("decimal(38, 18)", "12345678901234567890.123456789012345678"),
            "12345678901234567890.123456789012345678");
  EXPECT_EQ(As("decimal(4, 2)", "\"-1.5\""), "-1.50");
  EXPECT_EQ(As("string", R"("a\u00e4\ud83d\ude00\n")"), "a\u00e4\U0001F600\n");
  EXPECT_EQ(As("binary", "\"YWI=\""), "ab");
  EXPECT_EQ(As("date", "\"2020-02-29\""), "2020-02-29");
  EXPECT_EQ(As("timestamp", "\"2020-01-02T03:04:05.123456+01:00\""), "2020-01-02 02:04:05.123456Z");
  EXPECT_EQ(As("timestamp", "1577934245123"), "2020-01-02 03:04:05.123000Z");
  EXPECT_EQ(As("timestamp_ntz", "\"2020-01-02 03:04:05\""), "2020-01-02 03:04:05.000000");
  EXPECT_EQ(As("int", "null"), "null");
}

TEST(Decoder, RefusesWhatATypeCannotHoldExactly) {
  EXPECT_EQ(As("int", "2147483648"), "rejected: c: '2147483648' is no int32");
  EXPECT_EQ(As("int", "1.5"), "rejected: c: '1.5' is no int32");
  EXPECT_EQ(As("int", "true"), "rejected: c: 'true' is no int32");
  EXPECT_EQ(As("int", "[1]"), "rejected: c: an array where int32 is declared");
  EXPECT_EQ(As("int", "{}"), "rejected: c: an object where int32 is declared");
  EXPECT_EQ(As("string", "1"), "rejected: c: '1' is no string");
  EXPECT_THAT(As("decimal(4, 2)", "1.234"), HasSubstr("rejected: c: '1.234'"));
  EXPECT_THAT(As("decimal(4, 2)", "123"), HasSubstr("rejected: c: '123'"));
  EXPECT_THAT(As("float", "1e39"), HasSubstr("rejected"));
  EXPECT_THAT(As("date", "\"2020-02-30\""), HasSubstr("rejected"));
  EXPECT_THAT(As("date", "\"20000-01-01\""), HasSubstr("rejected"));
  EXPECT_THAT(As("timestamp_ntz", "\"2020-01-02T03:04:05Z\""), HasSubstr("rejected"));
  EXPECT_THAT(As("timestamp", "\"yesterday\""), HasSubstr("rejected"));
  EXPECT_EQ(As("int not null", "null"), "rejected: c: it must not be null");
}

TEST(Decoder, ReadsNestedValues) {
  EXPECT_EQ(As("struct<a: int32, b: string>", R"({"b": "x", "a": 1})"),
            "{a:int32 = 1, b:string = x}");
  EXPECT_EQ(As("array<int32>", "[1, null, 3]"), "list<element: int32>[1, null, 3]");
  EXPECT_THAT(As("map<string, double>", R"({"k": 1.5})"), HasSubstr("1.5"));
  EXPECT_EQ(As("array<struct<a: int32>>", R"([{"a": 1}, {"a": "x"}])"),
            "rejected: c: [1]: a: 'x' is no int32");
  EXPECT_EQ(As("map<int32, int32>", R"({"k": 1})"), "rejected: c: ['k']: 'k' is no int32");
}

TEST(Decoder, ABadRowLeavesNothingBehind) {
  auto decoder = For("id BIGINT NOT NULL, s STRUCT<a: STRING, l: ARRAY<INT>>, m MAP<STRING, INT>");
  const auto* body =
      R"({"id": 1, "s": {"a": "x", "l": [1, 2]}, "m": {"k": 1}}
{"id": 2, "s": {"a": "y", "l": [3, "bad"]}, "m": {"k": 2}}
{"s": {"a": "z"}, "m": {"k": 2, "q": 3}}
{"id": 3, "m": {"k": 1, "z": 1.5}}

{"id": 4, "s": null, "m": null}
)";
  const auto counts = decoder->Add(ContentType::kNdjson, body).value();
  EXPECT_EQ(counts.accepted, 2);
  EXPECT_EQ(counts.rejected, 3);
  const auto decoded = decoder->Finish();
  EXPECT_THAT(Column(decoded), ElementsAre("1", "4"));
  EXPECT_THAT(Column(decoded, 1), ElementsAre(HasSubstr("[1, 2]"), "null"));
  ASSERT_EQ(decoded.rejected.size(), 3U);
  EXPECT_EQ(decoded.rejected[0].row, 1);
  EXPECT_THAT(decoded.rejected[0].payload, HasSubstr("\"id\": 2"));
  EXPECT_EQ(decoded.rejected[1].reason, "id is missing, and it must not be null");
}

TEST(Decoder, ReadsOneObjectOrAnArrayOfThem) {
  auto decoder = For("id INT");
  EXPECT_EQ(decoder->Add(ContentType::kJson, " {\"id\": 1} ")->accepted, 1);
  EXPECT_EQ(decoder->Add(ContentType::kJson, "[ {\"id\": 2} , {\"id\": 3}\n]")->accepted, 2);
  EXPECT_EQ(decoder->Add(ContentType::kJson, "[]")->accepted, 0);
  EXPECT_EQ(decoder->Add(ContentType::kJson, "\xEF\xBB\xBF{\"ID\": 4}")->accepted, 1);
  const auto mixed =
      decoder->Add(ContentType::kJson, R"([5, {"id": true}, {"id": 5}, [], "x"])", 4);
  EXPECT_EQ(mixed->accepted, 1);
  EXPECT_EQ(mixed->rejected, 4);
  const auto decoded = decoder->Finish();
  EXPECT_THAT(Column(decoded), ElementsAre("1", "2", "3", "4", "5"));
  EXPECT_EQ(decoded.rejected[1].payload, "{\"id\":true}");
  EXPECT_EQ(decoded.rejected[1].origin, 4);
}

TEST(Decoder, RefusesABodyThatIsNoJson) {
  auto decoder = For("id INT");
  for (const auto* body :
       {"", " ", "{", "[{\"id\": 1}", "{\"id\": 1} x", "{\"id\": 1}{\"id\": 2}", "5", "\"x\"",
        "[{\"id\": 1} {\"id\": 2}]", "{\"id\": 1, }", "{\"id\" 1}", "\xFF{}", "{\"\xC0\": 1}",
        "{\"x\": 01}", "{\"x\": \"\\q\"}", "{\"x\": nul}", "[]]", "{\"x\": \"\\ud800\"}"}) {
    const auto added = decoder->Add(ContentType::kJson, body);
    ASSERT_FALSE(added.has_value()) << body;
    EXPECT_EQ(added.error().kind, ErrorKind::kInvalid) << body;
  }
  EXPECT_EQ(decoder->Add(ContentType::kJson, "{\"id\": 1, \"x\": tru}").error().position, 15);
  EXPECT_EQ(decoder->rows(), 0);
}

TEST(Decoder, RefusesAMemberThatComesTwice) {
  EXPECT_THAT(As("struct<a: int32>", R"({"a": 1, "a": 2})"), HasSubstr("member 'a' comes twice"));
  EXPECT_THAT(As("map<string, int32>", R"({"a": 1, "a": 2})"), HasSubstr("key 'a' comes twice"));
  EXPECT_THAT(As("array<map<string, int32>>", R"([{"a": 1}, {"a": 2}])"), Not(HasSubstr("twice")));
}

TEST(Decoder, RefusesValuesThatNestTooDeep) {
  auto decoder = For("id INT");
  const auto deep = "{\"id\": 1, \"x\": " + std::string(1000, '[') + std::string(1000, ']') + "}";
  EXPECT_EQ(decoder->Add(ContentType::kNdjson, deep)->rejected, 1);
  EXPECT_EQ(decoder->Add(ContentType::kNdjson, std::string(100'000, '['))->rejected, 1);
}

TEST(Decoder, TreatsUnknownMembersAsTold) {
  const std::string body = R"({"id": 1, "x": {"y": [1, "é\"", null]}, "z": 2.50})";
  auto ignore = For("id INT, extra STRING");
  EXPECT_EQ(ignore->Add(ContentType::kJson, body)->accepted, 1);
  EXPECT_THAT(Column(ignore->Finish(), 1), ElementsAre("null"));

  auto reject = For("id INT, extra STRING", {.policy = Policy::kReject, .column = ""});
  EXPECT_EQ(reject->Add(ContentType::kJson, body)->rejected, 1);
  EXPECT_EQ(reject->Finish().rejected[0].reason, "the table has no column 'x'");

  const std::string nested = R"({"item": {"sku": "a", "extra": 1}})";
  for (const auto policy : {Policy::kReject, Policy::kCollect}) {
    auto strict = For("item STRUCT<sku: STRING>, extra STRING", {policy, "extra"});
    EXPECT_EQ(strict->Add(ContentType::kJson, nested)->rejected, 1);
    EXPECT_EQ(strict->Add(ContentType::kCsv, "item\n\"{\"\"extra\"\": 1}\"\n")->rejected, 1);
    EXPECT_EQ(strict->Finish().rejected[0].reason, "item: the struct has no member 'extra'");
  }
  auto loose = For("item STRUCT<sku: STRING>, extra STRING");
  EXPECT_EQ(loose->Add(ContentType::kJson, nested)->accepted, 1);

  auto collect = For("id INT, extra STRING", {.policy = Policy::kCollect, .column = "extra"});
  EXPECT_EQ(collect->Add(ContentType::kJson, body)->accepted, 1);
  EXPECT_THAT(Column(collect->Finish(), 1), ElementsAre(R"({"x":{"y":[1,"é\"",null]},"z":2.50})"));

  const auto wrong = Decoder::Make(columnar::ParseDdl("id INT").value(),
                                   {.policy = Policy::kCollect, .column = "id"});
  EXPECT_EQ(wrong.error().kind, ErrorKind::kInvalid);
}

TEST(Decoder, ReadsCsv) {
  auto decoder = For("id INT NOT NULL, name STRING, tags ARRAY<INT>");
  const auto* body =
      "name,id,tags,other\r\n"
      "\"a \"\"b\"\"\r\n, c\",1,\"[1,2]\",x\r\n"
      "\r\n"
      ",2,,\n"
      "\"\",3,[],y\n"
      "x,,[],y\n"
      "x,4,[\n"
      "x,5,[],\"y\n";
  const auto counts = decoder->Add(ContentType::kCsv, body).value();
  EXPECT_EQ(counts.accepted, 3);
  EXPECT_EQ(counts.rejected, 3);
  const auto decoded = decoder->Finish();
  EXPECT_THAT(Column(decoded, 0), ElementsAre("1", "2", "3"));
  EXPECT_THAT(Column(decoded, 1), ElementsAre("a \"b\"\r\n, c", "null", ""));
  EXPECT_EQ(decoded.rejected[0].reason, "id: it must not be null");
  EXPECT_EQ(decoded.rejected[1].reason, "3 cells where there are 4 columns");
  EXPECT_EQ(decoded.rejected[2].reason, "a quote is not closed");
}

TEST(Decoder, ReadsCsvWithoutHeaderAndRefusesAWrongOne) {
  auto decoder = For("id INT, name STRING");
  EXPECT_EQ(decoder->Add(ContentType::kCsvNoHeader, "1,a\n2,b")->accepted, 2);
  EXPECT_THAT(decoder->Add(ContentType::kCsv, "id,ID\n1,2").error().message,
              HasSubstr("'ID' twice"));
  EXPECT_EQ(decoder->Add(ContentType::kCsv, "").error().kind, ErrorKind::kInvalid);
  auto strict = For("id INT", {.policy = Policy::kReject, .column = ""});
  EXPECT_THAT(strict->Add(ContentType::kCsv, "id,x\n1,2").error().message, HasSubstr("'x'"));
}

std::string ArrowBody(const std::shared_ptr<arrow::RecordBatch>& batch, int times = 1) {
  auto sink = arrow::io::BufferOutputStream::Create().ValueOrDie();
  auto writer = arrow::ipc::MakeStreamWriter(sink, batch->schema()).ValueOrDie();
  for (int i = 0; i < times; ++i) EXPECT_TRUE(writer->WriteRecordBatch(*batch).ok());
  EXPECT_TRUE(writer->Close().ok());
  return sink->Finish().ValueOrDie()->ToString();
}

std::shared_ptr<arrow::RecordBatch> Int64Batch(const std::vector<std::int64_t>& values) {
  arrow::Int64Builder builder;
  for (const auto value : values) {
    EXPECT_TRUE((value == -1 ? builder.AppendNull() : builder.Append(value)).ok());
  }
  return arrow::RecordBatch::Make(arrow::schema({arrow::field("ID", arrow::int64())}),
                                  static_cast<std::int64_t>(values.size()),
                                  {builder.Finish().ValueOrDie()});
}

TEST(Decoder, ReadsArrowAndRejectsTheRowsThatDoNotFit) {
  auto decoder = For("id INT NOT NULL, name STRING");
  const auto body = ArrowBody(Int64Batch({1, 5'000'000'000, 3, -1, 5}));
  const auto counts = decoder->Add(ContentType::kArrow, body).value();
  EXPECT_EQ(counts.accepted, 3);
  EXPECT_EQ(counts.rejected, 2);
  const auto decoded = decoder->Finish();
  EXPECT_THAT(Column(decoded), ElementsAre("1", "3", "5"));
  EXPECT_THAT(Column(decoded, 1), ElementsAre("null", "null", "null"));
  EXPECT_EQ(decoded.rejected[0].row, 1);
  EXPECT_EQ(decoded.rejected[0].payload, "{id: 5000000000, name: null}");
  EXPECT_EQ(decoded.rejected[1].reason, "id: it must not be null");
}

/// A batch of `rows` rows that all are the one text of a dictionary, of 1 MiB.
std::shared_ptr<arrow::RecordBatch> OneLargeText(int rows) {
  arrow::StringBuilder texts;
  EXPECT_TRUE(texts.Append(std::string(1 << 20, 'x')).ok());
  arrow::Int32Builder indices;
  for (int i = 0; i < rows; ++i) EXPECT_TRUE(indices.Append(0).ok());
  const auto type = arrow::dictionary(arrow::int32(), arrow::utf8());
  const auto array = arrow::DictionaryArray::FromArrays(type, indices.Finish().ValueOrDie(),
                                                        texts.Finish().ValueOrDie());
  return arrow::RecordBatch::Make(arrow::schema({arrow::field("c", type)}), rows,
                                  {array.ValueOrDie()});
}

TEST(Decoder, RefusesArrowThatTakesTooMuchMemoryOnceDecoded) {
  const std::string many_batches = ArrowBody(OneLargeText(60), 5);
  const std::string one_batch = ArrowBody(OneLargeText(300));
  for (const auto* body : {&many_batches, &one_batch}) {
    // Also as a column that none of them fits: dead letters keep what came.
    for (const auto* column : {"c STRING", "c INT"}) {
      auto decoder = For(column);
      const auto added = decoder->Add(ContentType::kArrow, *body);
      ASSERT_FALSE(added.has_value()) << column;
      EXPECT_EQ(added.error().kind, ErrorKind::kInvalid);
      EXPECT_THAT(added.error().message, HasSubstr("256 MiB"));
      const auto decoded = decoder->Finish();
      EXPECT_EQ(decoded.rows, 0);
      EXPECT_TRUE(decoded.rejected.empty());
      EXPECT_EQ(decoded.bytes, 0U);
    }
  }
  EXPECT_EQ(For("c STRING")->Add(ContentType::kArrow, ArrowBody(OneLargeText(10), 5))->accepted,
            50);
}

TEST(Decoder, RefusesABodyWhoseRowsTakeTooMuchMemoryByWhatTheyLack) {
  std::string columns = "c0 INT";
  for (int i = 1; i < 1000; ++i) columns += ", c" + std::to_string(i) + " INT";
  std::string lines;
  std::string cells = "c0\n";
  for (int i = 0; i < 40'000; ++i) {
    lines += "{}\n";
    cells += "1\n";
  }
  auto decoder = For(columns);
  ASSERT_TRUE(decoder->Add(ContentType::kNdjson, "{\"c0\":1}").has_value());
  for (const auto& [type, body] :
       {std::pair{ContentType::kNdjson, lines}, std::pair{ContentType::kCsv, cells}}) {
    const auto added = decoder->Add(type, body);
    ASSERT_FALSE(added.has_value());
    EXPECT_EQ(added.error().kind, ErrorKind::kInvalid);
    EXPECT_THAT(added.error().message, HasSubstr("256 MiB"));
    EXPECT_EQ(decoder->rows(), 1);
  }
  EXPECT_TRUE(decoder->Add(ContentType::kNdjson, lines.substr(0, 300)).has_value());
  EXPECT_EQ(decoder->Finish().rows, 101);
}

TEST(Decoder, ADeadLetterOfArrowHoldsTheValueAndTheReasonIsCut) {
  auto decoder = For("c INT");
  EXPECT_EQ(decoder->Add(ContentType::kArrow, ArrowBody(OneLargeText(1)))->rejected, 1);
  const auto decoded = decoder->Finish();
  EXPECT_EQ(decoded.rejected[0].payload, "{c: " + std::string(1 << 20, 'x') + "}");
  EXPECT_LE(decoded.rejected[0].reason.size(), 503U);
  EXPECT_THAT(decoded.rejected[0].reason, testing::EndsWith("…' is no int32"));
}

TEST(Decoder, TakesNoMoreMemoryForArrowRowsBetweenOnesThatDoNotFit) {
  const int rows = 2000;
  arrow::Int64Builder ids;
  for (int i = 0; i < rows; ++i) EXPECT_TRUE(ids.Append(i % 2 == 0 ? i : 5'000'000'000).ok());
  const auto column = ids.Finish().ValueOrDie();
  const auto body = ArrowBody(arrow::RecordBatch::Make(
      arrow::schema({arrow::field("id", arrow::int64()), arrow::field("n", arrow::int64())}), rows,
      {column, column}));
  auto decoder = For("id INT, n BIGINT");
  EXPECT_EQ(decoder->Add(ContentType::kArrow, body)->accepted, rows / 2);
  const auto decoded = decoder->Finish();
  EXPECT_THAT(Column(decoded, 1), testing::SizeIs(rows / 2));
  EXPECT_LT(decoded.bytes, 1U << 20);
}

/// A batch of the columns in `array`, a struct of them that JSON text gives.
std::shared_ptr<arrow::RecordBatch> BatchOf(const arrow::FieldVector& fields,
                                            const std::string& json) {
  auto rows = columnar::ColumnOf(arrow::struct_(fields), json);
  return arrow::RecordBatch::FromStructArray(rows).ValueOrDie();
}

TEST(Decoder, RefusesArrowWithAColumnOrAMemberThatHasNoPlaceOfItsOwn) {
  using arrow::field;
  const auto& number = arrow::int64();
  const auto error = [](const char* columns, const arrow::FieldVector& fields,
                        const UnknownMembers& unknown = {.policy = Policy::kReject}) {
    const auto body = ArrowBody(BatchOf(fields, "[]"));
    const auto added = For(columns, unknown)->Add(ContentType::kArrow, body);
    return added.has_value() ? "accepted" : added.error().message;
  };
  const auto inside = [&](const arrow::FieldVector& members) {
    return arrow::FieldVector{field("s", arrow::struct_(members))};
  };
  EXPECT_EQ(error("l BIGINT", {field("l", number), field("L", number)}), "column 'L' comes twice");
  EXPECT_EQ(error("l BIGINT", {field("l", number), field("l", number)}), "column 'l' comes twice");
  EXPECT_EQ(error("l BIGINT", {field("x", number)}), "the table has no column 'x'");
  EXPECT_EQ(error("s STRUCT<a: BIGINT>", inside({field("a", number), field("A", number)})),
            "s: member 'A' comes twice");
  EXPECT_EQ(error("s STRUCT<a: BIGINT>", inside({field("a", number), field("b", number)})),
            "s: the struct has no member 'b'");
  EXPECT_EQ(error("s ARRAY<STRUCT<a: BIGINT>>",
                  {field("s", arrow::list(arrow::struct_({field("b", number)})))}),
            "s.element: the struct has no member 'b'");
  EXPECT_EQ(error("s STRUCT<a: BIGINT>", inside({field("a", number), field("b", number)}),
                  {.policy = Policy::kIgnore}),
            "accepted");
}

TEST(Decoder, FindsMembersOfArrowWithoutCaseAndInAnyOrder) {
  using arrow::field;
  const auto type = arrow::struct_({field("B", arrow::int64()), field("A", arrow::int64())});
  const auto batch = BatchOf({field("s", type), field("l", arrow::list(type))},
                             R"([{"s": {"B": 2, "A": 1}, "l": [{"B": 4, "A": 3}]}])");
  auto decoder = For("s STRUCT<a: INT, b: INT>, l ARRAY<STRUCT<a: INT, b: INT>>");
  EXPECT_EQ(decoder->Add(ContentType::kArrow, ArrowBody(batch))->accepted, 1);
  const auto decoded = decoder->Finish();
  EXPECT_THAT(Column(decoded, 0), ElementsAre("{a:int32 = 1, b:int32 = 2}"));
  EXPECT_THAT(Column(decoded, 1),
              ElementsAre("list<element: struct<a: int32, b: int32>>[{a:int32 = 3, b:int32 = 4}]"));
}

TEST(Decoder, ReadsTextInArrowAsItReadsTextInJson) {
  const arrow::FieldVector fields{arrow::field("n", arrow::utf8()),
                                  arrow::field("t", arrow::large_utf8())};
  const auto batch = BatchOf(fields, R"([["1e1", "2013-01-01T10:00:00Z"], ["12.5", null],
                                         ["12.0", "never"], [null, null]])");
  auto decoder = For("n INT, t TIMESTAMP");
  const auto counts = decoder->Add(ContentType::kArrow, ArrowBody(batch)).value();
  EXPECT_EQ(counts.accepted, 2);
  const auto decoded = decoder->Finish();
  EXPECT_THAT(Column(decoded, 0), ElementsAre("10", "null"));
  ASSERT_EQ(decoded.rejected.size(), 2U);
  EXPECT_EQ(decoded.rejected[0].reason, "n: '12.5' is no int32");
  EXPECT_EQ(decoded.rejected[1].reason, "t: 'never' is no timestamp");
}

TEST(Decoder, RejectsARowOfArrowWhoseMapHasAKeyTwice) {
  const auto batch = BatchOf({arrow::field("m", arrow::map(arrow::utf8(), arrow::int64()))},
                             R"([[[["a", 1], ["b", 2]]], [[["a", 1], ["a", 2]]]])");
  auto decoder = For("m MAP<STRING, BIGINT>");
  const auto counts = decoder->Add(ContentType::kArrow, ArrowBody(batch)).value();
  EXPECT_EQ(counts.accepted, 1);
  EXPECT_EQ(decoder->Finish().rejected[0].reason, "m: key 'a' comes twice");
  const auto numbers = BatchOf({arrow::field("m", arrow::map(arrow::int32(), arrow::int64()))},
                               R"([[[[1, 1], [2, 2]]], [[[7, 1], [7, 2]]]])");
  auto counted = For("m MAP<INT, BIGINT>");
  EXPECT_EQ(counted->Add(ContentType::kArrow, ArrowBody(numbers))->accepted, 1);
  EXPECT_EQ(counted->Finish().rejected[0].reason, "m: key '7' comes twice");
}

TEST(Decoder, RefusesArrowThatCannotFitOrIsBroken) {
  const auto body = ArrowBody(Int64Batch({1, 2}));
  EXPECT_THAT(For("id STRUCT<a: INT>")->Add(ContentType::kArrow, body).error().message,
              HasSubstr("column id is int64"));
  EXPECT_THAT(For("x INT NOT NULL")->Add(ContentType::kArrow, body).error().message,
              HasSubstr("column x is missing"));
  auto decoder = For("id INT");
  for (std::size_t cut = 0; cut < body.size(); ++cut) {
    const auto added = decoder->Add(ContentType::kArrow, body.substr(0, cut));
    ASSERT_FALSE(added.has_value()) << cut;
    EXPECT_EQ(added.error().kind, ErrorKind::kInvalid);
  }
  EXPECT_EQ(decoder->Add(ContentType::kArrow, body.substr(0, body.size() - 8)).error().message,
            fmt::format("the Arrow stream stops at byte {} without its end-of-stream mark; close "
                        "its writer, and send all of it",
                        body.size() - 8));
  EXPECT_EQ(decoder->Add(ContentType::kArrow, body + body).error().message,
            fmt::format("the Arrow stream ends at byte {}, but {} bytes follow it; send one "
                        "stream at a time",
                        body.size(), body.size()));
  for (std::size_t at = 0; at < body.size(); ++at) {
    auto broken = body;
    broken[at] = static_cast<char>(broken[at] ^ 0x55);
    (void)decoder->Add(ContentType::kArrow, broken);
  }
}

TEST(Decoder, RefusesColumnsThatEventsCannotFill) {
  const auto made = Decoder::Make(columnar::ParseDdl("v VARIANT").value(), {});
  EXPECT_EQ(made.error().kind, ErrorKind::kUnsupported);
  EXPECT_THAT(made.error().message, HasSubstr("column v"));
}

TEST(Decoder, KnowsItsContentTypes) {
  EXPECT_EQ(ParseContentType("application/json; charset=utf-8"), ContentType::kJson);
  EXPECT_EQ(ParseContentType("Application/X-NDJSON"), ContentType::kNdjson);
  EXPECT_EQ(ParseContentType("text/csv"), ContentType::kCsv);
  EXPECT_EQ(ParseContentType("text/csv; header=absent"), ContentType::kCsvNoHeader);
  EXPECT_EQ(ParseContentType("application/vnd.apache.arrow.stream"), ContentType::kArrow);
  EXPECT_EQ(ParseContentType("text/csv; header=absent; charset=\"UTF-8\""),
            ContentType::kCsvNoHeader);
  EXPECT_EQ(ParseContentType("text/csv; charset=latin1; header=absent").error().message,
            "charset 'latin1' is not read; send UTF-8");
  EXPECT_EQ(ParseContentType("text/plain").error().kind, ErrorKind::kUnsupported);
}

}  // namespace
}  // namespace neuralake::ingest
