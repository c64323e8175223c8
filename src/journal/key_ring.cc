#include "journal/key_ring.h"

#include <utility>

namespace windlass::journal {

KeyRing::KeyRing(SealKey newest, std::vector<SealKey> older) {
  keys_.push_back(std::move(newest));
  for (auto& key : older) keys_.push_back(std::move(key));
}

std::string KeyRing::seal(std::string_view context, std::string_view clear) const {
  const std::lock_guard lock(mutex_);
  return keys_.front().seal(context, clear);
}

Result<std::string> KeyRing::unseal(std::string_view context, std::string_view sealed) const {
  const std::lock_guard lock(mutex_);
  auto out = keys_.front().unseal(context, sealed);
  for (std::size_t i = 1; !out && i < keys_.size(); ++i) {
    if (auto other = keys_[i].unseal(context, sealed)) return other;
  }
  return out;
}

Result<std::optional<std::string>> KeyRing::resealed(std::string_view context, std::string_view sealed) const {
  const std::lock_guard lock(mutex_);
  auto first = keys_.front().unseal(context, sealed);
  if (first) {
    wipe(*first);
    return std::nullopt;
  }
  for (std::size_t i = 1; i < keys_.size(); ++i) {
    auto clear = keys_[i].unseal(context, sealed);
    if (!clear) continue;
    auto out = keys_.front().seal(context, *clear);
    wipe(*clear);
    return out;
  }
  return fail(std::move(first).error());
}

std::string KeyRing::derive(std::string_view purpose) const {
  const std::lock_guard lock(mutex_);
  return keys_.front().derive(purpose);
}

std::string KeyRing::wrap(const SealKey& key, std::string_view context) const { return seal(context, key.bytes()); }

Result<SealKey> KeyRing::unwrap(std::string_view context, std::string_view wrapped) const {
  auto bytes = WL_TRY(unseal(context, wrapped));
  auto key = SealKey::from_bytes(bytes);
  wipe(bytes);
  return key;
}

void KeyRing::add(SealKey fresh) {
  const std::lock_guard lock(mutex_);
  keys_.insert(keys_.begin(), std::move(fresh));
}

void KeyRing::forget_older() {
  const std::lock_guard lock(mutex_);
  keys_.erase(keys_.begin() + 1, keys_.end());
}

std::size_t KeyRing::older() const {
  const std::lock_guard lock(mutex_);
  return keys_.size() - 1;
}

std::string KeyRing::bytes() const {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& key : keys_) out += key.bytes();
  return out;
}

}  // namespace windlass::journal
