#include "neuralake/settings/settings.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include <toml++/toml.h>
#include <unistd.h>

#include "neuralake/base/words.h"
#include "neuralake/settings/rows_internal.h"

namespace neuralake::settings {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFile = "neuralake.toml";
constexpr std::string_view kPrefix = "NEURALAKE_";

/// Collects every problem, so that one run shows them all.
class Loader {
 public:
  explicit Loader(const LoadRequest& request) : request_(request) {}

  Result<Loaded> Run() {
    loaded_.project =
        fs::absolute(request_.project.empty() ? "." : request_.project).lexically_normal().string();
    ReadDotEnv();
    PickEnvironment();
    ReadFile();
    for (const auto& [name, text] : dot_env_) ApplyVariable(name, text, ".env");
    for (const auto& [name, text] : request_.environment) ApplyVariable(name, text, name);
    for (const auto& [key, text] : request_.flags) Apply(key, text, "flag " + key);
    if (problems_.empty()) return std::move(loaded_);
    std::string all;
    for (const auto& problem : problems_) all += (all.empty() ? "" : "\n") + problem;
    return Fail(ErrorKind::kInvalid, all);
  }

 private:
  void Problem(const std::string& origin, std::string_view key, std::string_view text,
               std::string_view message) {
    std::string line = origin + ": " + std::string(key);
    if (!text.empty()) line += " = " + std::string(text);
    problems_.push_back(line + ": " + std::string(message));
  }

  void Apply(std::string_view key, std::string_view text, const std::string& origin) {
    const auto& rows = Rows();
    const auto row = std::ranges::find(rows, key, &SettingRow::key);
    if (row == rows.end()) {
      std::vector<std::string_view> keys;
      for (const auto& known : rows) keys.push_back(known.key);
      const auto nearest = Nearest(key, keys);
      return Problem(origin, key, "",
                     nearest ? "no such setting; did you mean " + std::string(*nearest) + "?"
                             : "no such setting; `neuralake doctor` lists them all");
    }
    if (const auto done = Assign(loaded_.settings, *row, text); !done.has_value()) {
      return Problem(origin, key, text, done.error().message);
    }
    loaded_.origins[std::string(key)] = origin;
  }

  /// `NEURALAKE_SERVE__PORT`; other variables with the prefix have no double underscore.
  void ApplyVariable(std::string_view name, std::string_view text, const std::string& origin) {
    if (!name.starts_with(kPrefix) || name.find("__") == std::string_view::npos) return;
    std::string key(name.substr(kPrefix.size()));
    key.replace(key.find("__"), 2, ".");
    std::ranges::transform(key, key.begin(), [](unsigned char c) { return std::tolower(c); });
    Apply(key, text, origin);
  }

  void ReadDotEnv() {
    std::ifstream file(fs::path(loaded_.project) / ".env");
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
      if (line.empty() || line.starts_with('#')) continue;
      const auto equals = line.find('=');
      if (equals == std::string::npos) {
        Problem(".env:" + std::to_string(number), "line", "", "is not of the form NAME=value");
        continue;
      }
      std::string value = line.substr(equals + 1);
      if (value.size() >= 2 && value.front() == value.back() &&
          (value.front() == '"' || value.front() == '\'')) {
        value = value.substr(1, value.size() - 2);
      }
      dot_env_[line.substr(0, equals)] = value;
    }
  }

  void PickEnvironment() {
    std::string name = "local";
    if (const auto found = dot_env_.find("NEURALAKE_ENV"); found != dot_env_.end()) {
      name = found->second;
    }
    if (const auto found = request_.environment.find("NEURALAKE_ENV");
        found != request_.environment.end()) {
      name = found->second;
    }
    if (name != "local" && name != "production") {
      return Problem("NEURALAKE_ENV", "environment", name, "is neither local nor production");
    }
    loaded_.environment = name;
  }

  void ReadFile() {
    const fs::path path = fs::path(loaded_.project) / kFile;
    if (!fs::exists(path)) return;
    toml::table root;
    try {
      root = toml::parse_file(path.string());
    } catch (const toml::parse_error& error) {
      return Problem(Place(error.source()), "file", "", error.description());
    }
    for (const auto& [name, node] : root) {
      if (name == "local" || name == "production") continue;
      ReadSection(name.str(), node);
    }
    if (auto* chosen = root[loaded_.environment].as_table()) {
      for (const auto& [name, node] : *chosen) ReadSection(name.str(), node);
    }
  }

  static std::string Place(const toml::source_region& source) {
    return std::string(kFile) + ":" + std::to_string(source.begin.line);
  }

  void ReadSection(std::string_view section, const toml::node& node) {
    if (section == "kafka") return ReadKafka(node);
    const auto* table = node.as_table();
    if (table == nullptr) {
      return Problem(Place(node.source()), section, "",
                     "is not a section; write [section] above it");
    }
    for (const auto& [name, value] : *table) {
      const std::string key = std::string(section) + "." + std::string(name.str());
      const auto text = TextOfNode(value);
      if (!text.has_value()) {
        Problem(Place(value.source()), key, "", "must be a text, a number or true/false");
        continue;
      }
      Apply(key, *text, Place(value.source()));
    }
  }

  static std::optional<std::string> TextOfNode(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
    return std::nullopt;
  }

  void ReadKafka(const toml::node& node) {
    const auto* list = node.as_array();
    if (list == nullptr) {
      return Problem(Place(node.source()), "kafka", "", "is a list; write [[kafka]]");
    }
    for (const auto& entry : *list) {
      if (const auto* table = entry.as_table()) ReadKafkaSource(*table);
    }
  }

  void ReadKafkaSource(const toml::table& table) {
    KafkaSource source;
    source.brokers = table["brokers"].value_or(std::string());
    source.topic = table["topic"].value_or(std::string());
    source.table = table["table"].value_or(std::string());
    for (const auto& [name, value] : table) {
      const std::string_view key = name.str();
      if (key == "properties" && value.as_table() != nullptr) {
        for (const auto& [property, text] : *value.as_table()) {
          source.properties[std::string(property.str())] = TextOfNode(text).value_or("");
        }
      } else if (key != "brokers" && key != "topic" && key != "table") {
        Problem(Place(value.source()), "kafka." + std::string(key), "",
                "no such setting; there are brokers, topic, table and properties");
      }
    }
    for (const auto& [key, text] :
         {std::pair{"brokers", &source.brokers}, std::pair{"topic", &source.topic},
          std::pair{"table", &source.table}}) {
      if (text->empty()) {
        Problem(Place(table.source()), std::string("kafka.") + key, "", "is missing");
      }
    }
    if (!source.table.empty() && source.table.find('.') == std::string::npos) {
      Problem(Place(table.source()), "kafka.table", source.table, "must be database.table");
    }
    loaded_.settings.kafka.push_back(std::move(source));
  }

  const LoadRequest& request_;
  Loaded loaded_;
  std::map<std::string, std::string> dot_env_;
  std::vector<std::string> problems_;
};

std::string DurationText(std::chrono::milliseconds value) {
  using Unit = std::pair<const char*, std::int64_t>;
  for (const auto& [suffix, factor] :
       {Unit{"d", 86'400'000}, Unit{"h", 3'600'000}, Unit{"m", 60'000}, Unit{"s", 1000}}) {
    if (value.count() != 0 && value.count() % factor == 0) {
      return std::to_string(value.count() / factor) + suffix;
    }
  }
  return std::to_string(value.count()) + "ms";
}

std::string BytesText(std::int64_t value) {
  using Unit = std::pair<const char*, std::int64_t>;
  for (const auto& [suffix, factor] :
       {Unit{"GiB", 1LL << 30}, Unit{"MiB", 1LL << 20}, Unit{"KiB", 1LL << 10}}) {
    if (value != 0 && value % factor == 0) return std::to_string(value / factor) + suffix;
  }
  return std::to_string(value);
}

}  // namespace

std::string TextOf(const Settings& settings, std::string_view key) {
  Settings copy = settings;
  const auto row = std::ranges::find(Rows(), key, &SettingRow::key);
  const Slot slot = SlotOf(copy, key);
  if (const auto* text = std::get_if<std::string*>(&slot)) return **text;
  if (const auto* flag = std::get_if<bool*>(&slot)) return **flag ? "true" : "false";
  if (const auto* time = std::get_if<std::chrono::milliseconds*>(&slot)) {
    return DurationText(**time);
  }
  const std::int64_t number = **std::get_if<std::int64_t*>(&slot);
  return row->kind == Kind::kBytes ? BytesText(number) : std::to_string(number);
}

Result<Loaded> Load(const LoadRequest& request) { return Loader(request).Run(); }

Result<std::string> FindProject(std::string_view start) {
  fs::path folder = fs::absolute(fs::path(start)).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();  // `.` leaves a slash at the end
  while (true) {
    if (fs::exists(folder / kFile)) return folder.string();
    if (!folder.has_relative_path()) break;
    folder = folder.parent_path();
  }
  return Fail(ErrorKind::kNotFound, "no neuralake.toml in " + std::string(start) +
                                        " or above; `neuralake init DIR` makes a project");
}

std::string VariableOf(std::string_view key) {
  std::string name(kPrefix);
  for (const char c : key) {
    if (c == '.') {
      name += "__";
    } else {
      name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
  }
  return name;
}

std::string ReferencePage() {
  std::ostringstream page;
  page << "# Settings\n\n"
          "`neuralake.toml`, over it `.env`, over it environment variables, over it flags. A "
          "section\n"
          "below `[local]` or `[production]` (such as `[production.serve]`) counts when "
          "`NEURALAKE_ENV`\n"
          "names it. `neuralake doctor` prints what is in force and where each value came from.\n\n"
          "| setting | default | variable | what it does |\n|---|---|---|---|\n";
  const Settings defaults;
  for (const auto& row : Rows()) {
    const std::string value = TextOf(defaults, row.key);
    page << "| `" << row.key << "` | " << (value.empty() ? "" : "`" + value + "`") << " | `"
         << VariableOf(row.key) << "` | " << row.help << " |\n";
  }
  page << "\nA Kafka topic that feeds a table is one `[[kafka]]` with `brokers`, `topic`, `table` "
          "and, for\nlibrdkafka, `properties`.\n";
  return page.str();
}

std::map<std::string, std::string> ProcessEnvironment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

}  // namespace neuralake::settings
