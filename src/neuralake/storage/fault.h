#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "neuralake/base/clock.h"
#include "neuralake/base/error.h"

namespace neuralake::storage {

/// The calls of `ObjectStore` and `Upload`; the two kinds of put apart.
enum class Operation : std::uint8_t {
  kRead,
  kReadRange,
  kHead,
  kPut,
  kPutIfAbsent,
  kStartUpload,
  kUploadWrite,
  kUploadFinish,
  kList,
  kDelete,
};
inline constexpr std::size_t kOperationCount = 10;

std::string_view NameOf(Operation operation);

/// What can go wrong with a call.
enum class Fault : std::uint8_t {
  kFailBefore,   ///< kUnavailable; nothing happened.
  kThrottle,     ///< kUnavailable, as a store says that asks to slow down; nothing happened.
  kFull,         ///< kResourceExhausted; nothing happened.
  kDeny,         ///< kPermissionDenied; nothing happened.
  kLoseRequest,  ///< No answer, and nothing happened: kUnknownOutcome of a conditional put.
  kLoseAnswer,   ///< It happened; kUnknownOutcome of a conditional put, kUnavailable of the others.
  kDenyOwn,      ///< A conditional put happened and is answered with kAlreadyExists.
  kTear,         ///< The first half becomes visible, then kUnavailable. Breaks the contract on
                 ///< purpose: for readers that must not trust a file because it is there.
  kStaleList,    ///< A listing that does not know the newest keys.
  kTruncate,     ///< A read that gives the first half of the bytes.
  kFlipBit,      ///< A read with one bit wrong.
  kSlow,         ///< The call waits for `FaultRule::delay` first.
  kHang,         ///< The call waits until its deadline ends; nothing happened.
};
inline constexpr std::size_t kFaultCount = 13;

std::string_view NameOf(Fault fault);

/// Whether `fault` can befall `operation`; kFlipBit cannot befall a put.
bool CanBefall(Fault fault, Operation operation);

/// When which call goes wrong. Of several rules that match a call, the first fires.
struct FaultRule {
  static constexpr std::uint64_t kAlways = std::numeric_limits<std::uint64_t>::max();

  std::optional<Operation> operation = {};  ///< Every operation that `fault` can befall when empty.
  Fault fault = Fault::kFailBefore;
  std::string key_part = {};  ///< Only calls whose key (of a listing: prefix) holds it.
  std::uint64_t skip = 0;   ///< Calls that match and pass unharmed before the first that does not.
  std::uint64_t times = 1;  ///< Calls that are harmed before the rule is spent.
  double odds = 1.0;        ///< Of a matching call to be harmed, 0..1, by the store's `Rng`.
  Duration delay{0};        ///< Of kSlow.
  std::size_t stale_keys = 1;  ///< Of kStaleList: how many of the newest keys are missing.

  /// Count a call in; true when it is to go wrong. `draw` is uniform in [0, 1).
  bool Fires(Operation called, std::string_view key, double draw);
};

}  // namespace neuralake::storage
