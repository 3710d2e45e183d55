#pragma once

#include <cstring>
#include <string>
#include <utility>

namespace neuralake {

/// A password, key or token. It cannot be printed, streamed or formatted, and is wiped when it
/// dies.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.Wipe(); }
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      Wipe();
      value_ = other.value_;
    }
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      Wipe();
      value_ = std::move(other.value_);
      other.Wipe();
    }
    return *this;
  }
  ~Secret() { Wipe(); }

  /// The value, for the one call that needs it. Do not keep a copy.
  const std::string& Reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  void Wipe() {
    if (!value_.empty()) explicit_bzero(value_.data(), value_.size());
    value_.clear();
  }

  std::string value_;
};

}  // namespace neuralake
