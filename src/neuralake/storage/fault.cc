#include "neuralake/storage/fault.h"

#include <array>

namespace neuralake::storage {
namespace {

constexpr std::array<std::string_view, kOperationCount> kOperationNames = {
    "read",         "read_range",   "head",          "put",  "put_if_absent",
    "start_upload", "upload_write", "upload_finish", "list", "delete"};

constexpr std::array<std::string_view, kFaultCount> kFaultNames = {
    "fail_before", "throttle",   "full",     "deny",     "lose_request", "lose_answer", "deny_own",
    "tear",        "stale_list", "truncate", "flip_bit", "slow",         "hang"};

}  // namespace

std::string_view NameOf(Operation operation) {
  return kOperationNames.at(static_cast<std::size_t>(operation));
}

std::string_view NameOf(Fault fault) { return kFaultNames.at(static_cast<std::size_t>(fault)); }

bool CanBefall(Fault fault, Operation operation) {
  switch (fault) {
    case Fault::kFull:
      return operation == Operation::kPut || operation == Operation::kPutIfAbsent ||
             operation == Operation::kStartUpload || operation == Operation::kUploadWrite ||
             operation == Operation::kUploadFinish;
    case Fault::kDenyOwn:
      return operation == Operation::kPutIfAbsent;
    case Fault::kTear:
      return operation == Operation::kPut || operation == Operation::kUploadFinish;
    case Fault::kStaleList:
      return operation == Operation::kList;
    case Fault::kTruncate:
    case Fault::kFlipBit:
      return operation == Operation::kRead || operation == Operation::kReadRange;
    default:
      return true;
  }
}

bool FaultRule::Fires(Operation called, std::string_view key, double draw) {
  if (times == 0 || !CanBefall(fault, called)) return false;
  if (operation && *operation != called) return false;
  if (key.find(key_part) == std::string_view::npos) return false;
  if (skip > 0) {
    --skip;
    return false;
  }
  if (draw >= odds) return false;
  if (times != kAlways) --times;
  return true;
}

}  // namespace neuralake::storage
