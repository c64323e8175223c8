#include "text/digest.h"

#include <algorithm>
#include <array>
#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <nettle/nettle-meta.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <vector>

namespace windlass::text {

namespace {

const nettle_hash* find_hash(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c != '-') plain.push_back(static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c));
  }
  if (plain == "MD5") return &nettle_md5;
  if (plain == "SHA1" || plain == "SHA") return &nettle_sha1;
  if (plain == "SHA224") return &nettle_sha224;
  if (plain == "SHA256") return &nettle_sha256;
  if (plain == "SHA384") return &nettle_sha384;
  if (plain == "SHA512") return &nettle_sha512;
  return nullptr;
}

std::string run(const nettle_hash& hash, std::string_view a, std::string_view b = {}) {
  std::vector<unsigned char> context(hash.context_size);
  hash.init(context.data());
  hash.update(context.data(), a.size(), reinterpret_cast<const unsigned char*>(a.data()));
  hash.update(context.data(), b.size(), reinterpret_cast<const unsigned char*>(b.data()));
  std::string out(hash.digest_size, '\0');
  hash.digest(context.data(), out.size(), reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

}  // namespace

std::optional<std::string> digest(std::string_view algorithm, std::string_view bytes) {
  const nettle_hash* hash = find_hash(algorithm);
  if (hash == nullptr) return std::nullopt;
  return run(*hash, bytes);
}

struct Digest::State {
  const nettle_hash& hash;
  std::vector<unsigned char> context;
};

Digest::Digest(std::unique_ptr<State> state) : state_(std::move(state)) {}
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;
Digest::~Digest() = default;

std::optional<Digest> Digest::make(std::string_view algorithm) {
  const nettle_hash* hash = find_hash(algorithm);
  if (hash == nullptr) return std::nullopt;
  Digest out(std::make_unique<State>(State{*hash, std::vector<unsigned char>(hash->context_size)}));
  hash->init(out.state_->context.data());
  return out;
}

void Digest::add(std::string_view bytes) {
  state_->hash.update(state_->context.data(), bytes.size(), reinterpret_cast<const unsigned char*>(bytes.data()));
}

std::string Digest::finish() {
  std::string out(state_->hash.digest_size, '\0');
  state_->hash.digest(state_->context.data(), out.size(), reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

std::optional<std::string> hmac(std::string_view algorithm, std::string_view key, std::string_view bytes) {
  if (algorithm.size() < 5 || !(algorithm.starts_with("Hmac") || algorithm.starts_with("HMAC"))) return std::nullopt;
  const nettle_hash* hash = find_hash(algorithm.substr(4));
  if (hash == nullptr) return std::nullopt;
  // RFC 2104.
  std::string block(key.size() > hash->block_size ? run(*hash, key) : std::string(key));
  block.resize(hash->block_size, '\0');
  std::string inner = block;
  std::string outer = block;
  for (char& c : inner) c = static_cast<char>(c ^ 0x36);
  for (char& c : outer) c = static_cast<char>(c ^ 0x5c);
  return run(*hash, outer, run(*hash, inner, bytes));
}

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320u : 0);
  }
  return ~crc;
}

}  // namespace windlass::text
