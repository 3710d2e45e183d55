#include "neuralake/query/journal.h"

#include <algorithm>
#include <utility>

namespace neuralake::query {

void Journal::Add(Summary summary) {
  Summary dropped;  // freed after the lock
  std::lock_guard lock(mutex_);
  items_.push_front(std::move(summary));
  if (items_.size() > items_max_) {
    dropped = std::move(items_.back());
    items_.pop_back();
  }
}

std::vector<Summary> Journal::Recent(std::size_t count) const {
  std::lock_guard lock(mutex_);
  const auto end = items_.begin() + static_cast<std::ptrdiff_t>(std::min(count, items_.size()));
  return {items_.begin(), end};
}

}  // namespace neuralake::query
