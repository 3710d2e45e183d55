#include "neuralake/verify/checkpoint/last_checkpoint.h"

#include <algorithm>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "neuralake/base/uri.h"

namespace neuralake::verify {
namespace {

std::string QuotedKey(std::string_view text) { return "\"" + PercentEncode(text) + "\""; }

void Collect(const Json& json, const std::string& path,
             std::map<std::string, std::string>& leaves) {
  const std::string joint = path.empty() ? "" : path + "+";
  if (json.is_object()) {
    for (const auto& [name, member] : json.items()) {
      if (path.empty() && name == "checksum") continue;
      Collect(member, joint + QuotedKey(name), leaves);
    }
  } else if (json.is_array()) {
    for (std::size_t i = 0; i < json.size(); ++i) {
      Collect(json[i], joint + std::to_string(i), leaves);
    }
  } else {
    leaves[path] = json.is_string() ? QuotedKey(json.get<std::string>()) : Dump(json);
  }
}

constexpr std::string_view kName = "_delta_log/_last_checkpoint";

struct Sizes {
  std::int64_t version = -1;
  Findings& findings;

  void Expect(const Json& json, std::string_view member, std::vector<std::int64_t> right) {
    const auto told = IntegerOf(json, member);
    if (!told || std::ranges::find(right, *told) != right.end()) return;
    findings.Add(Rule::kLastCheckpointSize, {std::string(kName), version},
                 fmt::format("{} is {} and not {}", member, *told, right.front()));
  }
};

}  // namespace

std::string CanonicalText(const Json& json) {
  std::map<std::string, std::string> leaves;
  Collect(json, "", leaves);
  std::string text;
  for (const auto& [path, value] : leaves) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", path, value);
  }
  return text;
}

std::string Md5(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest, &size, EVP_md5(), nullptr) != 1) return "";
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

void CheckLastCheckpoint(std::string_view text, const LogFiles& log,
                         const std::map<std::int64_t, std::vector<CheckpointCounts>>& counts,
                         Findings& findings) {
  Place place{std::string(kName)};
  const Json json = ParseJson(text);
  const auto version = IntegerOf(json, "version");
  if (!json.is_object() || !version) {
    return findings.Add(Rule::kLastCheckpoint, place, "it is no JSON object with a version");
  }
  place.version = *version;
  const std::string checksum = TextOf(json, "checksum");
  if (!checksum.empty() && checksum != Md5(CanonicalText(json))) {
    findings.Add(
        Rule::kLastCheckpointChecksum, place,
        fmt::format("checksum is {} and not {}", Quoted(checksum), Md5(CanonicalText(json))));
  }
  const auto parts = IntegerOf(json, "parts").value_or(1);
  const auto found = log.checkpoints.find(*version);
  const bool is_there =
      found != log.checkpoints.end() &&
      std::ranges::any_of(found->second, [parts](const CheckpointFiles& checkpoint) {
        return checkpoint.complete() && checkpoint.parts == parts;
      });
  if (!is_there) {
    return findings.Add(
        Rule::kLastCheckpoint, place,
        fmt::format("there is no checkpoint of version {} in {} parts", *version, parts));
  }
  const auto read = counts.find(*version);
  if (read == counts.end() || read->second.size() != 1) return;
  const CheckpointCounts& count = read->second.front();
  Sizes sizes{*version, findings};
  // Writers count the actions of sidecars, or do not.
  sizes.Expect(json, "size", {count.actions, count.main_actions, count.actions - count.sidecars});
  sizes.Expect(json, "sizeInBytes", {count.bytes, count.bytes + count.sidecar_bytes});
  sizes.Expect(json, "numOfAddFiles", {count.adds});
}

}  // namespace neuralake::verify
