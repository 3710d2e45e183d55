#pragma once

#include <string>

#include <sys/stat.h>

#include "neuralake/storage/object_store.h"

namespace neuralake::storage {

/// One page of the files below the folder `root`, which need not exist.
///
/// Reads only folders that can hold a key of the page, and asks for size and time only of files
/// that are on it. A symbolic link counts as what it points to.
Result<ListPage> ListLocal(const std::string& root, const ListRequest& request,
                           const Deadline& deadline);

/// What `stat` says about a regular file.
ObjectInfo InfoOfStat(std::string key, const struct stat& info);

}  // namespace neuralake::storage
