#include "neuralake/query/test_executor.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>

#include <arrow/api.h>

#include "neuralake/base/check.h"

namespace neuralake::query {
namespace {

constexpr std::int64_t kBatchRows = 1000;

columnar::Schema Columns() {
  return {{{"n", columnar::DataType{columnar::TypeId::kLong, 0, 0, {}}, true, {}}}};
}

class TestStream final : public engine::RowStream {
 public:
  TestStream(std::string kind, std::int64_t count, std::optional<std::uint64_t> rows_max)
      : kind_(std::move(kind)), count_(count), rows_max_(rows_max) {}

  const columnar::Schema& columns() const override { return columns_; }
  std::shared_ptr<arrow::Schema> arrow_schema() const override { return schema_; }

  Result<std::shared_ptr<arrow::RecordBatch>> Next() override {
    if (kind_ == "wait") {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return cancelled_; });
    }
    if (cancelled()) return Fail(ErrorKind::kCancelled, "interrupted");
    std::int64_t end = count_;
    if (rows_max_) end = std::min(end, static_cast<std::int64_t>(*rows_max_));
    if (at_ >= end) {
      truncated_ = end < count_;
      if (kind_ == "fail") return Fail(ErrorKind::kCorruption, "part-7 is cut short");
      return nullptr;
    }
    arrow::Int64Builder builder;
    const std::int64_t stop = std::min(at_ + kBatchRows, end);
    for (; at_ < stop; ++at_) NL_CHECK(builder.Append(at_).ok());
    const auto array = builder.Finish().ValueOrDie();
    return arrow::RecordBatch::Make(schema_, array->length(), {array});
  }

  bool truncated() const override { return truncated_; }
  const std::map<std::string, std::int64_t>& versions() const override { return versions_; }
  const std::string& command_tag() const override { return tag_; }
  std::optional<std::int64_t> rows_changed() const override { return std::nullopt; }

  void Cancel() override {
    std::lock_guard lock(mutex_);
    cancelled_ = true;
    changed_.notify_all();
  }

 private:
  bool cancelled() {
    std::lock_guard lock(mutex_);
    return cancelled_;
  }

  const std::string kind_;
  const std::int64_t count_;
  const std::optional<std::uint64_t> rows_max_;
  const columnar::Schema columns_ = Columns();
  const std::shared_ptr<arrow::Schema> schema_ = arrow::schema({arrow::field("n", arrow::int64())});
  const std::map<std::string, std::int64_t> versions_{{"test.numbers", 7}};
  const std::string tag_ = "SELECT";
  std::int64_t at_ = 0;
  bool truncated_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool cancelled_ = false;  // guarded by mutex_
};

}  // namespace

Result<std::unique_ptr<engine::RowStream>> TestExecutor::Execute(const engine::Statement& statement,
                                                                 const engine::Grants&,
                                                                 const engine::Limits& limits,
                                                                 const Deadline& deadline) {
  TRY(deadline.Check("the statement"));
  const std::string& sql = statement.sql;
  const std::string kind = sql.substr(0, sql.find(' '));
  if (kind != "rows" && kind != "wait" && kind != "fail") {
    auto failure = Fail(ErrorKind::kInvalid, "syntax error at " + kind);
    failure.error().position = 0;
    return failure;
  }
  const std::int64_t count = kind == "wait" ? 1 : std::stoll(sql.substr(kind.size() + 1));
  return std::make_unique<TestStream>(kind, count, limits.rows_max);
}

Result<engine::Description> TestExecutor::Describe(const engine::Statement&, const engine::Grants&,
                                                   const Deadline&) {
  return engine::Description{Columns(), {}, "SELECT"};
}

}  // namespace neuralake::query
