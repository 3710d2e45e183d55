// The suite against a real S3 server, which `scripts/service run NAME -- PROGRAM` starts.

#include <cstdio>
#include <cstdlib>

#include "neuralake/settings/settings.h"
#include "neuralake/storage/conformance.h"
#include "neuralake/storage/s3/s3_store.h"

namespace neuralake::storage {
namespace {

std::string Bucket() {
  const char* bucket = std::getenv("NEURALAKE_TEST_BUCKET");
  return bucket == nullptr ? "" : bucket;
}

std::shared_ptr<ObjectStore> OpenS3(const std::string& unique) {
  if (Bucket().empty()) {
    std::fputs("no NEURALAKE_TEST_BUCKET: run by `scripts/service run versitygw -- PROGRAM`\n",
               stderr);
    return nullptr;
  }
  auto options = S3Options::FromEnvironment(settings::ProcessEnvironment());
  if (!options) {
    std::fputs(Describe(options.error()).c_str(), stderr);
    return nullptr;
  }
  options->part_bytes = 5U << 20;
  return S3Store::Open(Uri{"s3", Bucket(), "conformance/" + unique}, *options).value();
}

INSTANTIATE_TEST_SUITE_P(S3, ConformanceSuite, testing::Values(StoreCase{"Server", OpenS3}),
                         NameOfCase);

}  // namespace
}  // namespace neuralake::storage
