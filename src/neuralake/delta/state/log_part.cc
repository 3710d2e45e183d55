#include <algorithm>

#include <fmt/format.h>

#include "neuralake/delta/state/table_state.h"

namespace neuralake::delta {

namespace {

std::unexpected<Error> Twice(Version version, std::string_view action) {
  return Fail(ErrorKind::kCorruption,
              version == LogPart::kNoCommit
                  ? fmt::format("a compacted range has two {} actions", action)
                  : fmt::format("commit {} has two {} actions", version, action));
}

}  // namespace

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
    return Twice(starts_.back().version, "metaData");
  }
  metadata = std::move(next);
  return {};
}

Status LogPart::OnProtocol(Protocol next) {
  if (!starts_.empty() && std::exchange(starts_.back().has_protocol, true)) {
    return Twice(starts_.back().version, "protocol");
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
  return after == starts_.begin() ? kNoCommit : std::prev(after)->version;
}

}  // namespace neuralake::delta
