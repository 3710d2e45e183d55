#include "neuralake/serve/pgwire/writer.h"

#include <fmt/format.h>

namespace neuralake::serve {
namespace {

template <class Number>
void AppendBigEndian(Number value, std::string& out) {
  const auto bits = static_cast<std::make_unsigned_t<Number>>(value);
  for (int shift = static_cast<int>(sizeof(Number)) * 8 - 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(bits >> shift & 0xFF));
  }
}

}  // namespace

void PgWriter::Int16(std::int16_t value) { AppendBigEndian(value, out_); }
void PgWriter::Int32(std::int32_t value) { AppendBigEndian(value, out_); }
void PgWriter::Int64(std::int64_t value) { AppendBigEndian(value, out_); }

// A zero byte would end the text early and shift all that follows.
void PgWriter::Text(std::string_view text) {
  out_ += text.substr(0, text.find('\0'));
  out_.push_back('\0');
}

std::size_t PgWriter::BeginMessage(char type) {
  out_.push_back(type);
  Int32(0);
  return out_.size() - 4;
}

void PgWriter::EndMessage(std::size_t mark) { FillLength(mark, out_.size() - mark); }

void PgWriter::FillLength(std::size_t mark, std::size_t length) {
  const auto bits = static_cast<std::uint32_t>(length);
  for (std::size_t i = 0; i < 4; ++i) {
    out_[mark + i] = static_cast<char>(bits >> (24 - 8 * i) & 0xFF);
  }
}

void PgWriter::Empty(char type) { EndMessage(BeginMessage(type)); }

void PgWriter::AuthenticationOk() {
  const auto mark = BeginMessage('R');
  Int32(0);
  EndMessage(mark);
}

void PgWriter::NegotiateVersion(std::int32_t newest,
                                const std::vector<std::string>& unknown_options) {
  const auto mark = BeginMessage('v');
  Int32(newest);
  Int32(static_cast<std::int32_t>(unknown_options.size()));
  for (const std::string& option : unknown_options) Text(option);
  EndMessage(mark);
}

void PgWriter::ParameterStatus(std::string_view name, std::string_view value) {
  const auto mark = BeginMessage('S');
  Text(name);
  Text(value);
  EndMessage(mark);
}

void PgWriter::BackendKeyData(std::int32_t process, std::string_view key) {
  const auto mark = BeginMessage('K');
  Int32(process);
  out_ += key;
  EndMessage(mark);
}

void PgWriter::ReadyForQuery(char status) {
  const auto mark = BeginMessage('Z');
  out_.push_back(status);
  EndMessage(mark);
}

void PgWriter::RowDescription(std::span<const PgColumn> columns) {
  const auto mark = BeginMessage('T');
  Int16(static_cast<std::int16_t>(columns.size()));
  for (const PgColumn& column : columns) {
    Text(column.name);
    Int32(0);  // of no table that has a number
    Int16(0);
    Int32(static_cast<std::int32_t>(column.type));
    Int16(column.type_size);
    Int32(column.type_modifier);
    Int16(column.format);
  }
  EndMessage(mark);
}

void PgWriter::ParameterDescription(std::span<const std::uint32_t> types) {
  const auto mark = BeginMessage('t');
  Int16(static_cast<std::int16_t>(types.size()));
  for (const std::uint32_t type : types) Int32(static_cast<std::int32_t>(type));
  EndMessage(mark);
}

void PgWriter::CommandComplete(std::string_view tag) {
  const auto mark = BeginMessage('C');
  Text(tag);
  EndMessage(mark);
}

void PgWriter::Report(char type, std::string_view severity, std::string_view sqlstate,
                      std::string_view message, std::string_view hint, std::int64_t position,
                      std::string_view routine) {
  const auto mark = BeginMessage(type);
  const auto field = [this](char code, std::string_view text) {
    out_.push_back(code);
    Text(text);
  };
  field('S', severity);
  field('V', severity);
  field('C', sqlstate);
  field('M', message);
  if (!hint.empty()) field('H', hint);
  if (position >= 0) field('P', fmt::format_int(position + 1).c_str());
  if (!routine.empty()) field('R', routine);
  out_.push_back('\0');
  EndMessage(mark);
}

void PgWriter::ErrorResponse(const Error& error, std::string_view sqlstate, std::string_view hint,
                             bool fatal, std::string_view routine) {
  Report('E', fatal ? "FATAL" : "ERROR", sqlstate, error.message, hint, error.position, routine);
}

void PgWriter::Warning(std::string_view message, std::string_view sqlstate) {
  Report('N', "WARNING", sqlstate, message, "", -1, "");
}

}  // namespace neuralake::serve
