#include "neuralake/storage/s3/s3_store.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "neuralake/base/uuid.h"
#include "neuralake/storage/aws/time_text.h"
#include "neuralake/storage/limits.h"
#include "neuralake/storage/s3/s3_upload.h"
#include "neuralake/storage/s3/s3_xml.h"

namespace neuralake::storage {
namespace {

constexpr std::uint64_t kToTheEnd = std::numeric_limits<std::uint64_t>::max();
constexpr int kRangeNotSatisfiable = 416;

Status CheckBucket(std::string_view bucket) {
  const bool is_fine = std::all_of(bucket.begin(), bucket.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
  if (is_fine && bucket.size() >= 3 && bucket.size() <= 255) return {};
  return Fail(ErrorKind::kInvalid, std::string(bucket) + " is not the name of a bucket");
}

/// Size and place of an answer to a head request.
Result<ObjectInfo> InfoOf(std::string key, const HttpAnswer& answer) {
  ObjectInfo info;
  info.key = std::move(key);
  const std::string_view length = answer.header("content-length");
  const auto [end, failure] =
      std::from_chars(length.data(), length.data() + length.size(), info.size);
  const auto modified = ParseHttpTime(std::string(answer.header("last-modified")));
  if (failure != std::errc() || end != length.data() + length.size() || !modified) {
    return Fail(ErrorKind::kCorruption, "the S3 server tells no size and time of " + info.key);
  }
  info.modified = *modified;
  info.etag = Unquoted(answer.header("etag"));
  return info;
}

/// What of `answer` lies in the range that was asked for: a server may ignore the header.
Result<std::string> CutToRange(HttpAnswer answer, std::uint64_t offset, std::uint64_t length) {
  if (answer.status != 206) {
    if (offset >= answer.body.size()) return std::string();
    return answer.body.substr(offset, length);
  }
  const std::string expected = "bytes " + std::to_string(offset) + "-";
  if (!answer.header("content-range").starts_with(expected) || answer.body.size() > length) {
    return Fail(ErrorKind::kCorruption, "the S3 server sent another range than bytes from " +
                                            std::to_string(offset) + ": " +
                                            std::string(answer.header("content-range")));
  }
  return std::move(answer.body);
}

}  // namespace

Result<std::shared_ptr<S3Store>> S3Store::Open(Uri root, S3Options options) {
  if (root.scheme != "s3" && root.scheme != "s3a") {
    return Fail(ErrorKind::kInvalid, root.ToString() + " is not in S3");
  }
  TRY(CheckBucket(root.authority));
  if (!root.path.empty()) TRY(CheckKey(root.path));
  return std::shared_ptr<S3Store>(new S3Store(std::move(root), std::move(options)));
}

Result<std::string> S3Store::FullKey(std::string_view key, const Deadline& deadline) const {
  TRY(CheckKey(key));
  std::string full = base_ + std::string(key);
  if (full.size() > kKeyBytesMax) TRY(CheckKey(full));
  TRY(deadline.Check(full));
  return full;
}

Result<std::string> S3Store::Read(std::string_view key, const Deadline& deadline) {
  S3Call call{.key = TRY(FullKey(key, deadline)), .answer_bytes_max = kToTheEnd};
  return std::move(TRY(client_->Send(call, deadline)).body);
}

Result<std::string> S3Store::ReadRange(std::string_view key, std::uint64_t offset,
                                       std::uint64_t length, const Deadline& deadline) {
  if (length == 0) {
    TRY(Head(key, deadline));
    return std::string();
  }
  std::string range = "bytes=" + std::to_string(offset) + "-";
  if (length <= kToTheEnd - offset) range += std::to_string(offset + length - 1);
  S3Call call{.key = TRY(FullKey(key, deadline)),
              .headers = {{"range", std::move(range)}},
              .also_fine = kRangeNotSatisfiable,
              .answer_bytes_max = kToTheEnd};
  HttpAnswer answer = TRY(client_->Send(call, deadline));
  if (answer.status == kRangeNotSatisfiable) return std::string();
  return CutToRange(std::move(answer), offset, length);
}

Result<ObjectInfo> S3Store::Head(std::string_view key, const Deadline& deadline) {
  S3Call call{.method = "HEAD", .key = TRY(FullKey(key, deadline))};
  return InfoOf(std::string(key), TRY(client_->Send(call, deadline)));
}

Status S3Store::Put(std::string_view key, std::string_view bytes, PutMode mode,
                    const Deadline& deadline) {
  const std::string full_key = TRY(FullKey(key, deadline));
  if (IsConditional(mode)) {
    TRY(Probe(deadline));
    return PutIfAbsent(full_key, bytes, deadline);
  }
  TRY(client_->Send(S3Call{.method = "PUT", .key = full_key, .body = bytes}, deadline));
  return {};
}

Status S3Store::PutIfAbsent(const std::string& full_key, std::string_view bytes,
                            const Deadline& deadline) {
  TRY(client_->Send(S3Call{.method = "PUT",
                           .key = full_key,
                           .headers = {{"if-none-match", "*"}},
                           .body = bytes,
                           .is_conditional = true},
                    deadline));
  return {};
}

Result<std::unique_ptr<Upload>> S3Store::StartUpload(std::string_view key,
                                                     const Deadline& deadline) {
  return std::make_unique<S3Upload>(client_, std::string(key), TRY(FullKey(key, deadline)));
}

Result<ListPage> S3Store::List(const ListRequest& request, const Deadline& deadline) {
  TRY(CheckListRequest(request));
  const std::uint32_t keys_max = std::min(request.keys_max, kS3ListKeysMax);
  S3Call call{.query = {{"list-type", "2"},
                        {"encoding-type", "url"},
                        {"max-keys", std::to_string(keys_max)},
                        {"prefix", base_ + request.prefix}},
              .answer_bytes_max = kS3ListBytesMax};
  if (!request.recursive) call.query["delimiter"] = "/";
  if (!request.continuation.empty()) call.query["continuation-token"] = request.continuation;
  if (!request.start_after.empty()) call.query["start-after"] = base_ + request.start_after;
  ListAnswer answer = TRY(ParseListAnswer(TRY(client_->Send(call, deadline)).body));
  ListPage page;
  for (auto& object : answer.objects) {
    if (!object.key.starts_with(base_ + request.prefix)) {
      return Fail(ErrorKind::kCorruption, "the S3 server listed " + object.key +
                                              ", which is not below " + base_ + request.prefix);
    }
    object.key.erase(0, base_.size());
    // Consoles mark a folder by an empty object whose name is no key here.
    const bool is_marker = !object.is_prefix && (object.key.empty() || object.key.ends_with('/'));
    if (!is_marker && object.key > request.start_after) page.objects.push_back(std::move(object));
  }
  page.next = std::move(answer.next);
  if (!page.next.empty() && page.next == request.continuation) {
    return Fail(ErrorKind::kCorruption,
                "the S3 server's listing of " + base_ + request.prefix + " does not advance");
  }
  return page;
}

Status S3Store::Delete(std::string_view key, const Deadline& deadline) {
  auto answer =
      client_->Send(S3Call{.method = "DELETE", .key = TRY(FullKey(key, deadline))}, deadline);
  if (answer || answer.error().message.find("NoSuchKey") != std::string::npos) return {};
  return std::unexpected(std::move(answer).error());
}

Status S3Store::Probe(const Deadline& deadline) {
  std::lock_guard lock(probe_mutex_);
  if (probed_) return *probed_;
  Status result = RunProbe(deadline);
  if (result || result.error().kind == ErrorKind::kUnsupported) probed_ = result;
  return result;
}

Status S3Store::RunProbe(const Deadline& deadline) {
  const std::string key = base_ + "_neuralake/probe/" + RandomUuid(*client_->options().rng);
  const auto refused = [&](const std::string& reason) {
    return Fail(ErrorKind::kUnsupported,
                root_.ToString() +
                    " has no atomic conditional create, without which commits "
                    "would be lost: " +
                    reason);
  };
  const auto failed = [&](Error error) {
    // What the caller wants to create was not sent yet, so nothing is unknown about it.
    if (error.kind == ErrorKind::kUnknownOutcome) error.kind = ErrorKind::kUnavailable;
    return Annotate(std::move(error), "probing " + root_.ToString());
  };
  const Status first = PutIfAbsent(key, "probe", deadline);
  if (!first) {
    const bool is_unknown_header = first.error().kind == ErrorKind::kUnsupported ||
                                   first.error().kind == ErrorKind::kAlreadyExists;
    if (is_unknown_header)
      return refused("the first create was answered: " + first.error().message);
    return failed(first.error());
  }
  const Status second = PutIfAbsent(key, "again", deadline);
  // What cannot be deleted may stay; it is small and the next probe has another name.
  (void)client_->Send(S3Call{.method = "DELETE", .key = key}, deadline);
  if (second) return refused("a second create of the same key succeeded too");
  if (second.error().kind == ErrorKind::kAlreadyExists) return {};
  if (second.error().kind == ErrorKind::kUnsupported) return refused(second.error().message);
  return failed(second.error());
}

}  // namespace neuralake::storage
