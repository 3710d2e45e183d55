#pragma once

#include <string>

#include "neuralake/verify/checkpoint/checkpoint_file.h"

namespace neuralake::verify {

/// The canonical form of a JSON object whose MD5 is its checksum; `checksum` itself is left out.
/// \source Delta PROTOCOL.md, "JSON checksum"
std::string CanonicalText(const Json& json);

/// The 32 hexadecimal digits of the MD5 of `text`.
std::string Md5(std::string_view text);

/// Check the text of `_last_checkpoint`.
/// \param counts  of the checkpoints that were read, by version
void CheckLastCheckpoint(std::string_view text, const LogFiles& log,
                         const std::map<std::int64_t, std::vector<CheckpointCounts>>& counts,
                         Findings& findings);

}  // namespace neuralake::verify
