#pragma once

#include <cstdint>
#include <future>
#include <optional>
#include <string_view>

#include "neuralake/base/deadline.h"
#include "neuralake/base/error.h"
#include "neuralake/delta/actions.h"
#include "neuralake/storage/object_store.h"

namespace neuralake::delta {

/// Tells a commit file from another of the same version, in a table that was made anew: a hash of
/// how it begins. Each commit names itself there, or the files that it brought.
enum class CommitMark : std::uint64_t {};

CommitMark MarkOf(std::string_view commit);

/// What became of a version that was known.
enum class LogState : std::uint8_t {
  kThere,  ///< It is in the log as it was.
  kGone,   ///< The log holds neither it nor a later checkpoint: the table was removed.
  kOther,  ///< Another commit stands there, or only checkpoints later than it do.
};

/// Look what became of version `version`. One small read; a listing when its commit is not there.
///
/// \param mark  of its commit; nothing when it is not known, and then any commit will do
Result<LogState> LookForVersion(storage::ObjectStore& store, Version version,
                                std::optional<CommitMark> mark, const Deadline& deadline);

/// Whether a request is a system call here: cheaper than a thread to make it beside another.
bool IsLocal(const storage::ObjectStore& store);

/// Make `look` while something else is asked of its store, so that both take one round trip; behind
/// it, when it is awaited, where the store is local or the system has no thread to give.
template <class Look>
std::future<Result<LogState>> LookAside(bool is_local, Look look) {
  constexpr auto kBeside = std::launch::async | std::launch::deferred;
  return std::async(is_local ? std::launch::deferred : kBeside, std::move(look));
}

}  // namespace neuralake::delta
