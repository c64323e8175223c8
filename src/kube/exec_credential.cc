#include "kube/exec_credential.h"

#include "data/base64.h"
#include "data/json.h"
#include "objects/metadata.h"

namespace windlass::kube {

using data::Value;

std::string exec_info(const ExecPlugin& plugin, const Access& access, std::string_view authority) {
  auto spec = Value::map_of("interactive", false);
  if (plugin.provide_cluster_info) {
    auto cluster = Value::map_of("server", access.server.text());
    if (!access.tls_server_name.empty()) cluster.set("tls-server-name", access.tls_server_name);
    if (access.skip_tls_verify) cluster.set("insecure-skip-tls-verify", true);
    if (!authority.empty()) cluster.set("certificate-authority-data", data::encode_base64(authority));
    if (access.proxy) cluster.set("proxy-url", access.proxy->text());
    spec.set("cluster", std::move(cluster));
  }
  return data::format_json(
      Value::map_of("apiVersion", plugin.api_version, "kind", "ExecCredential", "spec", std::move(spec)));
}

Result<ExecCredential> parse_exec_credential(std::string_view printed, const ExecPlugin& plugin) {
  const auto wrong = [&](std::string_view why) {
    return fail(ErrorKind::invalid, "the credential program " + plugin.command + " " + std::string(why));
  };
  data::JsonParseOptions options;
  options.max_bytes = 1U << 20U;
  options.max_depth = 32;
  const auto parsed = data::parse_json(printed, options);
  if (!parsed || !parsed->is_map()) return wrong("did not print an ExecCredential as JSON");
  if (parsed->get_string("kind") != "ExecCredential") return wrong("printed another kind than ExecCredential");
  if (const auto version = parsed->get_string("apiVersion"); version != plugin.api_version) {
    return wrong("answers with another apiVersion than " + plugin.api_version);
  }
  const Value* status = parsed->find("status");
  if (status == nullptr || !status->is_map()) return wrong("printed no status");
  ExecCredential out;
  out.token = status->get_string("token");
  out.certificate = status->get_string("clientCertificateData");
  out.key = status->get_string("clientKeyData");
  if (out.certificate.empty() != out.key.empty())
    return wrong("printed a certificate and no key, or a key and no certificate");
  if (out.token.empty() && out.certificate.empty()) return wrong("printed neither token nor certificate");
  if (out.token.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
    return wrong("printed a token with a line break");
  if (const auto text = status->get_string("expirationTimestamp"); !text.empty()) {
    out.expires = objects::parse_rfc3339(text);
    if (out.expires == 0) return wrong("printed an expirationTimestamp that is no time");
  }
  return out;
}

}  // namespace windlass::kube
