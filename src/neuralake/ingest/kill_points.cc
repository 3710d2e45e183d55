#include "neuralake/ingest/kill_points.h"

namespace neuralake::ingest {

namespace {

using namespace kill_points;

constexpr KillPointRow kRows[] = {
    {kBeforeTableCreate, "a table is declared and does not exist"},
    {kAfterTableCreate, "its version 0 is committed"},
    {kAfterKafkaPoll, "messages are in memory only"},
    {kBeforeLogWrite, "rows are decoded, nothing is on disk"},
    {kAfterLogWrite, "records are written, not synced"},
    {kAfterLogSync, "records are durable, nobody was told"},
    {kBeforeLogRotate, "the next segment is ready, not yet part of the log"},
    {kAfterLogRotate, "the next segment is part of the log, empty"},
    {kBeforeAck, "a push is durable, its sender was not told"},
    {kAfterAck, "its sender was told"},
    {kBeforeFlush, "rows wait, nothing of the flush has begun"},
    {kBeforeDeadLetterCommit, "dead letters are in files, not committed"},
    {kAfterDeadLetterCommit, "dead letters are committed, the rows beside them are not"},
    {kAfterDataWrite, "rows are in data files that no commit names"},
    {kBeforeCommit, "the commit is ready"},
    {kAfterCommit, "the commit is out, the log does not know"},
    {kBeforeCheckpoint, "a checkpoint is due"},
    {kAfterCheckpoint, "the checkpoint is written"},
    {kBeforeKeysWrite, "a segment is to go, its keys are only in it"},
    {kAfterKeysWrite, "its keys are in a file and in it"},
    {kBeforeLogRemove, "a segment is about to go"},
    {kAfterLogRemove, "a segment is gone"},
};

}  // namespace

std::span<const KillPointRow> KillPoints() { return kRows; }

}  // namespace neuralake::ingest
