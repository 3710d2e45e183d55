#include "neuralake/storage/s3/s3_client.h"

#include <utility>

#include "neuralake/base/uri.h"
#include "neuralake/storage/aws/aws_xml.h"
#include "neuralake/storage/aws/sigv4.h"

namespace neuralake::storage {

S3Client::S3Client(std::string bucket, S3Options options)
    : bucket_(std::move(bucket)), options_(std::move(options)), http_(options_.http) {
  std::string endpoint = options_.endpoint;
  if (endpoint.empty()) {
    const bool is_china = options_.region.starts_with("cn-");
    endpoint = "https://s3." + options_.region + ".amazonaws.com" + (is_china ? ".cn" : "");
  }
  const bool is_amazon = options_.endpoint.empty();
  const bool has_dot = bucket_.find('.') != std::string::npos;
  if (options_.path_style.value_or(!is_amazon || has_dot)) {
    origin_ = endpoint;
    base_path_ = "/" + PercentEncode(bucket_);
  } else {
    const auto host = endpoint.find("://") + 3;
    origin_ = endpoint.substr(0, host) + bucket_ + "." + endpoint.substr(host);
  }
}

Result<HttpAnswer> S3Client::Send(const S3Call& call, const Deadline& deadline) {
  HttpRequest request = RequestOf(call);
  bool had_fresh_credentials = false;
  for (int attempt = 1;; ++attempt) {
    auto answer = Try(request, call, deadline);
    if (answer) return std::move(*answer);
    Verdict& verdict = answer.error();
    if (call.is_conditional && !verdict.had_no_effect) {
      return Fail(ErrorKind::kUnknownOutcome,
                  "it is not known whether this create happened: " + verdict.error.message);
    }
    const bool try_credentials = verdict.needs_credentials && !had_fresh_credentials;
    if (try_credentials) {
      had_fresh_credentials = true;
      continue;
    }
    if (!verdict.is_passing) return std::unexpected(std::move(verdict.error));
    const auto wait = RetryWait(options_.retry, attempt, verdict.retry_after, *options_.rng);
    if (attempt >= options_.retry.attempts_max || wait >= deadline.Left()) {
      verdict.error.message += " (attempt " + std::to_string(attempt) + ", the last)";
      return std::unexpected(std::move(verdict.error));
    }
    CountRetry();
    deadline.Sleep(wait);
  }
}

std::expected<HttpAnswer, Verdict> S3Client::Try(HttpRequest& request, const S3Call& call,
                                                 const Deadline& deadline) {
  if (Status over = deadline.Check(What(call)); !over) {
    return std::unexpected(Verdict{.error = over.error()});
  }
  auto credentials = options_.credentials->Get(deadline);
  if (!credentials) return std::unexpected(Verdict{.error = credentials.error()});
  Sign(request, *credentials, {options_.region, "s3"}, options_.clock->Now());
  const MonoTime start = options_.clock->Mono();
  auto answer = http_.Send(request, deadline);
  Count(call, answer, options_.clock->Mono() - start);
  if (!answer) return std::unexpected(Judge(std::move(answer.error())));
  const bool is_error_in_disguise =
      answer->ok() && call.may_fail_with_200 && !ParseErrorAnswer(answer->body).code.empty();
  const bool is_fine = answer->ok() || (answer->status == call.also_fine && call.also_fine != 0);
  if (is_fine && !is_error_in_disguise) return std::move(*answer);
  Verdict verdict = Judge(*answer, What(call));
  if (verdict.needs_credentials) options_.credentials->Drop(credentials->access_key_id);
  return std::unexpected(std::move(verdict));
}

HttpRequest S3Client::RequestOf(const S3Call& call) const {
  HttpRequest request;
  request.method = call.method;
  request.origin = origin_;
  request.path = base_path_;
  if (!call.key.empty() || base_path_.empty()) request.path += "/" + PercentEncode(call.key, "/");
  request.query = call.query;
  request.headers = call.headers;
  request.body = call.body;
  request.is_unrepeatable = call.is_conditional;
  request.answer_bytes_max = call.answer_bytes_max;
  return request;
}

std::string S3Client::What(const S3Call& call) const {
  return call.method + " s3://" + bucket_ + "/" + call.key;
}

void S3Client::Count(const S3Call& call, const std::expected<HttpAnswer, HttpFailure>& answer,
                     Duration took) {
  if (options_.metrics == nullptr) return;
  const std::string status = answer ? std::to_string(answer->status) : "none";
  options_.metrics
      ->Counter("neuralake_s3_requests_total", "Requests to S3, each attempt.",
                {{"method", call.method}, {"status", status}})
      .Increment();
  options_.metrics
      ->Seconds("neuralake_s3_request_seconds", "Time of one attempt of a request to S3.",
                {{"method", call.method}})
      .Observe(std::chrono::duration<double>(took).count());
}

void S3Client::CountRetry() {
  if (options_.metrics == nullptr) return;
  options_.metrics->Counter("neuralake_s3_retries_total", "Requests to S3 that were repeated.")
      .Increment();
}

}  // namespace neuralake::storage
