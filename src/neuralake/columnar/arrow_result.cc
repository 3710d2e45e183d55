#include "neuralake/columnar/arrow_result.h"

#include <memory>
#include <string>

#include <fmt/format.h>

namespace neuralake::columnar {
namespace {

constexpr const char* kDetailType = "neuralake::Error";

class ErrorDetail final : public arrow::StatusDetail {
 public:
  explicit ErrorDetail(Error error) : error_(std::move(error)) {}
  const char* type_id() const override { return kDetailType; }
  std::string ToString() const override { return Describe(error_); }
  const Error& error() const { return error_; }

 private:
  Error error_;
};

ErrorKind KindOf(arrow::StatusCode code, ErrorKind otherwise) {
  switch (code) {
    case arrow::StatusCode::OutOfMemory:
    case arrow::StatusCode::CapacityError:
      return ErrorKind::kResourceExhausted;
    case arrow::StatusCode::NotImplemented:
      return ErrorKind::kUnsupported;
    case arrow::StatusCode::Cancelled:
      return ErrorKind::kCancelled;
    default:
      return otherwise;
  }
}

}  // namespace

Error FromArrowStatus(const arrow::Status& status, std::string_view what, ErrorKind otherwise) {
  const auto& detail = status.detail();
  if (detail != nullptr && detail->type_id() == kDetailType) {
    return static_cast<const ErrorDetail&>(*detail).error();
  }
  return Error{KindOf(status.code(), otherwise), fmt::format("{}: {}", what, status.message()),
               std::source_location::current(), -1};
}

arrow::Status ToArrowStatus(const Error& error) {
  return arrow::Status::IOError(error.message).WithDetail(std::make_shared<ErrorDetail>(error));
}

}  // namespace neuralake::columnar
