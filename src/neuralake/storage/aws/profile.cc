#include "neuralake/storage/aws/profile.h"

#include <optional>
#include <utility>

#include "neuralake/storage/posix_file.h"

namespace neuralake::storage {
namespace {

using Environment = std::map<std::string, std::string>;

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string Variable(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

/// The file's text; nothing when it is a default that is not there.
Result<std::optional<std::string>> ReadFile(const Environment& environment,
                                            const std::string& variable,
                                            std::string_view default_name) {
  std::string path = Variable(environment, variable);
  const bool is_named = !path.empty();
  if (!is_named) {
    const std::string home = Variable(environment, "HOME");
    if (home.empty()) return std::nullopt;
    path = home + "/.aws/" + std::string(default_name);
  }
  auto text = ReadTextFile(path);
  if (text) return std::move(*text);
  if (text.error().kind == ErrorKind::kNotFound && !is_named) return std::nullopt;
  return Fail(ErrorKind::kInvalid, (is_named ? variable + ": " : "") + text.error().message);
}

}  // namespace

Result<Profiles> Profiles::Load(const Environment& environment) {
  Profiles profiles;
  const std::string named = Variable(environment, "AWS_PROFILE");
  profiles.is_named_ = !named.empty();
  if (profiles.is_named_) profiles.chosen_name_ = named;
  const auto config = TRY(ReadFile(environment, "AWS_CONFIG_FILE", "config"));
  if (config) TRY(profiles.Add(*config, /*has_prefix=*/true, "the AWS config file"));
  const auto keys = TRY(ReadFile(environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials"));
  if (keys) TRY(profiles.Add(*keys, /*has_prefix=*/false, "the AWS credentials file"));
  return profiles;
}

const Profile* Profiles::Find(const std::string& name) const {
  const auto found = profiles_.find(name);
  return found == profiles_.end() ? nullptr : &found->second;
}

Status Profiles::Add(std::string_view text, bool has_prefix, const std::string& file) {
  constexpr std::string_view kPrefix = "profile ";
  Profile ignored;  // of sections that are no profiles
  Profile* profile = &ignored;
  std::string block;
  int number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view raw = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    ++number;
    const std::string_view line = Trim(raw);
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    if (line[0] == '[') {
      const auto close = line.find(']');
      if (close == std::string_view::npos) {
        return Fail(ErrorKind::kInvalid, file + ", line " + std::to_string(number) + ": no ]");
      }
      std::string_view name = Trim(line.substr(1, close - 1));
      const bool is_profile = !has_prefix || name == "default" || name.starts_with(kPrefix);
      if (has_prefix && name.starts_with(kPrefix)) name = Trim(name.substr(kPrefix.size()));
      profile = is_profile ? &profiles_[std::string(name)] : &ignored;
      block.clear();
      continue;
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) {
      return Fail(ErrorKind::kInvalid,
                  file + ", line " + std::to_string(number) + ": not `key = value`");
    }
    const std::string key(Trim(line.substr(0, equals)));
    const std::string value(Trim(line.substr(equals + 1)));
    const bool is_inside = raw[0] == ' ' || raw[0] == '\t';
    if (!is_inside) block = value.empty() ? key : "";
    const bool in_block = is_inside && !block.empty();
    (*profile)[in_block ? block + '.' + key : key] = value;
  }
  return {};
}

}  // namespace neuralake::storage
