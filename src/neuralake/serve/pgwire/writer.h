#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "neuralake/base/error.h"

namespace neuralake::serve {

/// A column as RowDescription tells it.
struct PgColumn {
  std::string name;
  std::uint32_t type = 25;
  std::int16_t type_size = -1;
  std::int32_t type_modifier = -1;
  std::int16_t format = 0;
};

/// Appends messages of the server to a buffer.
///
/// \source PostgreSQL manual, "Message Formats"
class PgWriter {
 public:
  explicit PgWriter(std::string& out) : out_(out) {}

  void AuthenticationOk();
  void NegotiateVersion(std::int32_t newest, const std::vector<std::string>& unknown_options);
  void ParameterStatus(std::string_view name, std::string_view value);
  void BackendKeyData(std::int32_t process, std::string_view key);
  void ReadyForQuery(char status);

  void RowDescription(std::span<const PgColumn> columns);
  void ParameterDescription(std::span<const std::uint32_t> types);
  void NoData() { Empty('n'); }
  void ParseComplete() { Empty('1'); }
  void BindComplete() { Empty('2'); }
  void CloseComplete() { Empty('3'); }
  void PortalSuspended() { Empty('s'); }
  void EmptyQuery() { Empty('I'); }
  void CommandComplete(std::string_view tag);

  /// `position` of the error counts from 1 in the message; ours from 0.
  ///
  /// \param routine  of PostgreSQL's sources, where drivers look for it
  void ErrorResponse(const Error& error, std::string_view sqlstate, std::string_view hint = "",
                     bool fatal = false, std::string_view routine = "");
  void Warning(std::string_view message, std::string_view sqlstate);

  /// Begin a message and give where its length belongs; `EndMessage` fills it in. Rows are written
  /// between the two.
  std::size_t BeginMessage(char type);
  void EndMessage(std::size_t mark);

  /// Write `length` over the four bytes at `mark`.
  void FillLength(std::size_t mark, std::size_t length);

  void Int16(std::int16_t value);
  void Int32(std::int32_t value);
  void Int64(std::int64_t value);
  void Text(std::string_view text);

 private:
  void Empty(char type);
  void Report(char type, std::string_view severity, std::string_view sqlstate,
              std::string_view message, std::string_view hint, std::int64_t position,
              std::string_view routine);

  std::string& out_;
};

}  // namespace neuralake::serve
