#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::storage {

/// What S3 answers, read from XML. Unknown elements are skipped; what is needed and missing or
/// malformed is kCorruption. Document types and entities of their own are not read.

/// `ListBucketResult`, with keys as the bucket has them.
struct ListAnswer {
  std::vector<ObjectInfo> objects;  ///< Objects and common prefixes, in byte order.
  std::string next;                 ///< `NextContinuationToken`; empty at the end.
};
Result<ListAnswer> ParseListAnswer(std::string_view xml);

/// The `UploadId` of `InitiateMultipartUploadResult`.
Result<std::string> ParseUploadId(std::string_view xml);

/// The etag of `CompleteMultipartUploadResult`, without quotes. The body may be an `Error` although
/// the status says success: look with `ParseErrorAnswer` first.
Result<std::string> ParseCompletedEtag(std::string_view xml);

/// The body of `CompleteMultipartUpload`; part 1 has `etags[0]`.
std::string WriteCompletion(const std::vector<std::string>& etags);

/// `"abc"` as `abc`.
std::string Unquoted(std::string_view etag);

}  // namespace neuralake::storage
