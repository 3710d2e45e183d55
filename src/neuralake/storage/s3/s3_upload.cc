#include "neuralake/storage/s3/s3_upload.h"

#include <algorithm>
#include <utility>

#include "neuralake/base/uuid.h"
#include "neuralake/storage/limits.h"
#include "neuralake/storage/s3/s3_xml.h"

namespace neuralake::storage {
namespace {

constexpr const char* kTokenHeader = "x-amz-meta-neuralake-upload";

}  // namespace

S3Upload::S3Upload(std::shared_ptr<S3Client> client, std::string key, std::string full_key)
    : client_(std::move(client)),
      key_(std::move(key)),
      full_key_(std::move(full_key)),
      token_(RandomUuid(*client_->options().rng)) {}

S3Upload::~S3Upload() {
  if (upload_id_.empty()) return;
  const auto deadline = Deadline::After(kAbortTimeout, {}, *client_->options().clock);
  (void)client_->Send(
      S3Call{.method = "DELETE", .key = full_key_, .query = {{"uploadId", upload_id_}}}, deadline);
}

std::uint64_t S3Upload::PartSize() const {
  return client_->options().part_bytes << (etags_.size() / kPartsOfOneSize);
}

Status S3Upload::Write(std::string_view bytes, const Deadline& deadline) {
  TRY(deadline.Check(full_key_));
  while (!bytes.empty()) {
    // A full buffer waits for a byte more: the last part is sent by `Finish`.
    if (buffer_.size() == PartSize()) TRY(SendPart(deadline));
    const auto count = std::min<std::uint64_t>(bytes.size(), PartSize() - buffer_.size());
    buffer_ += bytes.substr(0, count);
    bytes.remove_prefix(count);
  }
  return {};
}

Status S3Upload::SendPart(const Deadline& deadline) {
  if (etags_.size() == kPartsMax) {
    return Fail(ErrorKind::kResourceExhausted,
                full_key_ + " has more than " + std::to_string(kPartsMax) + " parts");
  }
  if (upload_id_.empty()) TRY(Start(deadline));
  const HttpAnswer answer = TRY(client_->Send(
      S3Call{.method = "PUT",
             .key = full_key_,
             .query = {{"partNumber", std::to_string(etags_.size() + 1)}, {"uploadId", upload_id_}},
             .body = buffer_},
      deadline));
  std::string etag = Unquoted(answer.header("etag"));
  if (etag.empty()) {
    return Fail(ErrorKind::kCorruption, "the S3 server gave no etag for a part of " + full_key_);
  }
  etags_.push_back(std::move(etag));
  size_ += buffer_.size();
  buffer_.clear();
  return {};
}

Status S3Upload::Start(const Deadline& deadline) {
  const HttpAnswer answer = TRY(client_->Send(S3Call{.method = "POST",
                                                     .key = full_key_,
                                                     .query = {{"uploads", ""}},
                                                     .headers = {{kTokenHeader, token_}}},
                                              deadline));
  upload_id_ = TRY(ParseUploadId(answer.body));
  return {};
}

Result<ObjectInfo> S3Upload::Finish(const Deadline& deadline) {
  ObjectInfo info;
  info.key = key_;
  info.modified = client_->options().clock->Now();
  if (upload_id_.empty()) {
    const HttpAnswer answer =
        TRY(client_->Send(S3Call{.method = "PUT", .key = full_key_, .body = buffer_}, deadline));
    info.etag = Unquoted(answer.header("etag"));
    info.size = buffer_.size();
    return info;
  }
  if (!buffer_.empty()) TRY(SendPart(deadline));
  info.etag = TRY(Complete(deadline));
  info.size = size_;
  upload_id_.clear();
  return info;
}

Result<std::string> S3Upload::Complete(const Deadline& deadline) {
  const std::string body = WriteCompletion(etags_);
  auto answer = client_->Send(S3Call{.method = "POST",
                                     .key = full_key_,
                                     .query = {{"uploadId", upload_id_}},
                                     .body = body,
                                     .may_fail_with_200 = true},
                              deadline);
  if (answer) return ParseCompletedEtag(answer->body);
  // The upload is gone: by an earlier attempt of this call whose answer was lost, or by somebody.
  if (answer.error().kind == ErrorKind::kNotFound) {
    if (auto own = FindOwn(deadline)) return own;
  }
  return std::unexpected(std::move(answer).error());
}

Result<std::string> S3Upload::FindOwn(const Deadline& deadline) {
  const HttpAnswer head = TRY(client_->Send(S3Call{.method = "HEAD", .key = full_key_}, deadline));
  if (head.header(kTokenHeader) != token_) {
    return Fail(ErrorKind::kNotFound, full_key_ + " is another's");
  }
  return Unquoted(head.header("etag"));
}

}  // namespace neuralake::storage
