#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "neuralake/base/error.h"

namespace neuralake::observe {

enum class Level { kDebug, kInfo, kWarning, kError };

/// One named value of a log line. Secrets have no text form, so they cannot get here.
using LogField = std::pair<std::string_view, std::string>;

/// Lines for the operator on standard error: time, level, room, message, fields.
///
/// `2026-01-02T03:04:05.678Z info ingest: flushed table=aviation.flights rows=1000`
/// \threads safe from any thread
class Log {
 public:
  /// \param process  what the process is called in the lines (`serve`, `compact`); may be empty
  /// \param least    lines below it are dropped
  explicit Log(const std::string& process = "", Level least = Level::kInfo);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void Write(Level level, std::string_view room, std::string_view message,
             std::initializer_list<LogField> fields = {});
  void Info(std::string_view room, std::string_view message,
            std::initializer_list<LogField> fields = {}) {
    Write(Level::kInfo, room, message, fields);
  }
  void Warn(std::string_view room, std::string_view message,
            std::initializer_list<LogField> fields = {}) {
    Write(Level::kWarning, room, message, fields);
  }
  void Failure(std::string_view room, const Error& error,
               std::initializer_list<LogField> fields = {}) {
    Write(Level::kError, room, Describe(error), fields);
  }

 private:
  struct Sink;
  std::unique_ptr<Sink> sink_;
};

/// Parse `debug`, `info`, `warning` or `error`.
/// \errors kInvalid
Result<Level> ParseLevel(std::string_view text);

/// The text of a log line without its time: fields with blanks, quotes or line breaks are quoted
/// and escaped, so that one event is always one line.
std::string FormatLine(std::string_view room, std::string_view message,
                       std::initializer_list<LogField> fields);

}  // namespace neuralake::observe
