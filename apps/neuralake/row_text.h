#pragma once

#include <memory>
#include <string>

#include "row_file.h"

#include "neuralake/columnar/io/object_file.h"
#include "neuralake/ingest/decode/decoder.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::app {

/// A file of text rows, opened.
struct TextFilePlace {
  std::string location;  ///< For messages.
  ingest::ContentType content;
  std::shared_ptr<storage::ObjectStore> store;
  std::shared_ptr<columnar::ObjectFile> file;
};

/// The rows of CSV, NDJSON or JSON, decoded by the rules of ingest: a value that does not fit ends
/// the read, naming its row.
/// \errors kCorruption, and what the store answers
Result<std::unique_ptr<RowFile>> OpenTextFile(TextFilePlace place);

}  // namespace neuralake::app
