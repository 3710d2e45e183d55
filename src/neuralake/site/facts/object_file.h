#pragma once

#include <memory>

#include "neuralake/base/deadline.h"
#include "neuralake/storage/object_store.h"

namespace arrow::io {
class RandomAccessFile;
}

namespace neuralake::site {

/// An object as a file that Arrow reads from, by ranges.
std::shared_ptr<arrow::io::RandomAccessFile> OpenObject(std::shared_ptr<storage::ObjectStore> store,
                                                        const storage::ObjectInfo& object,
                                                        const Deadline& deadline);

}  // namespace neuralake::site
