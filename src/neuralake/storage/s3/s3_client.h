#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/storage/http/http_client.h"
#include "neuralake/storage/s3/s3_error.h"
#include "neuralake/storage/s3/s3_options.h"

namespace neuralake::storage {

/// One request to a bucket.
struct S3Call {
  std::string method = "GET";
  std::string key = {};  ///< In the bucket, not encoded; empty for the bucket itself.
  HttpQuery query = {};
  HttpHeaders headers = {};
  std::string_view body = {};
  /// A conditional create: sent again only after an answer or a failure that rules out an effect.
  /// Otherwise what became of it is kUnknownOutcome.
  bool is_conditional = false;
  bool may_fail_with_200 = false;  ///< A success may carry an `Error` (CompleteMultipartUpload).
  int also_fine = 0;               ///< A status that the caller takes as an answer, besides 2xx.
  std::uint64_t answer_bytes_max = 16U << 20;
};

/// Signed requests to one bucket, repeated as far as that is safe and the deadline allows.
///
/// \threads safe from any thread
class S3Client {
 public:
  S3Client(std::string bucket, S3Options options);

  /// \errors as `ObjectStore`'s; kUnknownOutcome only of a conditional call
  Result<HttpAnswer> Send(const S3Call& call, const Deadline& deadline);

  const S3Options& options() const { return options_; }

 private:
  HttpRequest RequestOf(const S3Call& call) const;
  /// One attempt; a value when it is an answer to hand on.
  std::expected<HttpAnswer, Verdict> Try(HttpRequest& request, const S3Call& call,
                                         const Deadline& deadline);
  std::string What(const S3Call& call) const;
  void Count(const S3Call& call, const std::expected<HttpAnswer, HttpFailure>& answer,
             Duration took);
  void CountRetry();

  const std::string bucket_;
  const S3Options options_;
  std::string origin_;
  std::string base_path_;  // empty or `/bucket`
  HttpClient http_;
};

}  // namespace neuralake::storage
