#include <algorithm>

#include <fmt/format.h>

#include "neuralake/delta/state/table_state.h"

namespace neuralake::delta {

Status LogPart::OnFile(const FileView& file) {
  if (!builder_.HasRoom()) {
    finished_rows_ += builder_.rows();
    columns.push_back(builder_.Finish());
  }
  builder_.Append(file);
  return {};
}

Status LogPart::OnMetadata(Metadata next) {
  if (!starts_.empty() && std::exchange(starts_.back().has_metadata, true)) {
    return Fail(ErrorKind::kCorruption,
                fmt::format("commit {} has two metaData actions", starts_.back().version));
  }
  metadata = std::move(next);
  return {};
}

Status LogPart::OnProtocol(Protocol next) {
  if (!starts_.empty() && std::exchange(starts_.back().has_protocol, true)) {
    return Fail(ErrorKind::kCorruption,
                fmt::format("commit {} has two protocol actions", starts_.back().version));
  }
  protocol = std::move(next);
  return {};
}

Status LogPart::OnTransaction(SetTransaction transaction) {
  transactions.push_back(std::move(transaction));
  return {};
}

Status LogPart::OnDomain(DomainMetadata domain) {
  domains.push_back(std::move(domain));
  return {};
}

Status LogPart::OnCommitInfo(CommitInfo next) {
  info = std::move(next);
  return {};
}

Status LogPart::OnSidecar(SidecarRef sidecar) {
  sidecars.push_back(std::move(sidecar));
  return {};
}

void LogPart::Finish() {
  if (builder_.rows() == 0) return;
  finished_rows_ += builder_.rows();
  columns.push_back(builder_.Finish());
}

Version LogPart::CommitOf(std::size_t row) const {
  const auto after = std::ranges::upper_bound(starts_, row, {}, &Start::row);
  return after == starts_.begin() ? -1 : std::prev(after)->version;
}

}  // namespace neuralake::delta
