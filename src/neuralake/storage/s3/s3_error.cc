#include "neuralake/storage/s3/s3_error.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "neuralake/storage/aws/aws_xml.h"

namespace neuralake::storage {
namespace {

enum class Effect { kNone, kUnknown };
enum class Again { kNo, kLater, kWithCredentials };

struct Row {
  std::string_view code;  // of S3, or a status where there is no known code
  ErrorKind kind;
  Again again;
  Effect effect;
};

constexpr std::array<Row, 31> kCodes = {{
    {"AccessDenied", ErrorKind::kPermissionDenied, Again::kNo, Effect::kNone},
    {"AccountProblem", ErrorKind::kPermissionDenied, Again::kNo, Effect::kNone},
    {"AllAccessDisabled", ErrorKind::kPermissionDenied, Again::kNo, Effect::kNone},
    {"AuthorizationHeaderMalformed", ErrorKind::kInvalid, Again::kNo, Effect::kNone},
    {"ConditionalRequestConflict", ErrorKind::kUnavailable, Again::kLater, Effect::kNone},
    {"ExpiredToken", ErrorKind::kUnauthenticated, Again::kWithCredentials, Effect::kNone},
    {"ExpiredTokenException", ErrorKind::kUnauthenticated, Again::kWithCredentials, Effect::kNone},
    {"InternalError", ErrorKind::kUnavailable, Again::kLater, Effect::kUnknown},
    {"InvalidAccessKeyId", ErrorKind::kUnauthenticated, Again::kWithCredentials, Effect::kNone},
    {"InvalidToken", ErrorKind::kUnauthenticated, Again::kWithCredentials, Effect::kNone},
    {"NoSuchBucket", ErrorKind::kNotFound, Again::kNo, Effect::kNone},
    {"NoSuchKey", ErrorKind::kNotFound, Again::kNo, Effect::kNone},
    {"NoSuchUpload", ErrorKind::kNotFound, Again::kNo, Effect::kNone},
    {"NotImplemented", ErrorKind::kUnsupported, Again::kNo, Effect::kNone},
    {"OperationAborted", ErrorKind::kUnavailable, Again::kLater, Effect::kNone},
    {"PermanentRedirect", ErrorKind::kInvalid, Again::kNo, Effect::kNone},
    {"PreconditionFailed", ErrorKind::kAlreadyExists, Again::kNo, Effect::kNone},
    {"QuotaExceeded", ErrorKind::kResourceExhausted, Again::kNo, Effect::kNone},
    {"RequestTimeTooSkewed", ErrorKind::kUnauthenticated, Again::kNo, Effect::kNone},
    // The body did not arrive whole in time.
    {"RequestTimeout", ErrorKind::kUnavailable, Again::kLater, Effect::kNone},
    {"SignatureDoesNotMatch", ErrorKind::kUnauthenticated, Again::kNo, Effect::kNone},
    {"SlowDown", ErrorKind::kUnavailable, Again::kLater, Effect::kNone},
    {"SlowDownRead", ErrorKind::kUnavailable, Again::kLater, Effect::kNone},
    {"SlowDownWrite", ErrorKind::kUnavailable, Again::kLater, Effect::kNone},
    {"StorageFull", ErrorKind::kResourceExhausted, Again::kNo, Effect::kNone},
    {"XMinioStorageFull", ErrorKind::kResourceExhausted, Again::kNo, Effect::kNone},
    {"Throttling", ErrorKind::kUnavailable, Again::kLater, Effect::kNone},
    {"ThrottlingException", ErrorKind::kUnavailable, Again::kLater, Effect::kNone},
    {"TokenRefreshRequired", ErrorKind::kUnauthenticated, Again::kWithCredentials, Effect::kNone},
    {"TooManyRequests", ErrorKind::kUnavailable, Again::kLater, Effect::kNone},
    {"XAmzContentSHA256Mismatch", ErrorKind::kUnavailable, Again::kLater, Effect::kNone},
}};

/// What a status means when the body names no code that is known.
Row RowOfStatus(int status) {
  switch (status) {
    case 401:
      return {"", ErrorKind::kUnauthenticated, Again::kNo, Effect::kNone};
    case 403:
      return {"", ErrorKind::kPermissionDenied, Again::kNo, Effect::kNone};
    case 404:
      return {"", ErrorKind::kNotFound, Again::kNo, Effect::kNone};
    case 408:
    case 409:
    case 429:
      return {"", ErrorKind::kUnavailable, Again::kLater, Effect::kNone};
    case 412:
      return {"", ErrorKind::kAlreadyExists, Again::kNo, Effect::kNone};
    case 501:
      return {"", ErrorKind::kUnsupported, Again::kNo, Effect::kNone};
    case 507:
      return {"", ErrorKind::kResourceExhausted, Again::kNo, Effect::kNone};
    default:
      if (status >= 500 || status < 300) {
        return {"", ErrorKind::kUnavailable, Again::kLater, Effect::kUnknown};
      }
      return {"", ErrorKind::kInvalid, Again::kNo, Effect::kNone};
  }
}

std::string MessageOf(const HttpAnswer& answer, const ErrorAnswer& error, std::string_view what) {
  std::string text = std::string(what) + " got " + std::to_string(answer.status);
  if (!error.code.empty()) text += " " + error.code;
  if (!error.message.empty()) text += ": " + error.message;
  std::string region(answer.header("x-amz-bucket-region"));
  if (region.empty()) region = error.region;
  const bool is_elsewhere = answer.status / 100 == 3 || !error.region.empty();
  if (is_elsewhere && !region.empty()) text += " (set AWS_REGION=" + region + ")";
  if (error.code == "RequestTimeTooSkewed") {
    text +=
        " (set this machine's clock; the server's says " + std::string(answer.header("date")) + ")";
  }
  return text;
}

}  // namespace

Verdict Judge(const HttpAnswer& answer, std::string_view what) {
  const ErrorAnswer error = ParseErrorAnswer(answer.body);
  const auto* known = std::find_if(kCodes.begin(), kCodes.end(),
                                   [&](const Row& row) { return row.code == error.code; });
  const Row row = known == kCodes.end() ? RowOfStatus(answer.status) : *known;
  Verdict verdict;
  verdict.error = Fail(row.kind, MessageOf(answer, error, what)).error();
  verdict.is_passing = row.again == Again::kLater;
  verdict.needs_credentials = row.again == Again::kWithCredentials;
  verdict.had_no_effect = row.effect == Effect::kNone;
  verdict.retry_after = answer.header("retry-after");
  return verdict;
}

Verdict Judge(HttpFailure failure) {
  Verdict verdict;
  verdict.error = std::move(failure.error);
  verdict.is_passing = verdict.error.kind == ErrorKind::kUnavailable;
  verdict.had_no_effect = failure.progress != Progress::kAll;
  return verdict;
}

}  // namespace neuralake::storage
