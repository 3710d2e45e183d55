// Every row of a pushed body joins the batch or the rejected. The first byte picks how it is
// written.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arrow/record_batch.h>

#include "neuralake/base/check.h"
#include "neuralake/columnar/types.h"
#include "neuralake/ingest/decode/decoder.h"

using namespace neuralake;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto schema =
      columnar::ParseDdl(
          "id BIGINT NOT NULL, flag BOOLEAN, small SMALLINT, ratio DOUBLE, price DECIMAL(20, 4), "
          "name STRING, day DATE, at TIMESTAMP, local TIMESTAMP_NTZ, tags ARRAY<STRING>, "
          "place STRUCT<lat: DOUBLE, lon: DOUBLE>, counts MAP<STRING, BIGINT>")
          .value();
  static const auto decoder = ingest::Decoder::Make(schema, {}).value();
  if (size == 0) return 0;
  const auto type = static_cast<ingest::ContentType>(1 + data[0] % 5);
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto counts = decoder->Add(type, body);
  const auto decoded = decoder->Finish();
  std::int64_t rows = 0;
  for (const auto& batch : decoded.batches) {
    NL_CHECK(batch->Validate().ok());
    rows += batch->num_rows();
  }
  NL_CHECK(rows == decoded.rows);
  NL_CHECK(!counts || counts->accepted == rows);
  NL_CHECK(!counts || counts->rejected == static_cast<std::int64_t>(decoded.rejected.size()));
  return 0;
}
