// Counts the connections that each peer address holds, over all workers of a server.
//
// Called when a connection opens and closes, never per request, so one mutex is enough. Any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace beian::http {

class AddressCounter;

// One connection's place among those of its address; released on destruction.
class AddressPlace {
 public:
  AddressPlace() = default;
  AddressPlace(AddressCounter* counter, std::string address)
      : counter_(counter), address_(std::move(address)) {}
  AddressPlace(AddressPlace&& other) noexcept
      : counter_(std::exchange(other.counter_, nullptr)), address_(std::move(other.address_)) {}
  AddressPlace& operator=(AddressPlace&& other) noexcept {
    std::swap(counter_, other.counter_);
    std::swap(address_, other.address_);
    return *this;
  }
  ~AddressPlace();

 private:
  AddressCounter* counter_ = nullptr;
  std::string address_;
};

class AddressCounter {
 public:
  explicit AddressCounter(std::size_t connections_max) : connections_max_(connections_max) {}

  // Takes a place, or returns false when `address` already holds its maximum.
  bool enter(const std::string& address) {
    const std::scoped_lock lock(mutex_);
    std::size_t& count = counts_[address];
    if (count == connections_max_) return false;
    ++count;
    return true;
  }
  void leave(const std::string& address) {
    const std::scoped_lock lock(mutex_);
    const auto found = counts_.find(address);
    if (--found->second == 0) counts_.erase(found);
  }

 private:
  const std::size_t connections_max_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> counts_;  // only addresses with connections
};

inline AddressPlace::~AddressPlace() {
  if (counter_ != nullptr) counter_->leave(address_);
}

}  // namespace beian::http
