#include "neuralake/delta/data/partition_path.h"

#include <fmt/format.h>

#include "neuralake/base/uri.h"
#include "neuralake/delta/limits.h"

namespace neuralake::delta {
namespace {

constexpr std::string_view kNullPartition = "__HIVE_DEFAULT_PARTITION__";

std::string EscapeForFolder(std::string_view text) {
  constexpr std::string_view kReserved = "\"#%'*/:=?\\{[]^\x7f";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || kReserved.find(c) != std::string_view::npos) {
      out += fmt::format("%{:02X}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string PartitionFolder(const std::vector<PartitionStep>& partition) {
  std::string folder;
  for (const PartitionStep& step : partition) {
    const std::string value =
        step.value ? EscapeForFolder(*step.value) : std::string(kNullPartition);
    const std::string name = EscapeForFolder(step.column) + "=" + value;
    if (name.size() <= kFolderBytesMax) folder += name + "/";
  }
  return folder;
}

std::string LogPath(std::string_view key) { return PercentEncode(key, "/=:@!$&'()*+,;"); }

}  // namespace neuralake::delta
