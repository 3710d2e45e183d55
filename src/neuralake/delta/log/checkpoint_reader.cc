#include "neuralake/delta/log/checkpoint_reader.h"

#include <fmt/format.h>

#include "neuralake/base/uri.h"
#include "neuralake/delta/log/file_names.h"

namespace neuralake::delta {

Status ReadCheckpointFile(storage::ObjectStore&, std::string_view, ActionSink&, const Deadline&) {
  return Fail(ErrorKind::kUnsupported, "Parquet checkpoints are not read yet");
}

Result<std::string> SidecarKey(const SidecarRef& sidecar) {
  std::string name = PercentDecode(sidecar.path);
  // Writers should store the name alone; those that store more end in `_delta_log/_sidecars/name`.
  if (const auto slash = name.rfind('/'); slash != std::string::npos) {
    if (!std::string_view(name).substr(0, slash).ends_with("_sidecars")) {
      return Fail(ErrorKind::kCorruption,
                  fmt::format("sidecar {} is not below {}", sidecar.path, kSidecarPrefix));
    }
    name.erase(0, slash + 1);
  }
  if (name.empty() || name == "." || name == "..") {
    return Fail(ErrorKind::kCorruption, fmt::format("sidecar '{}' is no file", sidecar.path));
  }
  return std::string(kSidecarPrefix) + name;
}

}  // namespace neuralake::delta
