#include "neuralake/serve/format/encoder.h"

#include <nlohmann/json.hpp>

#include "neuralake/columnar/json_text.h"
#include "neuralake/serve/format/encoders_internal.h"
#include "neuralake/serve/format/value_text.h"

namespace neuralake::serve {

std::unique_ptr<Encoder> MakeEncoder(Format format) {
  switch (format) {
    case Format::kJson:
      return MakeJsonEncoder();
    case Format::kNdjson:
      return MakeNdjsonEncoder();
    case Format::kCsv:
      return MakeCsvEncoder();
    case Format::kArrow:
      return MakeArrowEncoder();
    case Format::kParquet:
      return MakeParquetEncoder();
  }
  return nullptr;
}

namespace {

/// `text` as a JSON string. It may quote what a client sent, which may be no UTF-8.
std::string Quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string ErrorJson(const Error& error, std::string_view request_id, std::string_view detail) {
  std::string out = R"({"kind":)";
  columnar::AppendJsonString(Row(error.kind).name, out);
  out += R"(,"message":)";
  out += Quoted(error.message);
  out += R"(,"detail":)";
  out += detail.empty() ? "null" : Quoted(detail);
  out += R"(,"position":)";
  if (error.position < 0) {
    out += "null";
  } else {
    AppendInteger(error.position, out);
  }
  out += R"(,"request_id":)";
  columnar::AppendJsonString(request_id, out);
  return out + "}";
}

std::string VersionsJson(const std::map<std::string, std::int64_t>& versions) {
  std::string out = "{";
  for (const auto& [table, version] : versions) {
    if (out.size() > 1) out.push_back(',');
    columnar::AppendJsonString(table, out);
    out.push_back(':');
    AppendInteger(version, out);
  }
  return out + "}";
}

}  // namespace neuralake::serve
