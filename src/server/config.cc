#include "server/config.h"

#include <charconv>
#include <fstream>
#include <iterator>

#include "data/yaml.h"
#include "identity/jwt.h"

namespace windlass::server {

namespace {

constexpr std::size_t kMaxBytes = 1u << 20;

/// Go's durations as far as a skew needs them: "10s", "2m", "1h".
Result<std::chrono::seconds> duration_of(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const std::int64_t factor = unit == "s" ? 1 : unit == "m" ? 60 : unit == "h" ? 3600 : 0;
  if (error != std::errc() || factor == 0 || value < 0 || value > 86'400) {
    return fail(ErrorKind::invalid, "'" + text + "' is no duration like 10s or 1m");
  }
  return std::chrono::seconds(value * factor);
}

}  // namespace

Result<ServerConfig> read_config(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorKind::not_found, "the configuration " + path + " cannot be read");
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (text.size() > kMaxBytes) return fail(ErrorKind::invalid, "the configuration " + path + " is larger than 1 MiB");
  ServerConfig out;
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return out;
  auto root = data::parse_yaml(text);
  if (!root) return fail(ErrorKind::invalid, path + ": " + root.error().message);
  out.jwt_secret = root->get_string("jwtSecret");
  if (const data::Value* authentication = root->find("authentication")) {
    if (auto secret = authentication->get_string("jwtSecret"); !secret.empty()) out.jwt_secret = std::move(secret);
    if (const auto skew = authentication->get_string("maximumClockSkew"); !skew.empty()) {
      auto parsed = duration_of(skew);
      if (!parsed) {
        return fail(ErrorKind::invalid, path + ": authentication.maximumClockSkew: " + parsed.error().message);
      }
      out.clock_skew = *parsed;
    }
  }
  if (!out.jwt_secret.empty() && out.jwt_secret.size() < identity::kMinJwtSecret) {
    return fail(ErrorKind::invalid, path + ": authentication.jwtSecret has less than " +
                                        std::to_string(identity::kMinJwtSecret) +
                                        " characters: it could be guessed from one token");
  }
  return out;
}

}  // namespace windlass::server
