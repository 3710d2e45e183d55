#include "neuralake/serve/format/answer.h"

#include <utility>

#include <arrow/record_batch.h>

#include "neuralake/serve/limits.h"

namespace neuralake::serve {

Answer::Answer(std::shared_ptr<query::Run> run, std::unique_ptr<Encoder> encoder,
               std::string request_id, std::unique_ptr<Pager> pager)
    : run_(std::move(run)),
      encoder_(std::move(encoder)),
      request_id_(std::move(request_id)),
      pager_(std::move(pager)) {}

Part Answer::Next() {
  Part part;
  const bool first = !started_;
  const Status filled = Fill(part);
  if (!filled) {
    part.last = true;
    part.failure = filled.error();
    if (first) {
      part.bytes.clear();
    } else {
      part.well_formed = encoder_->Fail(filled.error(), request_id_, part.bytes);
    }
  }
  run_->AddBytes(part.bytes.size());
  if (part.last) run_->Close(filled);
  return part;
}

Status Answer::Fill(Part& part) {
  if (!started_) {
    TRY(run_->Start());
    const auto& stream = run_->stream();
    TRY(encoder_->Begin({stream.columns(), stream.arrow_schema(), run_->id()}, part.bytes));
    started_ = true;
  }
  const Deadline enough = Deadline::After(kPartTimeMax, {}, run_->deadline().clock());
  while (part.bytes.size() < kPartBytes && !enough.Expired()) {
    const auto batch = TRY(run_->Next());
    if (batch == nullptr) return Finish(part);
    if (pager_ != nullptr) pager_->Saw(*batch);
    TRY(encoder_->Add(*batch, part.bytes));
  }
  return {};
}

Status Answer::Finish(Part& part) {
  const auto& stream = run_->stream();
  part.tail = {stream.truncated(), std::nullopt, stream.versions(), stream.rows_changed()};
  if (pager_ != nullptr) part.tail.next = pager_->Next(part.tail);
  part.last = true;
  return encoder_->End(part.tail, part.bytes);
}

}  // namespace neuralake::serve
