#include "kube/kubeconfig.h"

#include <algorithm>

#include "data/base64.h"
#include "data/yaml.h"

namespace windlass::kube {

using data::Value;

namespace {

constexpr std::size_t kMaxBytes = 8U << 20U;

std::unexpected<Error> invalid(std::string message) { return fail(ErrorKind::invalid, std::move(message)); }

std::string resolve(const std::string& folder, const std::string& path) {
  if (path.empty() || path.starts_with('/') || folder.empty()) return path;
  return folder + "/" + path;
}

/// A text member; an error when it is something else, which a secret easily becomes in YAML (a token of digits).
Result<std::string> text_of(const Value& value, std::string_view key, const std::string& where) {
  const Value* found = value.find(key);
  if (found == nullptr || found->is_null()) return std::string();
  if (!found->is_string()) return invalid(where + ": " + std::string(key) + " must be a text; put it in quotes");
  return found->text();
}

Result<DataOrFile> data_or_file(const Kubeconfig::Named& from, std::string_view data_key, std::string_view file_key,
                                const std::string& where) {
  DataOrFile out;
  const auto encoded = WL_TRY(text_of(from.value, data_key, where));
  if (!encoded.empty()) {
    auto decoded = data::decode_base64(encoded);
    if (!decoded || decoded->empty()) return invalid(where + ": " + std::string(data_key) + " is not base64");
    out.data = std::move(*decoded);
    return out;
  }
  out.file = resolve(from.folder, WL_TRY(text_of(from.value, file_key, where)));
  return out;
}

Result<std::vector<Kubeconfig::Named>> named_list(const Value& root, std::string_view list, std::string_view member,
                                                  const std::string& path, const std::string& folder) {
  std::vector<Kubeconfig::Named> out;
  const Value* items = root.find(list);
  if (items == nullptr || items->is_null()) return out;
  if (!items->is_list()) return invalid(path + ": " + std::string(list) + " must be a list");
  for (const auto& item : items->items()) {
    auto name = item.get_string("name");
    if (name.empty()) return invalid(path + ": an entry of " + std::string(list) + " has no name");
    const bool there = std::any_of(out.begin(), out.end(), [&](const auto& one) { return one.name == name; });
    if (there) continue;
    const Value* value = item.find(member);
    out.push_back({std::move(name), value != nullptr && value->has_members() ? *value : Value::map(), folder});
  }
  return out;
}

const Kubeconfig::Named* find(const std::vector<Kubeconfig::Named>& list, std::string_view name) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.name == name; });
  return found == list.end() ? nullptr : &*found;
}

std::string names_of(const std::vector<Kubeconfig::Named>& list) {
  std::string out;
  for (const auto& one : list) out += (out.empty() ? "" : ", ") + one.name;
  return out;
}

Result<std::optional<ExecPlugin>> exec_plugin(const Kubeconfig::Named& user, const std::string& where) {
  const Value* exec = user.value.find("exec");
  if (exec == nullptr || exec->is_null()) return std::nullopt;
  ExecPlugin out;
  out.api_version = WL_TRY(text_of(*exec, "apiVersion", where + ": exec"));
  out.command = WL_TRY(text_of(*exec, "command", where + ": exec"));
  if (out.command.empty()) return invalid(where + ": exec has no command");
  if (out.api_version != "client.authentication.k8s.io/v1" &&
      out.api_version != "client.authentication.k8s.io/v1beta1") {
    return fail(ErrorKind::unsupported,
                where + ": exec speaks " + (out.api_version.empty() ? "no version" : out.api_version) +
                    "; a program that speaks client.authentication.k8s.io/v1 or v1beta1 is needed");
  }
  if (WL_TRY(text_of(*exec, "interactiveMode", where + ": exec")) == "Always") {
    return fail(ErrorKind::unsupported, where + ": exec wants a terminal (interactiveMode Always), and there is none");
  }
  // A bare name is looked up; what has a slash lies beside the file.
  if (out.command.find('/') != std::string::npos) out.command = resolve(user.folder, out.command);
  if (const Value* arguments = exec->find("args")) {
    for (const auto& one : arguments->items()) {
      if (!one.is_string()) return invalid(where + ": exec has an argument that is no text; put it in quotes");
      out.arguments.push_back(one.text());
    }
  }
  if (const Value* environment = exec->find("env")) {
    for (const auto& one : environment->items()) {
      auto name = one.get_string("name");
      if (name.empty() || name.find_first_of(std::string_view("=\0", 2)) != std::string::npos) {
        return invalid(where + ": exec has a variable without a right name");
      }
      out.environment.emplace_back(std::move(name), one.get_string("value"));
    }
  }
  out.install_hint = exec->get_string("installHint");
  out.provide_cluster_info = exec->get_bool("provideClusterInfo");
  return out;
}

Result<Identity> identity_of(const Kubeconfig::Named& user) {
  const std::string where = "user " + user.name;
  Identity out;
  if (const Value* old = user.value.find("auth-provider"); old != nullptr && !old->is_null()) {
    return fail(ErrorKind::unsupported, where + ": auth-provider " + old->get_string("name") +
                                            " is gone from Kubernetes itself; use its exec plugin instead");
  }
  out.token = WL_TRY(text_of(user.value, "token", where));
  out.token_file = resolve(user.folder, WL_TRY(text_of(user.value, "tokenFile", where)));
  if (!out.token_file.empty()) out.token.clear();  // the file is the newer one
  out.user = WL_TRY(text_of(user.value, "username", where));
  out.password = WL_TRY(text_of(user.value, "password", where));
  out.certificate = WL_TRY(data_or_file(user, "client-certificate-data", "client-certificate", where));
  out.key = WL_TRY(data_or_file(user, "client-key-data", "client-key", where));
  if (out.certificate.empty() != out.key.empty()) {
    return invalid(where + ": " +
                   (out.key.empty() ? "client-certificate has no client-key" : "client-key has no client-certificate"));
  }
  out.exec = WL_TRY(exec_plugin(user, where));
  out.impersonate = WL_TRY(text_of(user.value, "as", where));
  if (const Value* groups = user.value.find("as-groups")) {
    for (const auto& one : groups->items()) out.impersonate_groups.push_back(one.text());
  }
  if (const Value* extra = user.value.find("as-user-extra")) {
    for (const auto& [key, values] : extra->members()) {
      for (const auto& one : values.items()) out.impersonate_extra.emplace_back(key, one.text());
    }
  }
  return out;
}

}  // namespace

Result<Kubeconfig> read_kubeconfig(std::string_view text, const std::string& path, const std::string& folder) {
  data::YamlParseOptions options;
  options.dialect = data::YamlDialect::k8s;
  options.max_bytes = kMaxBytes;
  options.max_depth = 64;
  options.max_nodes = 200'000;
  const auto parsed = data::parse_yaml(text, options);
  // What the reader says may quote the line, and the line may be a token.
  if (!parsed) {
    const auto& error = parsed.error();
    SentencePart place(error.message.substr(0, error.message.find(": ")));
    place.zh = error.chinese_message().substr(0, error.chinese_message().find("："));
    return fail(error.kind, {"{} is no kubeconfig: wrong {}", "{} 不是 kubeconfig：错误位于 {}"}, {path, place});
  }
  Kubeconfig out;
  if (parsed->is_null()) return out;  // an empty file is an empty config
  if (!parsed->is_map())
    return fail(ErrorKind::invalid,
                {"{} is no kubeconfig: it must be a map with clusters, users and contexts",
                 "{} 不是 kubeconfig：它应为含 clusters、users 与 contexts 的映射"},
                {path});
  if (const auto kind = parsed->get_string("kind"); !kind.empty() && kind != "Config") {
    return fail(ErrorKind::invalid, {"{} is no kubeconfig: its kind is {}", "{} 不是 kubeconfig：其 kind 为 {}"},
                {path, kind});
  }
  out.clusters = WL_TRY(named_list(*parsed, "clusters", "cluster", path, folder));
  out.users = WL_TRY(named_list(*parsed, "users", "user", path, folder));
  out.contexts = WL_TRY(named_list(*parsed, "contexts", "context", path, folder));
  out.current_context = parsed->get_string("current-context");
  return out;
}

void merge_kubeconfig(Kubeconfig& into, Kubeconfig more) {
  const auto merge = [](auto& list, auto& others) {
    for (auto& one : others) {
      if (find(list, one.name) == nullptr) list.push_back(std::move(one));
    }
  };
  merge(into.clusters, more.clusters);
  merge(into.users, more.users);
  merge(into.contexts, more.contexts);
  if (into.current_context.empty()) into.current_context = std::move(more.current_context);
}

Result<Access> select_context(const Kubeconfig& config, std::string_view context) {
  const std::string wanted(context.empty() ? std::string_view(config.current_context) : context);
  if (wanted.empty()) {
    return fail(ErrorKind::not_found, config.contexts.empty() ? "the kubeconfig has no context"
                                                              : "the kubeconfig has no current-context; name one of " +
                                                                    names_of(config.contexts));
  }
  const auto* found = find(config.contexts, wanted);
  if (found == nullptr) {
    return fail(ErrorKind::not_found, {"the kubeconfig has no context {}{}", "kubeconfig 中没有上下文 {}{}"},
                {wanted, (config.contexts.empty() ? std::string() : "; it has " + names_of(config.contexts))});
  }
  Access out;
  out.name = wanted;
  const auto cluster_name = found->value.get_string("cluster"), user_name = found->value.get_string("user");
  if (const auto given = found->value.get_string("namespace"); !given.empty()) out.namespace_ = given;
  const auto* cluster = find(config.clusters, cluster_name);
  if (cluster == nullptr) {
    return fail(ErrorKind::not_found,
                {"context {}: the kubeconfig has no cluster {}", "上下文 {}：kubeconfig 中没有集群 {}"},
                {wanted, cluster_name});
  }
  const std::string where = "cluster " + cluster_name;
  const auto server = WL_TRY(text_of(cluster->value, "server", where));
  out.server = WL_TRY(net::parse_url(server, where + ": server"));
  if (out.server.scheme == "socks5") return invalid(where + ": server begins with neither https:// nor http://");
  out.authority = WL_TRY(data_or_file(*cluster, "certificate-authority-data", "certificate-authority", where));
  out.skip_tls_verify = cluster->value.get_bool("insecure-skip-tls-verify");
  if (out.skip_tls_verify && !out.authority.empty()) {
    return invalid(where + ": insecure-skip-tls-verify and a certificate-authority exclude each other");
  }
  out.tls_server_name = WL_TRY(text_of(cluster->value, "tls-server-name", where));
  if (const auto proxy = WL_TRY(text_of(cluster->value, "proxy-url", where)); !proxy.empty()) {
    out.proxy = WL_TRY(net::parse_url(proxy, where + ": proxy-url"));
  }
  if (!user_name.empty()) {
    const auto* user = find(config.users, user_name);
    if (user == nullptr) {
      return fail(ErrorKind::not_found,
                  {"context {}: the kubeconfig has no user {}", "上下文 {}：kubeconfig 中没有用户 {}"},
                  {wanted, user_name});
    }
    out.identity = WL_TRY(identity_of(*user));
  }
  return out;
}

KubeconfigPaths kubeconfig_paths(const std::string& explicit_path, const net::Environment& environment) {
  if (!explicit_path.empty()) return {{explicit_path}, false};
  KubeconfigPaths out{{}, true};
  const auto variable = environment("KUBECONFIG");
  std::string_view rest = variable;
  while (!rest.empty()) {
    const auto colon = rest.find(':');
    if (const auto one = rest.substr(0, colon); !one.empty()) {
      if (std::find(out.paths.begin(), out.paths.end(), one) == out.paths.end()) out.paths.emplace_back(one);
    }
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  }
  if (out.paths.empty()) {
    if (const auto home = environment("HOME"); !home.empty()) out.paths.push_back(home + "/.kube/config");
  }
  return out;
}

Result<Access> in_cluster_access(const net::Environment& environment, std::string_view namespace_text) {
  const auto host = environment("KUBERNETES_SERVICE_HOST"), port = environment("KUBERNETES_SERVICE_PORT");
  if (host.empty() || port.empty()) {
    return fail(ErrorKind::not_found,
                {"this is no pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set",
                 "这里不是 Pod：未设置 KUBERNETES_SERVICE_HOST 与 KUBERNETES_SERVICE_PORT"});
  }
  Access out;
  out.name = "in-cluster";
  const bool brackets = host.find(':') != std::string::npos && !host.starts_with('[');
  out.server = WL_TRY(net::parse_url("https://" + (brackets ? "[" + host + "]" : host) + ":" + port,
                                     "the address in KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT"));
  const std::string folder(kServiceAccountFolder);
  out.authority.file = folder + "/ca.crt";
  out.identity.token_file = folder + "/token";
  while (!namespace_text.empty() && (namespace_text.back() == '\n' || namespace_text.back() == ' ')) {
    namespace_text.remove_suffix(1);
  }
  if (!namespace_text.empty()) out.namespace_ = namespace_text;
  return out;
}

}  // namespace windlass::kube
