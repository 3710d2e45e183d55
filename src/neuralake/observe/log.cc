#include "neuralake/observe/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace neuralake::observe {
namespace {

spdlog::level::level_enum SpdlogLevel(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

bool NeedsQuotes(std::string_view text) {
  if (text.empty()) return true;
  for (const char c : text) {
    if (c == ' ' || c == '"' || c == '=' || static_cast<unsigned char>(c) < 0x20) return true;
  }
  return false;
}

void AppendEscaped(std::string& line, std::string_view text, bool quotes) {
  for (const char c : text) {
    if (c == '\n') {
      line += "\\n";
    } else if (c == '\r') {
      line += "\\r";
    } else if (quotes && (c == '"' || c == '\\')) {
      line += '\\';
      line += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      line += '?';
    } else {
      line += c;
    }
  }
}

}  // namespace

struct Log::Sink {
  std::shared_ptr<spdlog::logger> logger;
};

Log::Log(const std::string& process, Level least) : sink_(std::make_unique<Sink>()) {
  sink_->logger =
      std::make_shared<spdlog::logger>(process, std::make_shared<spdlog::sinks::stderr_sink_mt>());
  const std::string name = process.empty() ? "" : " [" + process + "]";
  sink_->logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ" + name + " %l %v",
                             spdlog::pattern_time_type::utc);
  sink_->logger->set_level(SpdlogLevel(least));
  sink_->logger->flush_on(spdlog::level::trace);
}

Log::~Log() = default;

void Log::Write(Level level, std::string_view room, std::string_view message,
                std::initializer_list<LogField> fields) {
  if (!sink_->logger->should_log(SpdlogLevel(level))) return;
  sink_->logger->log(SpdlogLevel(level), FormatLine(room, message, fields));
}

Result<Level> ParseLevel(std::string_view text) {
  if (text == "debug") return Level::kDebug;
  if (text == "info") return Level::kInfo;
  if (text == "warning") return Level::kWarning;
  if (text == "error") return Level::kError;
  return Fail(ErrorKind::kInvalid,
              "log level " + std::string(text) + " is none of debug, info, warning, error");
}

std::string FormatLine(std::string_view room, std::string_view message,
                       std::initializer_list<LogField> fields) {
  std::string line(room);
  line += ": ";
  AppendEscaped(line, message, /*quotes=*/false);
  for (const auto& [name, value] : fields) {
    line += ' ';
    line += name;
    line += '=';
    const bool quotes = NeedsQuotes(value);
    if (quotes) line += '"';
    AppendEscaped(line, value, quotes);
    if (quotes) line += '"';
  }
  return line;
}

}  // namespace neuralake::observe
