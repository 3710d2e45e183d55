#include "neuralake/engine/worker/answer.h"

#include <algorithm>
#include <utility>

#include <arrow/buffer.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "neuralake/engine/limits.h"

namespace neuralake::engine {
namespace {

constexpr std::size_t kLineStep = 4096;

std::unexpected<Error> NoAnswer(std::string_view why) {
  return Fail(ErrorKind::kUnavailable, fmt::format("the worker sent no answer: {}", why));
}

}  // namespace

/// Keeps what the decoder finds.
class Answer::Batches final : public arrow::ipc::Listener {
 public:
  arrow::Status OnSchemaDecoded(std::shared_ptr<arrow::Schema> found) override {
    schema = std::move(found);
    return arrow::Status::OK();
  }
  arrow::Status OnRecordBatchDecoded(std::shared_ptr<arrow::RecordBatch> batch) override {
    batches.push_back(std::move(batch));
    return arrow::Status::OK();
  }
  arrow::Status OnEOS() override {
    ended = true;
    return arrow::Status::OK();
  }

  std::shared_ptr<arrow::Schema> schema;
  arrow::RecordBatchVector batches;
  bool ended = false;
};

Answer::Answer() : batches_(std::make_shared<Batches>()), decoder_(batches_) {}

Result<std::pair<char*, std::size_t>> Answer::Room() {
  if (in_line_) {
    filled_ = line_.size();
    line_.resize(filled_ + kLineStep);
    return std::pair(line_.data() + filled_, kLineStep);
  }
  if (!buffer_) {
    const auto wanted =
        static_cast<std::size_t>(std::max<std::int64_t>(decoder_.next_required_size(), 0));
    if (wanted == 0) return NoAnswer("its stream goes on after its end");
    bytes_ += wanted;
    if (bytes_ > kFunctionAnswerBytesMax) {
      return Fail(ErrorKind::kResourceExhausted,
                  fmt::format("the function returned more than {} bytes", kFunctionAnswerBytesMax));
    }
    auto allocated = arrow::AllocateResizableBuffer(static_cast<std::int64_t>(wanted));
    if (!allocated.ok()) {
      return Fail(ErrorKind::kResourceExhausted, allocated.status().ToString());
    }
    buffer_ = *std::move(allocated);
    filled_ = 0;
  }
  return std::pair(reinterpret_cast<char*>(buffer_->mutable_data()) + filled_,
                   static_cast<std::size_t>(buffer_->size()) - filled_);
}

Status Answer::Filled(std::size_t count) {
  if (in_line_) return TakeLine(count);
  filled_ += count;
  if (filled_ < static_cast<std::size_t>(buffer_->size())) return {};
  return Decoded(decoder_.Consume(std::exchange(buffer_, nullptr)));
}

Status Answer::TakeLine(std::size_t count) {
  line_.resize(filled_ + count);
  const auto end = line_.find('\n');
  if (end == std::string::npos) {
    if (line_.size() <= kWorkerLineBytesMax) return {};
    return NoAnswer(fmt::format("its first line has more than {} bytes", kWorkerLineBytesMax));
  }
  in_line_ = false;
  head_ = nlohmann::json::parse(line_.substr(0, end), nullptr, /*allow_exceptions=*/false);
  if (!head_.is_object() || !head_.contains("ok") || !head_["ok"].is_boolean()) {
    return NoAnswer("its first line is not the JSON that it should be");
  }
  const std::string rest = line_.substr(end + 1);
  line_.clear();
  if (!head_["ok"].get<bool>()) {
    if (!rest.empty()) return NoAnswer("its refusal goes on after its end");
    complete_ = true;
    return {};
  }
  if (rest.empty()) return {};
  bytes_ += rest.size();
  return Decoded(decoder_.Consume(arrow::Buffer::FromString(rest)));
}

Status Answer::Decoded(const arrow::Status& status) {
  if (!status.ok()) return NoAnswer(status.message());
  complete_ = batches_->ended;
  return {};
}

Result<std::shared_ptr<arrow::RecordBatchReader>> Answer::Reader() const {
  auto reader = arrow::RecordBatchReader::Make(batches_->batches, batches_->schema);
  if (!reader.ok()) return Fail(ErrorKind::kInternal, reader.status().ToString());
  return *std::move(reader);
}

}  // namespace neuralake::engine
