#pragma once

#include <string>
#include <vector>

#include "neuralake/delta/data/written_files.h"
#include "neuralake/delta/table.h"

namespace neuralake::engine {

/// What a statement did to one table, to be committed with its transaction.
struct PendingChange {
  std::string name;      ///< `aviation.flights`.
  std::string location;  ///< As in the catalog.
  delta::SnapshotPtr read;
  delta::CommitRequest commit;
  std::vector<delta::WrittenFiles> written;  ///< What goes when the commit does not happen.

  void Drop() {
    for (auto& files : written) files.Drop();
  }
};

}  // namespace neuralake::engine
