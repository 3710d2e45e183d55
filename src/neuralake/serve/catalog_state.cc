#include "neuralake/serve/catalog_state.h"

#include <utility>

namespace neuralake::serve {

CatalogState::CatalogState(catalog::CatalogPtr model, Clock& clock) : clock_(clock) {
  Replace(std::move(model));
}

std::shared_ptr<const CatalogStatus> CatalogState::Get() const {
  std::lock_guard lock(mutex_);
  return status_;
}

void CatalogState::Replace(catalog::CatalogPtr model) {
  const WallTime now = clock_.Now();
  auto next = std::make_shared<const CatalogStatus>(
      CatalogStatus{std::move(model), now, /*problems=*/"", now, /*reading_since=*/{}});
  std::lock_guard lock(mutex_);
  status_ = std::move(next);
}

void CatalogState::Refuse(std::string problems) {
  CatalogStatus next = *Get();
  next.problems = std::move(problems);
  next.checked = clock_.Now();
  std::lock_guard lock(mutex_);
  status_ = std::make_shared<const CatalogStatus>(std::move(next));
}

void CatalogState::Reading(std::optional<WallTime> since) {
  CatalogStatus next = *Get();
  next.reading_since = since;
  std::lock_guard lock(mutex_);
  status_ = std::make_shared<const CatalogStatus>(std::move(next));
}

}  // namespace neuralake::serve
