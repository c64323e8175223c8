#include "server/config.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "data/yaml.h"
#include "identity/jwt.h"
#include "runs/throttle_names.h"

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
    return fail(ErrorKind::invalid, {"'{}' is no duration like 10s or 1m", "“{}”不是 10s 或 1m 这样的时长"}, {text});
  }
  return std::chrono::seconds(value * factor);
}

/// Top-level keys that other parts of KubeSphere read.
constexpr std::string_view kOthers[] = {"alerting",     "argocdOption", "auditing",     "authorization",
                                        "cache",        "devops",       "events",       "fluxcdOption",
                                        "gateway",      "gpu",          "helm",         "jenkinsOptions",
                                        "jenkins",      "kubeconfig",   "kubernetes",   "ldap",
                                        "logging",      "metering",     "mode",         "monitoring",
                                        "multicluster", "network",      "notification", "openpitrix",
                                        "options",      "redis",        "s3",           "servicemesh",
                                        "sonarQube",    "sonarqube",    "terminal",     "ws"};

/// Reads `windlass`, key by key.
class OwnKeys {
 public:
  OwnKeys(const std::string& path, ServerConfig& out) : path_(path), out_(out) {}

  Result<> read(const data::Value& own) {
    if (!own.is_map()) return wrong("windlass", "is a map of keys");
    for (const auto& entry : own.members()) {
      const auto key = "windlass." + entry.key;
      if (entry.key == "listen") {
        out_.listen = WL_TRY(text(key, entry.value));
      } else if (entry.key == "executors") {
        if (!entry.value.is_int() || entry.value.as_int() < 0 || entry.value.as_int() > 10'000) {
          return wrong(key, "is a number from 0 to 10000");
        }
        out_.executors = static_cast<int>(entry.value.as_int());
      } else if (entry.key == "labels") {
        WL_CHECK_OK(read_labels(key, entry.value));
      } else if (entry.key == "plain") {
        out_.plain_everywhere = WL_TRY(choice(key, entry.value, "loopback", "everywhere"));
      } else if (entry.key == "log") {
        out_.json_log = WL_TRY(choice(key, entry.value, "text", "json"));
      } else if (entry.key == "maxLogMiB") {
        out_.max_log_mib = WL_TRY(mebibytes(key, entry.value));
      } else if (entry.key == "maxFilesMiB") {
        out_.max_files_mib = WL_TRY(mebibytes(key, entry.value));
      } else if (entry.key == "maxProjectMiB") {
        out_.max_project_mib = WL_TRY(mebibytes(key, entry.value));
      } else if (entry.key == "maxUploadMiB") {
        out_.max_upload_mib = WL_TRY(mebibytes(key, entry.value));
      } else if (entry.key == "throttle") {
        WL_CHECK_OK(read_throttle(key, entry.value));
      } else if (entry.key == "jenkinsRights") {
        WL_CHECK_OK(read_jenkins_rights(key, entry.value));
      } else if (entry.key == "cluster") {
        WL_CHECK_OK(read_cluster(key, entry.value));
      } else if (entry.key == "tls") {
        WL_CHECK_OK(read_tls(key, entry.value));
      } else {
        out_.unknown.push_back(key);
      }
    }
    return {};
  }

 private:
  [[nodiscard]] std::unexpected<Error> wrong(const std::string& key, const std::string& why) const {
    return fail(ErrorKind::invalid, path_ + ": " + key + " " + why);
  }
  [[nodiscard]] Result<std::string> text(const std::string& key, const data::Value& value) const {
    if (!value.is_string() || value.text().empty()) return wrong(key, "is a text");
    return value.text();
  }
  [[nodiscard]] Result<std::int64_t> mebibytes(const std::string& key, const data::Value& value) const {
    constexpr std::int64_t kMost = 1 << 24;
    if (!value.is_int() || value.as_int() < 0 || value.as_int() > kMost) {
      return wrong(key, "is a number from 0 (no limit) to " + std::to_string(kMost));
    }
    return value.as_int();
  }
  /// True for the second word.
  [[nodiscard]] Result<bool> choice(const std::string& key, const data::Value& value, const std::string& first,
                                    const std::string& second) const {
    if (value.is_string() && value.text() == first) return false;
    if (value.is_string() && value.text() == second) return true;
    return wrong(key, "is " + first + " or " + second);
  }
  Result<> read_labels(const std::string& key, const data::Value& value) {
    if (!value.is_list()) return wrong(key, "is a list of words");
    out_.labels.emplace();
    for (const auto& one : value.items()) {
      if (!one.is_string() || one.text().empty() || one.text().find_first_of(" \t\n") != std::string::npos) {
        return wrong(key, "is a list of words");
      }
      out_.labels->push_back(one.text());
    }
    return {};
  }
  Result<> read_throttle(const std::string& key, const data::Value& value) {
    if (!value.is_map()) return wrong(key, "is a map of categories, each with total or perNode");
    for (const auto& category : value.members()) {
      const auto name = key + "." + category.key;
      if (!category.value.is_map()) return wrong(name, "is a map with total or perNode");
      std::int64_t total = 0, per_node = 0;
      for (const auto& entry : category.value.members()) {
        const bool known = entry.key == "total" || entry.key == "perNode" || entry.key == "maxConcurrentTotal" ||
                           entry.key == "maxConcurrentPerNode";
        if (!known) {
          out_.unknown.push_back(name + "." + entry.key);
          continue;
        }
        if (!entry.value.is_int() || entry.value.as_int() < 0 || entry.value.as_int() > 1'000'000) {
          return wrong(name + "." + entry.key, "is a number from 0 (no limit) to 1000000");
        }
        const bool is_total = entry.key == "total" || entry.key == "maxConcurrentTotal";
        (is_total ? total : per_node) = entry.value.as_int();
      }
      if (total > 0) out_.throttle[category.key] = total;
      if (per_node > 0) out_.throttle[runs::each_node(category.key)] = per_node;
    }
    return {};
  }
  Result<> read_jenkins_rights(const std::string& key, const data::Value& value) {
    constexpr std::pair<std::string_view, casc::RightsMode> kModes[] = {{"roles", casc::RightsMode::roles},
                                                                        {"everything", casc::RightsMode::everything},
                                                                        {"none", casc::RightsMode::none}};
    for (const auto& [word, mode] : kModes) {
      if (!value.is_string() || value.text() != word) continue;
      out_.jenkins_rights = mode;
      return {};
    }
    return wrong(key, "is roles, everything or none");
  }
  Result<> read_cluster(const std::string& key, const data::Value& value) {
    if (!value.is_map()) return wrong(key, "is a map with audiences and accessReviews");
    for (const auto& entry : value.members()) {
      if (entry.key == "audiences") {
        if (!entry.value.is_list()) return wrong(key + ".audiences", "is a list of words");
        out_.audiences.clear();
        for (const auto& one : entry.value.items()) {
          out_.audiences.push_back(WL_TRY(text(key + ".audiences", one)));
        }
      } else if (entry.key == "accessReviews") {
        if (!entry.value.is_bool()) return wrong(key + ".accessReviews", "is true or false");
        out_.access_reviews = entry.value.as_bool();
      } else {
        out_.unknown.push_back(key + "." + entry.key);
      }
    }
    return {};
  }
  Result<> read_tls(const std::string& key, const data::Value& value) {
    if (!value.is_map()) return wrong(key, "is a map with certificate and key");
    const auto beside = [&](const std::string& file) {
      return (std::filesystem::path(path_).parent_path() / file).lexically_normal().string();
    };
    for (const auto& entry : value.members()) {
      if (entry.key == "certificate") {
        out_.tls_certificate = beside(WL_TRY(text(key + ".certificate", entry.value)));
      } else if (entry.key == "key") {
        out_.tls_key = beside(WL_TRY(text(key + ".key", entry.value)));
      } else if (entry.key == "authority") {
        out_.tls_authority = beside(WL_TRY(text(key + ".authority", entry.value)));
      } else {
        out_.unknown.push_back(key + "." + entry.key);
      }
    }
    if (out_.tls_certificate.empty() != out_.tls_key.empty()) return wrong(key, "needs both certificate and key");
    return {};
  }

  const std::string& path_;
  ServerConfig& out_;
};

std::string shown(const std::optional<std::string>& value) { return value.value_or("what it is without it"); }

std::string shown(const std::optional<std::vector<std::string>>& words) {
  if (!words) return "what they are without it";
  std::string out;
  for (const auto& word : *words) out += (out.empty() ? "" : " ") + word;
  return out;
}

}  // namespace

Result<ServerConfig> read_config(const std::string& path) {
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown)) {
    return fail(ErrorKind::invalid, "the configuration " + path + " is a folder, not a file");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorKind::not_found, {"the configuration {} cannot be read", "无法读取配置 {}"}, {path});
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (text.size() > kMaxBytes)
    return fail(ErrorKind::invalid, {"the configuration {} is larger than 1 MiB", "配置 {} 大于 1 MiB"}, {path});
  ServerConfig out;
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return out;
  auto root = data::parse_yaml(text);
  if (!root) return fail(ErrorKind::invalid, {"{}: {}", "{}：{}"}, {path, root.error()});
  out.jwt_secret = root->get_string("jwtSecret");
  if (const data::Value* authentication = root->find("authentication")) {
    if (auto secret = authentication->get_string("jwtSecret"); !secret.empty()) out.jwt_secret = std::move(secret);
    if (const auto skew = authentication->get_string("maximumClockSkew"); !skew.empty()) {
      auto parsed = duration_of(skew);
      if (!parsed) {
        return fail(ErrorKind::invalid,
                    {"{}: authentication.maximumClockSkew: {}", "{}：authentication.maximumClockSkew：{}"},
                    {path, parsed.error()});
      }
      out.clock_skew = *parsed;
    }
  }
  if (root->is_map()) {
    for (const auto& entry : root->members()) {
      if (entry.key == "windlass") {
        OwnKeys keys(path, out);
        WL_CHECK_OK(keys.read(entry.value));
      } else if (entry.key != "authentication" && entry.key != "jwtSecret" &&
                 std::ranges::find(kOthers, entry.key) == std::end(kOthers)) {
        out.unknown.push_back(entry.key);
      }
    }
  }
  if (!out.jwt_secret.empty() && out.jwt_secret.size() < identity::kMinJwtSecret) {
    return fail(ErrorKind::invalid, path + ": authentication.jwtSecret has less than " +
                                        std::to_string(identity::kMinJwtSecret) +
                                        " characters: it could be guessed from one token");
  }
  return out;
}

std::vector<ConfigChange> compare_config(const ServerConfig& before, const ServerConfig& after) {
  std::vector<ConfigChange> out;
  const auto taken = [&](std::string key, std::string what) { out.push_back({std::move(key), true, std::move(what)}); };
  const auto later = [&](const std::string& key, const std::string& from, const std::string& to) {
    out.push_back({key, false, key + " changed from " + from + " to " + to + ", which takes a restart"});
  };
  if (before.jwt_secret != after.jwt_secret) {
    taken("authentication.jwtSecret",
          after.jwt_secret.empty()    ? "authentication.jwtSecret is gone: KubeSphere's tokens are not taken any more"
          : before.jwt_secret.empty() ? "authentication.jwtSecret is there: KubeSphere's tokens are taken"
                                      : "authentication.jwtSecret changed: tokens signed with the old one are refused");
  }
  if (before.clock_skew != after.clock_skew) {
    taken("authentication.maximumClockSkew",
          "authentication.maximumClockSkew is " + std::to_string(after.clock_skew.count()) + " seconds");
  }
  if (before.executors != after.executors) {
    taken("windlass.executors", after.executors ? "windlass.executors is " + std::to_string(*after.executors)
                                                : "windlass.executors is gone: what it was without it");
  }
  if (before.tls_certificate != after.tls_certificate || before.tls_key != after.tls_key) {
    taken("windlass.tls", after.tls_certificate.empty() ? "windlass.tls is gone: the folder's own certificate is shown"
                                                        : "windlass.tls: the certificate is " + after.tls_certificate);
  }
  if (before.json_log != after.json_log) {
    taken("windlass.log", std::string("windlass.log is ") + (after.json_log ? "json" : "text"));
  }
  if (before.throttle != after.throttle) {
    std::string all;
    for (const auto& [category, limit] : after.throttle) {
      const bool is_of_node = category.ends_with(runs::kOnNode);
      all += (all.empty() ? "" : ", ") + runs::plain_category(category).first + " " + std::to_string(limit);
      if (is_of_node) all += " on each node";
    }
    taken("windlass.throttle",
          all.empty() ? "windlass.throttle is gone: no category is limited" : "windlass.throttle is " + all);
  }
  if (before.jenkins_rights != after.jenkins_rights) {
    constexpr std::string_view kWords[] = {"none", "roles", "everything"};
    taken("windlass.jenkinsRights",
          "windlass.jenkinsRights is " + std::string(kWords[static_cast<std::size_t>(after.jenkins_rights)]));
  }
  if (before.audiences != after.audiences || before.access_reviews != after.access_reviews) {
    taken("windlass.cluster", after.audiences.empty()
                                  ? "windlass.cluster.audiences is empty: tokens of the cluster are not taken"
                                  : "windlass.cluster: tokens for " + shown(std::optional(after.audiences)) +
                                        " are taken, and the cluster's roles are " +
                                        (after.access_reviews ? "" : "not ") + "asked");
  }
  if (before.max_log_mib != after.max_log_mib) {
    later("windlass.maxLogMiB", std::to_string(before.max_log_mib), std::to_string(after.max_log_mib));
  }
  if (before.max_files_mib != after.max_files_mib) {
    later("windlass.maxFilesMiB", std::to_string(before.max_files_mib), std::to_string(after.max_files_mib));
  }
  if (before.max_project_mib != after.max_project_mib) {
    later("windlass.maxProjectMiB", std::to_string(before.max_project_mib), std::to_string(after.max_project_mib));
  }
  if (before.max_upload_mib != after.max_upload_mib) {
    later("windlass.maxUploadMiB", std::to_string(before.max_upload_mib), std::to_string(after.max_upload_mib));
  }
  if (before.listen != after.listen) later("windlass.listen", shown(before.listen), shown(after.listen));
  if (before.labels != after.labels) later("windlass.labels", shown(before.labels), shown(after.labels));
  if (before.plain_everywhere != after.plain_everywhere) {
    const auto word = [](bool everywhere) { return everywhere ? "everywhere" : "loopback"; };
    later("windlass.plain", word(before.plain_everywhere), word(after.plain_everywhere));
  }
  return out;
}

}  // namespace windlass::server
