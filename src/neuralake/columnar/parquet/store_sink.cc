#include "neuralake/columnar/parquet/store_sink.h"

#include "neuralake/columnar/arrow_result.h"
#include "neuralake/columnar/limits.h"

namespace neuralake::columnar {

StoreSink::StoreSink(std::shared_ptr<storage::ObjectStore> store, std::string key)
    : store_(std::move(store)), key_(std::move(key)) {}

StoreSink::~StoreSink() = default;

Status StoreSink::Append(std::string_view bytes) {
  position_ += static_cast<std::int64_t>(bytes.size());
  if (upload_ == nullptr && small_.size() + bytes.size() <= kSinkBytesMax) {
    small_.append(bytes);
    return {};
  }
  if (upload_ == nullptr) {
    upload_ = TRY(store_->StartUpload(key_, deadline_));
    TRY(upload_->Write(small_, deadline_));
    small_ = std::string();
  }
  return upload_->Write(bytes, deadline_);
}

arrow::Status StoreSink::Write(const void* data, std::int64_t bytes) {
  const Status appended = Append({static_cast<const char*>(data), static_cast<std::size_t>(bytes)});
  return appended ? arrow::Status::OK() : ToArrowStatus(appended.error());
}

arrow::Status StoreSink::Close() {
  closed_ = true;
  return arrow::Status::OK();
}

Status StoreSink::Publish() {
  if (upload_ == nullptr) {
    return store_->Put(key_, small_, storage::PutMode::kOverwrite, deadline_);
  }
  TRY(upload_->Finish(deadline_));
  return {};
}

}  // namespace neuralake::columnar
