#pragma once

#include "command.h"

namespace neuralake::app {

// Each adds its subcommands to `app`; the file of the same name defines it.
void AddCatalog(CLI::App& app, Outcome& outcome);
void AddCatalogSite(CLI::App& app, Outcome& outcome);
void AddCompact(CLI::App& app, Outcome& outcome);
void AddCompletion(CLI::App& app, Outcome& outcome);
void AddDoctor(CLI::App& app, Outcome& outcome);
void AddGen(CLI::App& app, Outcome& outcome);
void AddInit(CLI::App& app, Outcome& outcome);
void AddIngest(CLI::App& app, Outcome& outcome);
void AddReference(CLI::App& app, Outcome& outcome);
void AddServe(CLI::App& app, Outcome& outcome);
void AddSql(CLI::App& app, Outcome& outcome);
void AddTableChanges(CLI::App& app, Outcome& outcome);
void AddTableCheckpoint(CLI::App& app, Outcome& outcome);
void AddTableCreate(CLI::App& app, Outcome& outcome);
void AddTableDelete(CLI::App& app, Outcome& outcome);
void AddTableFiles(CLI::App& app, Outcome& outcome);
void AddTableHistory(CLI::App& app, Outcome& outcome);
void AddTableMerge(CLI::App& app, Outcome& outcome);
void AddTableScan(CLI::App& app, Outcome& outcome);
void AddTableShow(CLI::App& app, Outcome& outcome);
void AddTableUpdate(CLI::App& app, Outcome& outcome);
void AddTableVerify(CLI::App& app, Outcome& outcome);
void AddTableWrite(CLI::App& app, Outcome& outcome);
void AddUp(CLI::App& app, Outcome& outcome);
void AddVacuum(CLI::App& app, Outcome& outcome);

}  // namespace neuralake::app
