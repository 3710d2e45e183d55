#include "neuralake/query/lanes.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace neuralake::query {
namespace {

std::size_t Index(Lane lane) { return static_cast<std::size_t>(lane); }

}  // namespace

Lanes::Lanes(Options options, Clock& clock)
    : options_(options), clock_(clock), slots_(options.short_slots + options.long_most) {
  threads_.reserve(slots_.size());
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    threads_.emplace_back([this, i] { Work(i); });
  }
}

Lanes::~Lanes() {
  Close();
  threads_.clear();
}

Status Lanes::Begin(Lane lane, Deadline deadline, Step step) {
  {
    std::lock_guard lock(mutex_);
    if (closed_) return Fail(ErrorKind::kUnavailable, "the server is stopping");
    auto& queue = waiting_[Index(lane)];
    if (queue.size() >= options_.waiting_max) {
      return Fail(ErrorKind::kResourceExhausted,
                  fmt::format("{} statements wait already, the most there may be; try again later",
                              queue.size()));
    }
    queue.push_back({std::move(deadline), std::move(step)});
  }
  changed_.notify_one();
  return {};
}

void Lanes::Continue(Lane lane, Deadline deadline, Step step) {
  {
    std::lock_guard lock(mutex_);
    if (closed_) return;
    waiting_[Index(lane)].push_back({std::move(deadline), std::move(step)});
  }
  changed_.notify_one();
}

void Lanes::RunExpired() {
  std::vector<Waiting> expired;
  {
    std::lock_guard lock(mutex_);
    for (auto& queue : waiting_) {
      for (auto it = queue.begin(); it != queue.end();) {
        if (it->deadline.Expired()) {
          expired.push_back(std::move(*it));
          it = queue.erase(it);
        } else {
          ++it;
        }
      }
    }
  }
  for (Waiting& waiting : expired) waiting.step();
}

void Lanes::Close() {
  std::array<std::deque<Waiting>, 2> dropped;
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    dropped.swap(waiting_);
  }
  changed_.notify_all();
}

Lanes::Load Lanes::load() const {
  std::lock_guard lock(mutex_);
  return {running_, {waiting_[0].size(), waiting_[1].size()}};
}

bool Lanes::CanStart(Lane lane) const {
  const std::size_t slots = lane == Lane::kShort ? options_.short_slots : options_.long_slots;
  return !waiting_[Index(lane)].empty() && running_[Index(lane)] < slots;
}

void Lanes::MoveAged() {
  const MonoTime now = clock_.Mono();
  for (Slot& slot : slots_) {
    if (running_[Index(Lane::kLong)] >= options_.long_most) return;
    if (slot.busy && slot.lane == Lane::kShort && now - slot.since >= options_.short_time_max) {
      slot.lane = Lane::kLong;
      --running_[Index(Lane::kShort)];
      ++running_[Index(Lane::kLong)];
    }
  }
}

MonoTime Lanes::NextAging() const {
  MonoTime oldest = MonoTime::max();
  for (const Slot& slot : slots_) {
    if (slot.busy && slot.lane == Lane::kShort) oldest = std::min(oldest, slot.since);
  }
  return oldest == MonoTime::max() ? oldest : oldest + options_.short_time_max;
}

bool Lanes::Take(std::size_t slot, Waiting& out) {
  for (const Lane lane : {Lane::kShort, Lane::kLong}) {
    if (!CanStart(lane)) continue;
    auto& queue = waiting_[Index(lane)];
    out = std::move(queue.front());
    queue.pop_front();
    slots_[slot] = {true, lane, clock_.Mono()};
    ++running_[Index(lane)];
    return true;
  }
  return false;
}

void Lanes::Work(std::size_t slot) {
  std::unique_lock lock(mutex_);
  while (!closed_) {
    Waiting next;
    if (!waiting_[Index(Lane::kShort)].empty()) MoveAged();
    if (Take(slot, next)) {
      const bool more = !waiting_[0].empty() || !waiting_[1].empty();
      lock.unlock();
      if (more) changed_.notify_one();  // somebody must watch for the next slot while we run
      next.step();
      next.step = nullptr;  // what it holds is released before the slot is
      lock.lock();
      --running_[Index(slots_[slot].lane)];
      slots_[slot].busy = false;
      continue;
    }
    const bool room = running_[Index(Lane::kLong)] < options_.long_most;
    const MonoTime aging = NextAging();
    if (!waiting_[Index(Lane::kShort)].empty() && room && aging != MonoTime::max()) {
      // why: a waiting short statement gets its slot when the oldest step is found to be long.
      changed_.wait_until(lock, aging);
    } else {
      changed_.wait(lock);
    }
  }
}

}  // namespace neuralake::query
