#include "neuralake/delta/retention.h"

#include "neuralake/base/interval.h"
#include "neuralake/delta/limits.h"

namespace neuralake::delta {

std::chrono::milliseconds TombstoneRetention(const Metadata& metadata) {
  const auto found = metadata.configuration.find("delta.deletedFileRetentionDuration");
  if (found == metadata.configuration.end()) return kTombstoneRetentionDefault;
  return ParseInterval(found->second).value_or(kTombstoneRetentionDefault);
}

}  // namespace neuralake::delta
